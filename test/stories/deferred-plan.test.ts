import { ROUTES } from '@receptionist/admin-api';
import { expect, test } from 'vitest';
import { openFrontDesk } from '../harness/front-desk.ts';
import { northside } from '../harness/tenants.ts';

test("a downgrade at the month's end comes by itself, and then holds for the next call", async () => {
  const desk = await openFrontDesk({ tenants: [northside({ plan: 'core' })] });
  const params = { tenant_id: 't1' };
  const planNow = async () => (await desk.admin.call(ROUTES.getTenant, { params })).plan;
  const { effective_at } = await desk.admin.call(ROUTES.putPlan, {
    params,
    body: { plan: 'free', at: 'month_end' },
  });
  // Midnight in Los Angeles.
  expect(effective_at).toBe('2026-12-01T08:00:00.000Z');

  desk.clock.advance('157h');
  desk.clock.advance('59m');
  await desk.settle();
  expect(await planNow()).toBe('core');
  const calls = [];
  for (let line = 0; line < 10; line++) calls.push(await desk.ring(`+1415555010${line}`));

  desk.clock.advance('1m');
  await desk.settle();
  expect(await planNow()).toBe('free');
  expect((await desk.ring('+14155550123')).heard.join(' ')).toContain('all our lines are busy');
  for (const call of calls.slice(0, 2)) {
    await call.say('What are your opening hours?');
    expect(call.heard.join(' ')).toContain('9 AM');
  }
  const { items } = await desk.admin.call(ROUTES.listAudit, { query: { actor: 'receptionistd' } });
  expect(items).toMatchObject([
    {
      action: 'plan.set',
      target: 'tenant:t1',
      before: { plan: 'core' },
      after: { plan: 'free', by: 'lex' },
      at: effective_at,
    },
  ]);
});
