/**
 * What is said and done in a call that alerts somebody: 1 acknowledges, 2 passes it on. Whoever does neither, is busy or
 * does not answer passes it on as well.
 */
import type { EntryWithHistory, Tenant } from '@receptionist/core';
import type { ReadVerbs, Store, Told } from '@receptionist/store';
import { type AskedMove, auditedMove, holdTold } from '../admin/audited-move.ts';
import { isForeign } from '../conversation/turns.ts';
import type { Wake } from '../escalation/wake.ts';
import { takenAt } from '../notify/notifier.ts';
import { spokenAlert, spokenHandOver } from '../notify/phone-words.ts';
import type { Log } from '../observability/log.ts';
import { within } from '../within.ts';
import type { AlertCallReply, AlertCallTurn, EndedAlertCall } from './alert-line.ts';
import { DEFAULT_VOICE, TURN_DEADLINE_MS } from './telephony.ts';

/** Then whoever listens has heard it, or is a mailbox. */
const TIMES_SAID = 2;

const CHOICE = 'Press 1 to acknowledge. Press 2 to pass it on.';
const GOODBYE = 'Goodbye.';

const UNKNOWN = farewell(['This call is about nothing that is known here.', GOODBYE], DEFAULT_VOICE);
const APOLOGY = farewell(
  ['I am sorry, something went wrong on our side. Please look at Slack, or use adminctl.', GOODBYE],
  DEFAULT_VOICE,
);

export interface AlertCalls {
  /** `turn` null: it is not known which call it is. Whatever goes wrong inside, the person hears a sentence. */
  takeTurn(turn: AlertCallTurn | null, origin: AskedMove['origin']): Promise<AlertCallReply>;
  end(call: EndedAlertCall): Promise<void>;
}

/** A call, with the entry as it is now. */
interface Ringing {
  delivery_id: string;
  entry_id: string;
  /** Who was called. */
  person: string;
  /** In which the call was placed. */
  round: number;
  told: Told<EntryWithHistory>;
  tenant: Tenant;
}

export function createAlertCalls({ store, wake, log }: { store: Store; wake: Wake; log: Log }): AlertCalls {
  return {
    async takeTurn(turn, origin) {
      try {
        return await within(TURN_DEADLINE_MS, answer(turn, origin));
      } catch (error) {
        log.error(
          { error, delivery_id: turn?.delivery_id },
          'an alert call could not go on; the person heard an apology',
        );
        return APOLOGY;
      }
    },

    async end(ended) {
      const call = await findCall(store.read, ended);
      // Also where it was acknowledged: others that it told of may still need somebody.
      if (call !== null) await passOn(call, ended.how);
    },
  };

  async function answer(turn: AlertCallTurn | null, origin: AskedMove['origin']): Promise<AlertCallReply> {
    if (turn === null) return UNKNOWN;
    const call = await findCall(store.read, turn);
    if (call === null) return UNKNOWN;
    if (turn.answer === 'acknowledge') return acknowledge(call, turn, origin);
    const over = whyOver(call);
    if (over !== null) return farewell([over, GOODBYE], call.tenant.voice);
    switch (turn.answer) {
      case 'pass_on':
        return passedOn(call);
      case 'unknown':
        return ask([CHOICE], call, turn);
      case 'nothing':
        return sayAlert(call, turn);
    }
  }

  async function acknowledge(
    call: Ringing,
    { others }: AlertCallTurn,
    origin: AskedMove['origin'],
  ): Promise<AlertCallReply> {
    const { entry_id, person, tenant } = call;
    const now = await store.now();
    const outcome = await store.transact(async (tx) => {
      const told = await holdTold(tx, entry_id);
      const refused = told && whyNotYours({ ...call, told });
      if (refused !== null) return refused;
      return auditedMove(tx, { entry_id, move: { move: 'acknowledge' }, actor: person, now, origin });
    });
    if (typeof outcome === 'string') return farewell([outcome, GOODBYE], tenant.voice);
    wake.ring('entry', entry_id);
    log.info({ entry_id, person }, 'acknowledged by phone');
    return farewell(spokenHandOver(outcome, others), tenant.voice);
  }

  async function passedOn(call: Ringing): Promise<AlertCallReply> {
    const next = await passOn(call, 'passed it on');
    const said = next === null ? 'There is nobody else on call. The alert goes on.' : 'I call the next one.';
    return farewell([said, GOODBYE], call.tenant.voice);
  }

  /** @returns who is rung next */
  async function passOn({ delivery_id, entry_id, person }: Ringing, why: string): Promise<string | null> {
    const now = await store.now();
    const { person: next } = await store.transact((tx) => tx.passOn(delivery_id, why, now));
    if (next !== null) log.info({ entry_id, person, why, next }, 'the next person is rung');
    wake.ring('entry', entry_id);
    return next;
  }
}

async function findCall(
  read: ReadVerbs,
  { delivery_id, account_id }: Pick<AlertCallTurn, 'delivery_id' | 'account_id'>,
): Promise<Ringing | null> {
  const delivery = await read.getDelivery(delivery_id);
  if (delivery?.channel !== 'call' || delivery.entry_id === null || delivery.person === null) return null;
  const { entry_id, person, round } = delivery;
  const told = await read.toldEntry(entry_id);
  const tenant = told && (await read.getTenant(told.entry.tenant_id));
  if (!told || !tenant || isForeign(tenant, account_id)) return null;
  return { delivery_id, entry_id, person, round, told, tenant };
}

/** What is said where nobody has to be asked any more; null: somebody has. */
function whyOver(call: Ringing): string | null {
  const { entry, round_at } = call.told;
  if (takenAt(entry, round_at) === null) return whyPast(call);
  return whyNotYours(call) ?? 'You have it already.';
}

/** Why whoever was called cannot take it; null: they can. */
function whyNotYours(call: Ringing): string | null {
  const { entry } = call.told;
  const holder = entry.status === 'open' ? null : (entry.assignee ?? entry.acknowledged_by);
  return whyPast(call) ?? (holder === null || holder === call.person ? null : `${holder} has it already.`);
}

function whyPast({ told: { entry, round }, round: rungIn }: Ringing): string | null {
  if (entry.status === 'resolved') return 'It is settled already.';
  return round === rungIn ? null : 'A newer alert tells of it.';
}

function sayAlert(call: Ringing, turn: AlertCallTurn): AlertCallReply {
  const { told, tenant, round } = call;
  if (turn.said >= TIMES_SAID) return farewell([GOODBYE], tenant.voice);
  const alert = spokenAlert({ entry: told.entry, tenant, round }, turn.others);
  return ask([...alert, CHOICE], call, { ...turn, said: turn.said + 1 });
}

function ask(
  say: string[],
  { tenant }: Ringing,
  { delivery_id, others, said }: AlertCallTurn,
): AlertCallReply {
  return { say, voice: tenant.voice, next: { delivery_id, others, said } };
}

function farewell(say: string[], voice: AlertCallReply['voice']): AlertCallReply {
  return { say, voice, next: null };
}
