/** Slack is gone for an hour, and PagerDuty with it: each way takes over at its step, and what comes back hears of the present. */
import { ROUTES } from '@receptionist/admin-api';
import type { Call } from '@receptionist/simulator/caller';
import type { SlackMessage } from '@receptionist/simulator/servers';
import { expect, test } from 'vitest';
import { type FrontDesk, openFrontDesk } from '../harness/front-desk.ts';
import { BEA_PHONE, LEX_PHONE, LEX_THEN_BEA } from '../harness/on-call.ts';

const EVERYBODY_ELSE = { onCall: LEX_THEN_BEA, pagerduty: true };

/** Somebody on the line wants a person, and Slack is away until it is mended. */
async function callWithoutSlack(desk: FrontDesk): Promise<string> {
  desk.slack.fail({ mode: 'http_500', untilCleared: true });
  const call = await desk.ring();
  await call.say('I need to talk to a person');
  const [entry] = await desk.entries();
  return entry?.entry_id ?? expect.fail('nobody was asked for');
}

/** So many minutes pass, each with all that is due in it. */
async function pass(desk: FrontDesk, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    desk.clock.advance('1m');
    await desk.settle();
  }
}

/** What Slack is sent once it is back: the back-off of a minute has passed, and nothing of a step is due. */
async function slackComesBack(desk: FrontDesk): Promise<SlackMessage[]> {
  desk.slack.recover();
  desk.clock.advance('61s');
  return desk.alerts();
}

const rungBy = async (desk: FrontDesk) => (await desk.placedCalls()).map(({ to }) => to);
const incidentsOf = async (desk: FrontDesk) => (await desk.pages()).map(({ dedup_key }) => dedup_key);
const presses = (keys: string) => async (call: Call) => {
  await call.press(keys);
};

test('Slack gone for an hour: PagerDuty at its minute, calls at theirs, and then one post that shows how it stands', async () => {
  const desk = await openFrontDesk(EVERYBODY_ELSE);
  const entry_id = await callWithoutSlack(desk);
  expect(await incidentsOf(desk)).toEqual([]);
  await pass(desk, 1);
  expect(await incidentsOf(desk)).toEqual([`${entry_id}.1`]);
  expect(await rungBy(desk)).toEqual([]);
  await pass(desk, 1);
  expect(await rungBy(desk)).toEqual([LEX_PHONE, BEA_PHONE]);

  await pass(desk, 58);
  expect(await incidentsOf(desk)).toEqual([]);
  // The last step, at five minutes and each three minutes from then on.
  expect(await rungBy(desk)).toHaveLength(2 * 19);
  expect(await desk.alerts()).toEqual([]);

  const [post, ...others] = await slackComesBack(desk);
  expect(others).toEqual([]);
  expect(post?.mentions).toEqual(['U0LEX']);
  expect(post?.lines().join('\n')).toContain(entry_id);
  expect((await desk.entry(entry_id)).ack_breached).toBe(true);
  await desk.admin.call(ROUTES.resolveEntry, { params: { entry_id }, body: { notes: 'called back' } });
  await desk.settle();
});

test('Slack gone for an hour, and Lex takes it by phone: then there is silence, and later one post that says who has it', async () => {
  const desk = await openFrontDesk({ ...EVERYBODY_ELSE, phones: { [LEX_PHONE]: presses('1') } });
  const entry_id = await callWithoutSlack(desk);
  await pass(desk, 2);
  expect(await incidentsOf(desk)).toEqual([`${entry_id}.1`]);
  expect(await rungBy(desk)).toEqual([LEX_PHONE]);
  await desk.admin.call(ROUTES.engageEntry, { params: { entry_id }, body: { how: 'called back' } });

  await pass(desk, 58);
  expect(await desk.alerts()).toEqual([]);
  const [post, ...others] = await slackComesBack(desk);
  expect(others).toEqual([]);
  expect(post?.mentions).toEqual([]);
  expect(post?.lines().join('\n')).toMatch(/lex/);
  await pass(desk, 10);
});

test('PagerDuty gone too: the phone is what is left, and nobody is paged for what Lex has', async () => {
  const desk = await openFrontDesk({ ...EVERYBODY_ELSE, phones: { [LEX_PHONE]: presses('1') } });
  desk.pagerDuty?.fail({ mode: 'http_500', untilCleared: true });
  const entry_id = await callWithoutSlack(desk);
  await pass(desk, 2);
  expect(await rungBy(desk)).toEqual([LEX_PHONE]);
  await desk.admin.call(ROUTES.engageEntry, { params: { entry_id }, body: { how: 'called back' } });
  desk.pagerDuty?.recover();
  expect(await slackComesBack(desk)).toHaveLength(1);
  await pass(desk, 10);
  expect((await desk.entry(entry_id)).acknowledged_by).toBe('lex');
});
