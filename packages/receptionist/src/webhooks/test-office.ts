/** For tests of webhooks: a store on SQLite with a tenant, who is on call, and a clock that is moved by hand. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type EscalateEvent, type EscalationChannel, type Tenant, withDefaults } from '@receptionist/core';
import { type ClaimedDelivery, openStore } from '@receptionist/store';
import { createLog } from '../observability/log.ts';

const WAYS = { slack: null, pagerduty: true, phone: true };
export const ORIGIN = { request_id: 'rq_1', address: '127.0.0.1' };

export type Office = Awaited<ReturnType<typeof openOffice>>;

/** Lex is on call, then Bea. */
export async function openOffice({
  notify = ['call'] as EscalationChannel[],
  ...changes
}: Partial<Tenant> & { notify?: EscalationChannel[] } = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'office-'));
  let time = new Date('2026-11-24T18:00:00.000Z');
  const at = () => time.toISOString();
  const store = await openStore({ url: `sqlite:${path.join(folder, 'store.db')}`, now: () => time });
  await store.migrations.up();
  const step = [{ after_minutes: 0, notify }];
  const tenant = withDefaults({
    ...{ tenant_id: 't1', name: 'Northside Dental', time_zone: 'UTC', numbers: ['+15005550006'] },
    escalation: { critical: step, standard: step },
    ...changes,
  });
  await store.transact(async (tx) => {
    await tx.createTenant(tenant, at());
    await tx.putOnCall(
      {
        people: [
          { user: 'lex', phone: '+14155550101', slack_user_id: null },
          { user: 'bea', phone: '+14155550102', slack_user_id: null },
        ],
        rotations: [
          {
            name: 'all',
            tenant_id: null,
            time_zone: 'UTC',
            every: 'week',
            starts_at: at(),
            users: ['lex', 'bea'],
          },
        ],
        overrides: [],
      },
      at(),
    );
  });
  const lines: { level: string; msg: string }[] = [];
  const rung: string[] = [];

  return {
    store,
    tenant,
    /** Of the log. */
    lines,
    log: createLog({ level: 'info', secrets: [], write: (line) => lines.push(JSON.parse(line)) }),
    /** The ids that were rung for. */
    rung,
    wake: { ring: (_kind: string, id: string) => void rung.push(id) },
    at,
    pass: (minutes: number) => {
      time = new Date(time.getTime() + minutes * 60_000);
    },
    async file(): Promise<string> {
      const event: Omit<EscalateEvent, 'event_id'> = {
        ...{ tenant_id: 't1', conversation_id: null, channel: 'manual', caller: '+14155550123', at: at() },
        ...{ reason: 'complaint', reason_detail: null, severity: 'critical', live: false },
        context: { summary: 'Unhappy.', live: false, call_sid: null, slots: {}, transcript: [] },
      };
      const { event_id } = await store.transact((tx) => tx.emitEscalate(event));
      const { entry_id } = await store.transact((tx) => tx.fileEntry({ ...event, event_id }, WAYS, at()));
      return entry_id;
    },
    /** What the engine does: the deliveries that may leave now, sent. */
    async send(): Promise<ClaimedDelivery[]> {
      const destinations = await store.read.dueDestinations(at());
      return store.transact(async (tx) => {
        const sent: ClaimedDelivery[] = [];
        for (const destination of destinations)
          for (const { deliveries } of await tx.claimSends({
            destination,
            now: at(),
            ways: WAYS,
            lease_ms: 10_000,
          }))
            sent.push(...deliveries);
        for (const [index, delivery] of sent.entries())
          await tx.recordDelivery(delivery, { status: 'sent', reference: `sent_${index}`, seen: 0 }, at());
        return sent;
      });
    },
    act: (entry_id: string, actor: string, move: 'acknowledge' | 'resolve') =>
      store.transact((tx) =>
        tx.moveEntry(
          entry_id,
          move === 'resolve' ? { move, notes: 'done', tags: [] } : { move },
          actor,
          at(),
        ),
      ),
    async close() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}
