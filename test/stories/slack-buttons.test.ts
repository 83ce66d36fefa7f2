import { ROUTES } from '@receptionist/admin-api';
import type { SlackMessage } from '@receptionist/simulator/servers';
import { callWebhook } from '@receptionist/simulator/servers';
import { expect, test } from 'vitest';
import { type FrontDesk, openFrontDesk } from '../harness/front-desk.ts';
import { LEX_THEN_BEA } from '../harness/on-call.ts';

const LEX = { id: 'U0LEX', name: 'lex.luthor' };
const BEA = { id: 'U0BEA', name: 'bea.arthur' };
const GUEST = { id: 'U0GUEST', name: 'guest' };

/** A caller asked for a person, and has hung up. */
async function openAlert(): Promise<{ desk: FrontDesk; alert: SlackMessage; entry_id: string }> {
  const desk = await openFrontDesk({ onCall: LEX_THEN_BEA });
  const call = await desk.ring();
  await call.press('0');
  const [alert] = await desk.alerts();
  await call.hangUp();
  await desk.settle();
  const [entry] = await desk.entries();
  if (!alert || !entry) throw new Error('nobody was alerted');
  return { desk, alert, entry_id: entry.entry_id };
}

const shown = (desk: FrontDesk, alert: SlackMessage) => desk.slack.message(alert).lines().join('\n');
const thread = (desk: FrontDesk, alert: SlackMessage) =>
  desk.slack.thread(alert).flatMap((reply) => reply.lines());

test('Lex acknowledges in Slack: the message shows it, the thread tells it, and nobody else is called', async () => {
  const { desk, alert, entry_id } = await openAlert();
  expect(shown(desk, alert)).toContain('Open: acknowledge by');
  const answer = await desk.slack.press({ user: LEX, message: alert, action: 'Acknowledge' });
  expect([answer.status, answer.body, answer.ephemeral]).toEqual([200, '', null]);
  await desk.settle();
  expect(await desk.entry(entry_id)).toMatchObject({ status: 'acknowledged', assignee: 'lex' });
  expect(shown(desk, alert)).toContain('Acknowledged by lex');
  expect(desk.slack.message(alert).buttons.map(({ label }) => label)).toEqual([
    'Assign to me',
    'Resolve…',
    'Runbook',
  ]);
  desk.clock.advance('4m');
  expect(await desk.alerts()).toEqual([]);
  expect(thread(desk, alert)).toEqual(['The caller has hung up', 'lex acknowledged it']);
  const { items } = await desk.admin.all(ROUTES.listAudit, { query: { target: `fallback:${entry_id}` } });
  expect(items).toMatchObject([{ actor: 'lex', action: 'fallback.acknowledge' }]);
});

test('two people press Acknowledge at once: one has it, and the other alone is told who', async () => {
  const { desk, alert, entry_id } = await openAlert();
  const answers = await Promise.all(
    [LEX, BEA].map((user) => desk.slack.press({ user, message: alert, action: 'Acknowledge' })),
  );
  const { assignee, timeline } = await desk.entry(entry_id);
  expect(timeline.filter(({ action }) => action === 'acknowledged')).toHaveLength(1);
  const told = answers.flatMap(({ ephemeral }) => ephemeral ?? []);
  expect(told).toMatchObject([{ user: assignee === 'lex' ? 'U0BEA' : 'U0LEX' }]);
  expect(told[0]?.text).toContain(`*Acknowledged* by ${assignee}`);
});

test('whoever nobody has described may press too, and Assign to me does not acknowledge', async () => {
  const { desk, alert, entry_id } = await openAlert();
  await desk.slack.press({ user: GUEST, message: alert, action: 'Assign to me' });
  await desk.settle();
  expect(await desk.entry(entry_id)).toMatchObject({ status: 'open', assignee: 'slack:U0GUEST' });
  expect(shown(desk, alert)).toContain('Open, assigned to @U0GUEST');
  await desk.slack.press({ user: GUEST, message: alert, action: 'Acknowledge' });
});

test('Bea resolves with notes and tags, in a form that does not close without notes', async () => {
  const { desk, alert, entry_id } = await openAlert();
  const params = { entry_id };
  await desk.admin.call(ROUTES.tagEntry, { params, body: { add: ['refund'] } });
  await desk.settle();
  const { modal } = await desk.slack.press({ user: BEA, message: alert, action: 'Resolve…' });
  if (!modal) throw new Error('no form was opened');
  expect((await desk.slack.submit(modal, { values: { notes: '' } })).sent).toBe(false);
  const values = { notes: 'Paid with 4111 1111 1111 1111.', tags: ['refund'], new_tags: 'happy, twice' };
  expect(await desk.slack.submit(modal, { values })).toMatchObject({ sent: true, errors: {} });
  expect(desk.slack.modals).toEqual([]);
  await desk.settle();
  expect(await desk.entry(entry_id)).toMatchObject({
    ...{ status: 'resolved', resolved_by: 'bea', tags: ['happy', 'refund', 'twice'] },
    resolution_notes: 'Paid with [card number].',
  });
  expect(shown(desk, alert)).toMatch(/Resolved by bea .*: Paid with \[card number\]/);
  expect(desk.slack.message(alert).buttons.map(({ label }) => label)).toEqual(['Runbook']);
});

test('a form for an entry that was resolved meanwhile says by whom', async () => {
  const { desk, alert, entry_id } = await openAlert();
  const { modal } = await desk.slack.press({ user: BEA, message: alert, action: 'Resolve…' });
  if (!modal) throw new Error('no form was opened');
  const params = { entry_id };
  await desk.admin.call(ROUTES.resolveEntry, { params, body: { notes: 'Called back.' } });
  const { errors } = await desk.slack.submit(modal, { values: { notes: 'Me too.' } });
  expect(Object.values(errors)).toEqual([expect.stringMatching(/^lex resolved it at 2026-/)]);
  expect(await desk.entry(entry_id)).toMatchObject({ resolution_notes: 'Called back.' });
});

test('what was forged, is stale or comes a second time changes nothing', async () => {
  const { desk, alert, entry_id } = await openAlert();
  const payload = desk.slack.payloadOf({ user: LEX, message: alert, action: 'Assign to me' });
  const now = desk.clock.now().getTime();
  const strange = [{ secret: 'a-guess' }, { at: now - 301_000 }, { at: now + 301_000 }];
  for (const options of strange)
    expect((await callWebhook(desk.slack.signedInteraction(payload, options))).status).toBe(401);
  expect(await desk.entry(entry_id)).toMatchObject({ assignee: null });

  const good = desk.slack.signedInteraction(payload);
  expect((await callWebhook(good)).status).toBe(200);
  const params = { entry_id };
  await desk.admin.call(ROUTES.assignEntry, { params, body: { assignee: 'bea' } });
  expect((await callWebhook(good)).status).toBe(200);
  expect(await desk.entry(entry_id)).toMatchObject({ assignee: 'bea' });
  await desk.admin.call(ROUTES.acknowledgeEntry, { params });
});

test('without a signing secret there is nothing to press', async () => {
  const desk = await openFrontDesk({ settings: { SLACK_SIGNING_SECRET: '' } });
  const call = await desk.ring();
  await call.press('0');
  const [alert] = await desk.alerts();
  expect(alert?.buttons).toEqual([]);
  await call.hangUp();
});
