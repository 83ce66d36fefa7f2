import { ROUTES } from '@receptionist/admin-api';
import type { Call } from '@receptionist/simulator/caller';
import { expect, test } from 'vitest';
import { type FrontDesk, openFrontDesk } from '../harness/front-desk.ts';
import { northside } from '../harness/tenants.ts';

const BUSY = 'all our lines are busy';

/** What the plan `free` has at once. */
const LINES = 10;

async function takeAllLines(desk: FrontDesk): Promise<Call[]> {
  const calls: Call[] = [];
  for (let line = 0; line < LINES; line++) calls.push(await desk.ring(`+1415555010${line}`));
  return calls;
}

const heard = (call: Call) => call.heard.join(' ');

test('the call after the last line leaves a message; when one has hung up, the next is served', async () => {
  const desk = await openFrontDesk();
  const served = await takeAllLines(desk);
  expect(served.map(heard).join()).not.toContain(BUSY);

  const third = await desk.ring('+14155550123');
  expect(third.status).toBe('in-progress');
  expect(heard(third)).toContain(BUSY);
  await third.say('This is Kim, please call me about my crown');
  expect(heard(third)).toContain('I am passing your message on');
  await third.say('No, thank you');
  expect(third.status).toBe('completed');

  const [entry, ...others] = await desk.entries();
  expect(others).toEqual([]);
  expect(entry).toMatchObject({
    reason: 'limit_reached',
    severity: 'standard',
    caller: '+14155550123',
    reason_detail:
      "Over the plan's limit of concurrent calls (10): This is Kim, please call me about my crown",
  });
  expect(await desk.alerts()).toHaveLength(1);

  const [first] = served as [Call];
  await first.say('What are your opening hours?');
  expect(heard(first)).toContain('9 AM');
  await first.hangUp();
  expect(heard(await desk.ring('+14155550124'))).not.toContain(BUSY);
});

test('who leaves a message takes nobody a line', async () => {
  const desk = await openFrontDesk();
  const [first] = (await takeAllLines(desk)) as [Call];
  const third = await desk.ring('+14155550123');
  expect(heard(third)).toContain(BUSY);
  await first.hangUp();
  expect(heard(await desk.ring('+14155550124'))).not.toContain(BUSY);
  await third.hangUp();
  expect(await desk.entries()).toEqual([]);
});

test('an emergency is one, however busy the lines are', async () => {
  const desk = await openFrontDesk();
  await takeAllLines(desk);
  const third = await desk.ring('+14155550123');
  await third.say('Help, my father is unconscious and not breathing');
  expect(heard(third)).toContain('dial 911');
  expect(await desk.entries()).toMatchObject([{ reason: 'emergency', severity: 'critical' }]);
  expect(await desk.alerts()).toHaveLength(1);
});

test('another plan holds for the next call, and leaves alone those that go on', async () => {
  const desk = await openFrontDesk({ tenants: [northside({ plan: 'core' })] });
  const served = await takeAllLines(desk);
  const third = await desk.ring('+14155550123');
  expect(heard(third)).not.toContain(BUSY);
  await desk.admin.call(ROUTES.putPlan, { params: { tenant_id: 't1' }, body: { plan: 'free' } });
  for (const call of [...served.slice(0, 2), third]) {
    await call.say('What are your opening hours?');
    expect(heard(call)).toContain('9 AM');
  }
  expect(heard(await desk.ring('+14155550124'))).toContain(BUSY);

  await desk.admin.call(ROUTES.putPlan, { params: { tenant_id: 't1' }, body: { plan: 'enterprise' } });
  expect(heard(await desk.ring('+14155550125'))).not.toContain(BUSY);
});

test('a call that was never said to have ended is not counted for ever', async () => {
  const desk = await openFrontDesk();
  await takeAllLines(desk);
  desk.clock.advance('1h');
  desk.clock.advance('1s');
  expect(heard(await desk.ring('+14155550123'))).not.toContain(BUSY);
});

test('20 calls at once on ten lines: ten are served, ten leave a message, nobody is lost', async () => {
  const desk = await openFrontDesk({ slackToken: null });
  const numbers = Array.from({ length: 20 }, (_, index) => `+141555502${String(index).padStart(2, '0')}`);
  const calls = await Promise.all(numbers.map((number) => desk.ring(number)));
  expect(calls.every((call) => call.status === 'in-progress' && call.problems.length === 0)).toBe(true);
  const busy = calls.filter((call) => heard(call).includes(BUSY));
  expect(busy).toHaveLength(10);
  await Promise.all(busy.map((call) => call.say(`Please call me, I am ${call.from}`)));
  await Promise.all(calls.map((call) => call.hangUp()));
  const entries = await desk.entries();
  expect(entries.map(({ reason }) => reason)).toEqual(Array(10).fill('limit_reached'));
  expect(new Set(entries.map(({ caller }) => caller))).toEqual(new Set(busy.map(({ from }) => from)));
});
