/** What the tests speak of. */
import {
  type ConversationState,
  type EscalateEvent,
  type Instant,
  severityOf,
  type Tenant,
  type Ways,
  withDefaults,
} from '@receptionist/core';
import type {
  AnsweredTurn,
  ClaimedDelivery,
  ClaimedSend,
  DeliveryResult,
  LiveConversation,
  PageRequest,
  Store,
} from '../store.ts';

export const START = Date.parse('2026-11-24T18:00:00.000Z');
/** The store does not look into it. */
export const TALKING = { phase: 'talking' } as ConversationState;
/** All that there is. */
export const WAYS: Ways = { slack: { channel: '#front-desk' }, pagerduty: true, phone: true };
export const FIRST_PAGE: PageRequest = { limit: 50, cursor: null };

/** That many seconds after everything began. */
export function at(seconds: number): Instant {
  return new Date(START + seconds * 1000).toISOString();
}

export function aTenant(changes: Partial<Tenant> = {}): Tenant {
  const tenant = {
    tenant_id: 't1',
    name: 'Northside Dental',
    time_zone: 'America/Los_Angeles',
    numbers: ['+15005550006'],
  };
  return withDefaults({ ...tenant, ...changes });
}

export async function seedTenant(store: Store, changes: Partial<Tenant> = {}): Promise<Tenant> {
  const tenant = aTenant(changes);
  await store.transact((tx) => tx.createTenant(tenant, at(0)));
  return tenant;
}

/** A call of `t1`, which must be there. */
export function seedCall(store: Store, provider_id: string, seconds = 0): Promise<LiveConversation> {
  return store.transact((tx) =>
    tx.beginConversation({
      tenant_id: 't1',
      channel: 'voice',
      provider_id,
      caller: '+14155550123',
      simulated: false,
      flags: [],
      at: at(seconds),
    }),
  );
}

export function aTurn(call: LiveConversation, changes: Partial<AnsweredTurn> = {}): AnsweredTurn {
  return {
    conversation_id: call.conversation_id,
    turn: call.next_turn,
    request_token: null,
    heard: { text: 'Are you open?', confidence: 0.91 },
    said: 'We are.',
    intent: 'opening_hours',
    decision: 'answer',
    state: TALKING,
    reply: { say: ['We are.'] },
    at: at(1),
    outcome: null,
    ...changes,
  };
}

type NewEvent = Omit<EscalateEvent, 'event_id'>;

export function anEvent(changes: Partial<NewEvent> = {}): NewEvent {
  const { reason = 'complaint', live = false, ...others } = changes;
  return {
    tenant_id: 't1',
    conversation_id: null,
    channel: 'manual',
    caller: '+14155550123',
    reason,
    reason_detail: null,
    severity: severityOf(reason, live),
    live,
    at: at(0),
    context: { summary: 'The caller is unhappy.', live, call_sid: null, slots: {}, transcript: [] },
    ...others,
  };
}

/** Emit an event and file it, as the turn and the worker do. */
export async function seedEntry(
  store: Store,
  changes: Partial<NewEvent> = {},
  seconds = 0,
  ways: Ways = WAYS,
) {
  const event = anEvent({ at: at(seconds), ...changes });
  const { event_id } = await store.transact((tx) => tx.emitEscalate(event));
  return store.transact((tx) => tx.fileEntry({ ...event, event_id }, ways, at(seconds)));
}

export const LEASE_MS = 10_000;

/** What may be sent now, wherever it goes. */
export async function claimAll(store: Store, seconds: number, ways = WAYS): Promise<ClaimedSend[]> {
  const sends: ClaimedSend[] = [];
  for (const destination of await store.read.dueDestinations(at(seconds))) {
    const claim = { destination, now: at(seconds), ways, lease_ms: LEASE_MS };
    sends.push(...(await store.transact((tx) => tx.claimSends(claim))));
  }
  return sends;
}

/** The one delivery that may be sent now. */
export async function claimOne(store: Store, seconds: number): Promise<ClaimedDelivery> {
  const sends = await claimAll(store, seconds);
  const [delivery, ...others] = sends.flatMap(({ deliveries }) => deliveries);
  if (!delivery || others.length > 0) {
    throw new Error(`not one: ${[delivery, ...others].map((one) => one?.channel)}`);
  }
  return delivery;
}

export function record(
  store: Store,
  delivery: ClaimedDelivery,
  result: DeliveryResult,
  seconds: number,
): Promise<boolean> {
  return store.transact((tx) => tx.recordDelivery(delivery, result, at(seconds)));
}

/** As a daemon does that shows the entry as it is. */
export async function send(store: Store, delivery: ClaimedDelivery, reference: string, seconds: number) {
  const told = delivery.entry_id === null ? null : await store.read.toldEntry(delivery.entry_id);
  return record(store, delivery, { status: 'sent', reference, seen: told?.seq ?? null }, seconds);
}

export async function entryOf(store: Store, { entry_id }: { entry_id: string }) {
  const entry = await store.read.getEntry(entry_id);
  if (!entry) throw new Error(`no entry ${entry_id}`);
  return entry;
}
