import type { Failure } from '@receptionist/simulator/servers';
import { expect, test } from 'vitest';
import { openFrontDesk } from '../harness/front-desk.ts';

const OUTAGES: [string, Failure][] = [
  ['answers 500', { mode: 'http_500', untilCleared: true }],
  ['asks to wait 30 s', { mode: 'rate_limited', retryAfter: 30, untilCleared: true }],
  ['answers ok:false', { mode: 'not_ok', error: 'internal_error', untilCleared: true }],
  ['refuses connections', { mode: 'refuse', untilCleared: true }],
  ['answers with a web page', { mode: 'html', untilCleared: true }],
];

test.each(OUTAGES)(
  'Slack %s for two minutes: the caller notices nothing, and the alert arrives afterwards, once',
  async (_, failure) => {
    const desk = await openFrontDesk();
    desk.slack.fail(failure);

    const call = await desk.ring();
    await call.say('I need to talk to a human');
    expect(call.heard.length).toBeGreaterThan(0);
    expect(call.problems).toEqual([]);
    for (let waited = 0; waited < 24; waited++) {
      expect(await desk.alerts()).toEqual([]);
      desk.clock.advance('5s');
    }
    const tries = desk.slack.requests.length;
    expect(tries).toBeGreaterThan(2);
    // Two steps, each with a back-off of its own.
    expect(tries).toBeLessThan(40);

    desk.slack.recover();
    desk.clock.advance('61s');
    expect(await desk.alerts()).toHaveLength(1);
    const [entry] = await desk.entries();
    const { notifications } = await desk.entry(entry?.entry_id ?? '');
    expect(notifications.filter(({ channel }) => channel === 'slack')).toMatchObject([
      { status: 'failed' },
      { status: 'sent' },
    ]);
    await call.hangUp();
  },
);

test('what Slack asks is respected: no request before Retry-After', async () => {
  const desk = await openFrontDesk();
  desk.slack.fail({ mode: 'rate_limited', retryAfter: 40, times: 1 });
  const call = await desk.ring();
  await call.press('0');
  await desk.settle();
  desk.clock.advance('39s');
  await desk.settle();
  expect(desk.slack.requests).toHaveLength(1);
  desk.clock.advance('2s');
  expect(await desk.alerts()).toHaveLength(1);
  await call.hangUp();
});

test('Slack accepts an alert but never says so: it is found there, and not posted twice', async () => {
  const desk = await openFrontDesk();
  desk.slack.fail({ mode: 'hang_but_accept', times: 1 });
  const call = await desk.ring();
  await call.press('0');
  expect(await desk.alerts()).toHaveLength(1);
  const [entry] = await desk.entries();
  const params = entry?.entry_id ?? '';
  expect((await desk.entry(params)).notifications).toMatchObject([{ status: 'waiting', attempts: 1 }]);
  desk.clock.advance('10s');
  expect(await desk.alerts()).toEqual([]);
  expect((await desk.entry(params)).notifications).toMatchObject([{ status: 'sent', attempts: 2 }]);
  await call.hangUp();
});

test('Slack never says what became of an alert, and nobody may look: it is posted again, because twice is better than never', async () => {
  const desk = await openFrontDesk({ slack: { scopes: ['chat:write'] } });
  desk.expectRefusals(/missing_scope|lacks/);
  desk.slack.fail({ mode: 'hang_but_accept', times: 1 });
  const call = await desk.ring();
  await call.press('0');
  expect(await desk.alerts()).toHaveLength(1);
  desk.clock.advance('10s');
  expect(await desk.alerts()).toHaveLength(1);
  await call.hangUp();
});
