/** Two people take the same entry at the same moment, one in Slack, one on the command line. */
import { ROUTES } from '@receptionist/admin-api';
import { Problem } from '@receptionist/core';
import { callWebhook, type Slack } from '@receptionist/simulator/servers';
import { expect, test } from 'vitest';
import { openPremises, type Running } from '../harness/premises.ts';
import { sleep, until } from '../harness/real-time.ts';
import { northside } from '../harness/tenants.ts';

const ENTRIES = 1_000;
const AT_ONCE = 4;
/** Neither is always the first. */
const APART_MS = 5;

test(`${ENTRIES} times exactly one of them has it, and the other is told who`, async () => {
  const { slack, start, close } = await openPremises();
  const daemon = await start();
  await daemon.admin.call(ROUTES.createTenant, { body: northside() });
  await file(daemon, 1);
  await until('somebody can press a button', 10_000, () => slack.posts.length > 0);
  const entries = await fileMore(daemon);

  const won = { lex: 0, slack: 0 };
  await inLanes(entries, async (entry_id, number) => {
    const id = `U${String(number).padStart(8, '0')}`;
    const [refusal] = await Promise.all([
      acknowledge(daemon, entry_id),
      press(slack, { id, name: id }, entry_id),
    ]);
    const { timeline } = await daemon.admin.call(ROUTES.getEntry, { params: { entry_id } });
    const holders = timeline.filter(({ action }) => action === 'acknowledged').map(({ actor }) => actor);
    const words = () => slack.ephemerals.filter(({ user }) => user === id).map(({ text }) => text);
    if (refusal === null) {
      won.lex++;
      expect(holders).toEqual(['lex']);
      await until(`${id} is told who has ${entry_id}`, 3_000, () => words().length > 0);
      expect(words()).toEqual([expect.stringContaining('lex')]);
    } else {
      won.slack++;
      expect(holders).toEqual([`slack:${id}`]);
      expect(refusal).toMatchObject({ code: 'already_acknowledged', message: expect.stringContaining(id) });
      expect(words()).toEqual([]);
    }
  });

  console.log(`won in Slack ${won.slack} times, on the command line ${won.lex} times`);
  expect(Math.min(won.lex, won.slack)).toBeGreaterThan(0);
  expect(slack.unexpected()).toEqual([]);
  expect(await daemon.stop()).toBe(0);
  await close();
}, 180_000);

function file({ admin }: Running, number: number): Promise<unknown> {
  const caller = `+1415${2_000_000 + number}`;
  const params = { tenant_id: 't1' };
  return admin.call(ROUTES.createEscalation, { params, body: { caller, reason: 'complaint' } });
}

/** @returns their ids, without that of the first, whose button is there to be pressed */
async function fileMore(daemon: Running): Promise<string[]> {
  const [first] = (await daemon.admin.all(ROUTES.listEntries, {})).items;
  await inLanes(Array.from({ length: ENTRIES }), (_, number) => file(daemon, 2 + number));
  let filed: string[] = [];
  await until('all are filed', 60_000, async () => {
    filed = (await daemon.admin.all(ROUTES.listEntries, {})).items.map(({ entry_id }) => entry_id);
    return filed.length === ENTRIES + 1;
  });
  return filed.filter((entry_id) => entry_id !== first?.entry_id);
}

/** @returns why not; null: it was done */
async function acknowledge({ admin }: Running, entry_id: string): Promise<Problem | null> {
  await sleep(Math.random() * APART_MS);
  try {
    await admin.call(ROUTES.acknowledgeEntry, { params: { entry_id } });
    return null;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** A digest has no button for each, so the button of the first alert is sent with another's id, as Slack would send it. */
async function press(slack: Slack, user: { id: string; name: string }, entry_id: string): Promise<void> {
  const [message] = slack.posts;
  if (!message) throw new Error('no message');
  const payload = slack.payloadOf({ user, message, action: 'acknowledge' }) as { actions: object[] };
  const actions = payload.actions.map((action) => ({ ...action, value: entry_id }));
  const request = slack.signedInteraction({ ...payload, actions });
  await sleep(Math.random() * APART_MS);
  expect((await callWebhook(request, 3_000)).status).toBe(200);
}

/** A few at once. */
async function inLanes<T>(
  items: readonly T[],
  work: (item: T, number: number) => Promise<unknown>,
): Promise<void> {
  const queue = items.entries();
  const lane = async () => {
    for (const [number, item] of queue) await work(item, number);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
