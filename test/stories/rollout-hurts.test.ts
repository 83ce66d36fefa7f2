import { ROUTES } from '@receptionist/admin-api';
import type { Tenant } from '@receptionist/core';
import { expect, test } from 'vitest';
import { type FrontDesk, openFrontDesk } from '../harness/front-desk.ts';
import { northside } from '../harness/tenants.ts';

const FLAG = 'allow_ai_booking';
const TENANTS: Tenant[] = Array.from({ length: 10 }, (_, index) =>
  northside({
    tenant_id: `clinic${index}`,
    numbers: [`+1500555010${index}`],
    plan: 'core',
    slack_channel: '#clinics',
  }),
);
/** Who asks for a person is told of where nobody looks for rollouts. */
const CHANNELS = [
  { id: 'C0HUMAN', name: 'human-fallback', member: true },
  { id: 'C0CLINICS', name: 'clinics', member: true },
];

/** Two of the ten in a minute, half of them a minute later. */
async function planRollout(desk: FrontDesk): Promise<void> {
  const inMinutes = (minutes: number) =>
    new Date(desk.clock.now().getTime() + minutes * 60_000).toISOString();
  await desk.admin.call(ROUTES.putRolloutPlan, {
    params: { flag: FLAG },
    body: {
      steps: [
        { percent: 20, at: inMinutes(1) },
        { percent: 50, at: inMinutes(2) },
        { percent: 100, at: inMinutes(60) },
      ],
      halt_if: 'escalation_rate > +20%',
    },
  });
}

const rollout = (desk: FrontDesk) => desk.admin.call(ROUTES.getRollout, { params: { flag: FLAG } });

/** Each tenant is called so often; of those with the flag every second caller asks for a person, of the others every tenth. */
async function callAll(desk: FrontDesk, { times }: { times: number }): Promise<void> {
  const { tenants_on } = await rollout(desk);
  for (const { tenant_id, numbers } of TENANTS) {
    const every = tenants_on.includes(tenant_id) ? 2 : 10;
    for (let nth = 0; nth < times; nth++) {
      const call = await desk.ring('+14155550123', numbers[0]);
      await call.say(nth % every === 0 ? 'I want to talk to a person' : 'What are your opening hours?');
      await call.hangUp();
    }
  }
}

/** A minute goes by, and the engine looks. */
async function aMinute(desk: FrontDesk): Promise<void> {
  desk.clock.advance('60s');
  await desk.settle();
}

const readAlerts = async (desk: FrontDesk) => (await desk.alerts()).map((alert) => alert.lines().join('\n'));

test('a rollout that makes callers ask for a person halts by itself, goes back a step, and says the numbers in Slack', async () => {
  const desk = await openFrontDesk({ tenants: TENANTS, slack: { channels: CHANNELS } });
  await planRollout(desk);
  await aMinute(desk);
  const twoTenants = (await rollout(desk)).tenants_on;
  expect(twoTenants).toHaveLength(2);
  await aMinute(desk);
  expect(await rollout(desk)).toMatchObject({ percent: 50, updated_by: 'lex' });

  await callAll(desk, { times: 10 });
  await aMinute(desk);

  const after = await rollout(desk);
  expect(after).toMatchObject({ percent: 20, tenants_on: twoTenants, updated_by: 'receptionistd' });
  const numbers =
    'escalation_rate was 50% of 50 calls with the flag on, and 10% of 50 calls with it off (halt if escalation_rate > +20%)';
  expect(after.plan).toMatchObject({ halted_why: numbers, next_at: null });
  const told = (await readAlerts(desk)).filter((text) => text.includes('rollout'));
  expect(told).toEqual([expect.stringContaining(`The rollout of ${FLAG} has halted by itself: ${numbers}.`)]);
  expect(told[0]).toContain('It is back from 50% to 20%, without');
  const { items } = await desk.admin.call(ROUTES.listAudit, { query: { action: 'rollout.halt' } });
  expect(items).toMatchObject([
    { actor: 'receptionistd', target: `flag:${FLAG}`, before: { percent: 50 }, after: { percent: 20 } },
  ]);
  expect(desk.log.filter(({ msg }) => msg.includes('has halted by itself'))).toHaveLength(1);

  desk.clock.advance('2h');
  await desk.settle();
  expect((await rollout(desk)).percent).toBe(20);
  expect((await readAlerts(desk)).filter((text) => text.includes('has halted'))).toEqual([]);
});

test('numbers that are too small to tell halt nothing, and the next step comes', async () => {
  const desk = await openFrontDesk({ tenants: TENANTS, slack: { channels: CHANNELS } });
  await planRollout(desk);
  await aMinute(desk);
  await aMinute(desk);
  await callAll(desk, { times: 4 });
  await aMinute(desk);
  expect(await rollout(desk)).toMatchObject({ percent: 50, plan: { halted_at: null } });
  desk.clock.advance('1h');
  await desk.settle();
  expect((await rollout(desk)).tenants_on).toHaveLength(10);
  expect((await readAlerts(desk)).filter((text) => text.includes('has halted'))).toEqual([]);
});

test('steps that were missed are folded into the last that is due', async () => {
  const desk = await openFrontDesk({ tenants: TENANTS, slack: { channels: CHANNELS } });
  await planRollout(desk);
  desk.clock.advance('3h');
  await desk.settle();
  expect(await rollout(desk)).toMatchObject({ percent: 100, plan: { next_at: null } });
  const { items } = await desk.admin.call(ROUTES.listAudit, { query: { action: 'rollout.step' } });
  expect(items).toHaveLength(1);
});
