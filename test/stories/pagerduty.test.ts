import { ROUTES } from '@receptionist/admin-api';
import { callWebhook, type PagerDuty } from '@receptionist/simulator/servers';
import { expect, test } from 'vitest';
import { type FrontDesk, openFrontDesk } from '../harness/front-desk.ts';
import { LEX_THEN_BEA } from '../harness/on-call.ts';
import { northside } from '../harness/tenants.ts';

const STEP = [
  { after_minutes: 0, notify: ['pagerduty' as const] },
  { after_minutes: 600, notify: ['pagerduty' as const] },
];
const BY_PAGERDUTY = {
  tenants: [northside({ escalation: { critical: STEP, standard: STEP } })],
  onCall: LEX_THEN_BEA,
  pagerduty: true,
};
const LEX = { id: 'PLEX', name: 'Lex' };

async function openIncident(): Promise<{ desk: FrontDesk; pagerDuty: PagerDuty; entry_id: string }> {
  const desk = await openFrontDesk(BY_PAGERDUTY);
  const call = await desk.ring();
  await call.press('0');
  const [entry] = await desk.entries();
  const pagerDuty = desk.pagerDuty ?? expect.fail('no PagerDuty');
  return { desk, pagerDuty, entry_id: entry?.entry_id ?? expect.fail('nobody was asked for') };
}

const actions = ({ events }: PagerDuty) =>
  events.map(({ event_action, dedup_key }) => `${event_action} ${dedup_key}`);
const dedupKeys = async (desk: FrontDesk) => (await desk.pages()).map(({ dedup_key }) => dedup_key);

test('an incident pages, is acknowledged in PagerDuty, and ends with the entry', async () => {
  const { desk, pagerDuty, entry_id } = await openIncident();
  const [page] = await desk.pages();
  expect(page).toMatchObject({
    dedup_key: `${entry_id}.1`,
    title: `Critical: Northside Dental: caller asked for a person (${entry_id})`,
    urgency: 'high',
  });

  expect(await pagerDuty.acknowledge(`${entry_id}.1`, { by: LEX })).toMatchObject({ status: 200 });
  await desk.settle();
  expect(await desk.entry(entry_id)).toMatchObject({
    status: 'acknowledged',
    acknowledged_by: 'lex',
    notifications: [{ channel: 'pagerduty', status: 'sent', reference: `${entry_id}.1` }],
  });

  await desk.admin.call(ROUTES.resolveEntry, { params: { entry_id }, body: { notes: 'called back' } });
  await desk.settle();
  expect(actions(pagerDuty).at(-1)).toBe(`resolve ${entry_id}.1`);
  expect(pagerDuty.incidents.get(`${entry_id}.1`)?.status).toBe('resolved');
});

test('what is acknowledged here is acknowledged there, and is not taken for somebody else', async () => {
  const { desk, pagerDuty, entry_id } = await openIncident();
  expect(await dedupKeys(desk)).toEqual([`${entry_id}.1`]);
  await desk.admin.call(ROUTES.acknowledgeEntry, { params: { entry_id } });
  await desk.settle();
  expect(actions(pagerDuty)).toEqual([`trigger ${entry_id}.1`, `acknowledge ${entry_id}.1`]);
  expect(pagerDuty.webhooks.map(({ event_type, status }) => `${event_type} ${status}`)).toContain(
    'incident.acknowledged 200',
  );
  expect((await desk.entry(entry_id)).acknowledged_by).toBe('lex');
});

test('acknowledged and not engaged in time: the next round is another incident, which the old one cannot acknowledge', async () => {
  const { desk, pagerDuty, entry_id } = await openIncident();
  const first = await pagerDuty.acknowledge(`${entry_id}.1`, { by: LEX });
  await desk.settle();
  desk.clock.advance('10m');
  expect(await dedupKeys(desk)).toEqual([`${entry_id}.1`, `${entry_id}.2`]);
  expect(pagerDuty.incidents.get(`${entry_id}.1`)?.status).toBe('resolved');

  expect(first && (await callWebhook(first.request))).toMatchObject({ status: 200 });
  expect((await desk.entry(entry_id)).status).toBe('open');
});

test('a forged acknowledgement is refused, a broken one too, and neither changes anything', async () => {
  const { desk, pagerDuty, entry_id } = await openIncident();
  expect(await dedupKeys(desk)).toEqual([`${entry_id}.1`]);
  const ping = (await pagerDuty.ping()) ?? expect.fail('no webhook');
  expect(ping.status).toBe(200);
  const forged = { ...ping.request, body: ping.request.body.replace('pagey.ping', 'incident.acknowledged') };
  expect(await callWebhook(forged)).toMatchObject({ status: 401 });
  const { 'x-pagerduty-signature': _, ...unsigned } = ping.request.headers;
  expect(await callWebhook({ ...ping.request, headers: unsigned })).toMatchObject({ status: 401 });
  expect((await desk.entry(entry_id)).status).toBe('open');
});

test.each([
  ['answers 500', { mode: 'http_500' as const }],
  ['refuses connections', { mode: 'refuse' as const }],
  ['asks to wait', { mode: 'rate_limited' as const }],
  ['accepts and never says so', { mode: 'hang_but_accept' as const }],
])('PagerDuty %s: it is told again, and pages once', async (_what, failure) => {
  const desk = await openFrontDesk(BY_PAGERDUTY);
  desk.pagerDuty?.fail({ ...failure, times: 1 });
  const call = await desk.ring();
  await call.press('0');
  await desk.settle();
  desk.clock.advance('61s');
  const [entry] = await desk.entries();
  expect(await dedupKeys(desk)).toEqual([`${entry?.entry_id}.1`]);
});
