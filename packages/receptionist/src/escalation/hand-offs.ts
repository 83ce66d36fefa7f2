/**
 * Gives the telephone company the orders of hand-offs: phones are rung and silenced, callers brought and returned. A row says what
 * is to be ordered and when (core decides); nobody waits here for another's slow request.
 */
import type { HandOffNews, Leg, Order, Tenant, Ways } from '@receptionist/core';
import type { ClaimedHandOff, Store } from '@receptionist/store';
import type { Conversations } from '../conversation/conversations.ts';
import type { TellHandOff } from '../hand-off/news.ts';
import { roomOf } from '../hand-off/room.ts';
import type { Log } from '../observability/log.ts';
import {
  type CallToChange,
  type ChangeCall,
  isOver,
  type LookUpCall,
  type PlaceCall,
  type Sent,
  type TwilioAccount,
} from '../texts/twilio-rest.ts';
import type { HandOffLine } from '../webhooks/hand-off-line.ts';
import type { Chore } from './engine.ts';
import type { Wake } from './wake.ts';

const MOST_AT_ONCE = 50;
/** Longer than the requests of an order, which take 5 s at most. */
const LEASE_MS = 10_000;
/** What Twilio did not take is ordered again so soon: a caller waits. */
const AGAIN_AFTER_MS = 2_000;

const NO_ACCOUNT: Sent = {
  outcome: 'refused',
  why: 'no Twilio account to call with: set TWILIO_ACCOUNT_SID and its token',
  code: null,
};

/** What an order needs to be given. */
interface Ordering {
  claimed: ClaimedHandOff;
  tenant: Tenant;
  account: TwilioAccount | null;
}

export function createHandOffs({
  store,
  ways,
  placeCall,
  changeCall,
  lookUpCall,
  endCall,
  accountOf,
  line,
  tell,
  wake,
  log,
}: {
  store: Store;
  ways: Ways;
  placeCall: PlaceCall;
  changeCall: ChangeCall;
  lookUpCall: LookUpCall;
  endCall: Conversations['endCall'];
  /** Null: nobody can be called in the name of the tenant. */
  accountOf: (tenant: Tenant) => TwilioAccount | null;
  line: Pick<HandOffLine, 'answerUrl' | 'statusUrl' | 'bringUrl' | 'returnUrl'>;
  tell: TellHandOff;
  wake: Wake;
  log: Log;
}): Chore {
  const underWay = new Set<Promise<void>>();

  const orderDue: Chore = async (now) => {
    const limit = MOST_AT_ONCE - underWay.size;
    if (limit <= 0) return;
    const claim = { now, limit, lease_ms: LEASE_MS, ways };
    for (const claimed of await store.transact((tx) => tx.claimHandOffs(claim))) begin(claimed);
  };
  orderDue.settled = async () => {
    await Promise.all(underWay);
  };
  return orderDue;

  function begin(claimed: ClaimedHandOff): void {
    const { hand_off_id } = claimed;
    const done = carryOut(claimed)
      .catch((error) =>
        log.error({ error, hand_off_id }, 'the orders of a hand-off failed; they are given again'),
      )
      .then(() => {
        underWay.delete(done);
      });
    underWay.add(done);
  }

  async function carryOut(claimed: ClaimedHandOff): Promise<void> {
    const tenant = await store.read.getTenant(claimed.tenant_id);
    if (tenant === null) throw new Error(`the tenant ${claimed.tenant_id} is gone`);
    const account = accountOf(tenant);
    const ordering = { claimed, tenant, account };
    const taken = await Promise.all(claimed.orders.map((order) => give(order, ordering)));
    const now = await store.now();
    const soon = new Date(Date.parse(now) + AGAIN_AFTER_MS).toISOString();
    const retry = taken.every(Boolean) ? [] : [soon];
    await store.transact((tx) => tx.releaseHandOff(claimed, now, ...retry));
    wake.ring('hand_off', claimed.hand_off_id);
  }

  /** @returns whether it was taken, or never can be; else it is ordered again */
  async function give(order: Order, ordering: Ordering): Promise<boolean> {
    switch (order.order) {
      case 'ring':
        return ring(order.leg, ordering);
      case 'hang_up':
        return hangUp(order.leg, ordering);
      case 'tell_caller_left':
        return turnLeg(order.leg, ordering);
      case 'bring_caller':
      case 'return_caller':
        return turnCaller(order.order, ordering);
      case 'look_for_caller':
        return lookForCaller(order.leg, ordering);
    }
  }

  /** Once: where it is not known whether it rings, what comes of it tells, or its time runs out. */
  async function ring(leg: Leg, { claimed, account }: Ordering): Promise<boolean> {
    const { leg_id, phone, ring_seconds } = leg;
    const sent: Sent = account
      ? await placeCall({
          account,
          sender: claimed.number,
          recipient: phone,
          answerUrl: line.answerUrl(leg_id),
          statusUrl: line.statusUrl(leg_id),
          ringSeconds: ring_seconds,
          longestSeconds: null,
        })
      : NO_ACCOUNT;
    report(claimed, { order: 'ring', leg_id }, sent);
    if (sent.outcome === 'sent')
      await tell(claimed.hand_off_id, { news: 'placed', leg_id, provider_id: sent.provider_id }, claimed);
    if (sent.outcome === 'refused' || sent.outcome === 'postponed')
      await tell(claimed.hand_off_id, { news: 'not_placed', leg_id, why: sent.why }, claimed);
    return true;
  }

  async function hangUp(leg: Leg, ordering: Ordering): Promise<boolean> {
    const { leg_id, provider_id } = leg;
    // It is not known to ring. Should it be answered, it is told so.
    if (provider_id === null) return true;
    const to = isToldWhy(leg) ? { url: line.answerUrl(leg_id) } : 'hang_up';
    const sent = await change(provider_id, to, ordering, { order: 'hang_up', leg_id });
    const isDown = sent.outcome === 'sent' || isOver(sent);
    return isDown ? hear(ordering, { news: 'leg_ended', leg_id, how: 'hung_up' }) : false;
  }

  async function turnLeg(leg: Leg, ordering: Ordering): Promise<boolean> {
    const { leg_id, provider_id } = leg;
    if (provider_id === null) return true;
    const to = { url: line.answerUrl(leg_id) };
    const sent = await change(provider_id, to, ordering, { order: 'tell_caller_left', leg_id });
    if (isOver(sent)) return hear(ordering, { news: 'leg_ended', leg_id, how: 'hung_up' });
    return sent.outcome === 'sent';
  }

  /** What becomes of it is told by the documents that the caller's call asks for then. */
  async function turnCaller(order: 'bring_caller' | 'return_caller', ordering: Ordering): Promise<boolean> {
    const { claimed, tenant } = ordering;
    const call = claimed.call_id === null ? null : await store.read.findCall(claimed.call_id);
    if (call === null) return hear(ordering, { news: 'caller_left' });
    const turn = call.next_turn;
    const url =
      order === 'return_caller'
        ? line.returnUrl(turn)
        : line.bringUrl({ turn, room: roomOf(call), voice: tenant.voice });
    const sent = await change(call.provider_id, { url }, ordering, { order });
    if (isOver(sent)) return callerHasLeft(call, ordering);
    return sent.outcome === 'sent';
  }

  async function lookForCaller({ leg_id }: Leg, ordering: Ordering): Promise<boolean> {
    const { claimed, account } = ordering;
    const call = claimed.call_id === null ? null : await store.read.findCall(claimed.call_id);
    if (call === null) return hear(ordering, { news: 'caller_left' });
    if (account === null) return false;
    const found = await lookUpCall({ account, call_id: call.provider_id });
    if (found === 'unknown') return false;
    if (found === 'over') return callerHasLeft(call, ordering);
    return hear(ordering, { news: 'bridged', leg_id });
  }

  /** Nobody has told us: the entry and the conversation must not go on as if they were on the line. */
  async function callerHasLeft(
    { provider_id }: { provider_id: string },
    { account }: Ordering,
  ): Promise<true> {
    await endCall({ call_id: provider_id, account_id: account?.sid ?? null });
    return true;
  }

  async function change(
    call_id: string,
    to: CallToChange['to'],
    { claimed, account }: Ordering,
    ordered: object,
  ): Promise<Sent> {
    const sent = account ? await changeCall({ account, call_id, to }) : NO_ACCOUNT;
    report(claimed, ordered, sent);
    return sent;
  }

  async function hear({ claimed }: Ordering, news: HandOffNews): Promise<true> {
    await tell(claimed.hand_off_id, news, claimed);
    return true;
  }

  function report({ hand_off_id, tenant_id }: ClaimedHandOff, ordered: object, sent: Sent): void {
    const details = { hand_off_id, tenant_id, ...ordered, ...sent };
    if (sent.outcome === 'sent' || isOver(sent)) log.info(details, 'an order of a hand-off was given');
    else log.warn(details, 'an order of a hand-off was not taken');
  }
}

/** Somebody listens, and comes too late: the document they are given says why, and hangs up. */
function isToldWhy({ state, outcome }: Leg): boolean {
  return state === 'asked' && (outcome === 'taken' || outcome === 'caller_left');
}
