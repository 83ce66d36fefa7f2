import { ROUTES } from '@receptionist/admin-api';
import { type Plan, SAFE_VALUES } from '@receptionist/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Desk, openDesk, TENANT } from './harness.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const ROLLOUT = '/admin/flags/allow_rag/rollout';
const params = { flag: 'allow_rag' };

async function onBoard(count: number, plan: Plan = 'core'): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, i) => `t${i + 1}`);
  for (const tenant_id of ids)
    await desk.call(ROUTES.createTenant, { body: { ...TENANT, tenant_id, plan, numbers: [] } });
  return ids;
}

async function allowRag(tenant_id: string) {
  const { flags } = await desk.call(ROUTES.listFlags, { params: { tenant_id } });
  return flags.find(({ flag }) => flag === 'allow_rag');
}

test('before anything was rolled out nobody is in it', async () => {
  await onBoard(2);
  expect((await desk.send('GET', ROLLOUT)).body).toEqual({
    flag: 'allow_rag',
    percent: 0,
    tenants_on: [],
    starts_at: null,
    tenants: [],
    updated_at: null,
    updated_by: null,
    plan: null,
  });
});

test('a share of the tenants, which grows and shrinks by those that it says', async () => {
  await onBoard(20);
  const ten = await desk.call(ROUTES.putRollout, { params, body: { percent: 10 } });
  expect(ten).toMatchObject({ flag: 'allow_rag', percent: 10, removed: [], updated_by: 'lex' });
  expect(ten.tenants_on).toHaveLength(2);
  expect(ten.added).toEqual(ten.tenants_on);
  expect(await allowRag(String(ten.tenants_on[0]))).toMatchObject({
    enabled: !SAFE_VALUES.allow_rag,
    reason: 'SPLIT',
    source: 'rollout',
    updated_by: 'lex',
  });

  const more = await desk.call(ROUTES.putRollout, { params, body: { percent: 25 } });
  expect(more.tenants_on.slice(0, 2)).toEqual(ten.tenants_on);
  expect([more.added.length, more.removed]).toEqual([3, []]);
  const none = await desk.call(ROUTES.putRollout, { params, body: { percent: 0 } });
  expect([none.added, none.tenants_on]).toEqual([[], []]);
  expect(none.removed.toSorted()).toEqual(more.tenants_on.toSorted());
});

test('a dry run says what would come of it, and leaves nothing behind', async () => {
  await onBoard(4);
  const foretold = await desk.send('PUT', `${ROLLOUT}?dry_run=true`, { body: { percent: 50 } });
  expect(foretold.body).toMatchObject({ percent: 50, added: [expect.any(String), expect.any(String)] });
  expect(await desk.call(ROUTES.getRollout, { params })).toMatchObject({ percent: 0, tenants_on: [] });
  expect((await desk.call(ROUTES.listAudit, { query: { action: 'rollout.set' } })).items).toEqual([]);

  const done = await desk.call(ROUTES.putRollout, { params, body: { percent: 50 } });
  expect(done.added).toEqual(foretold.body.added);
  const { items } = await desk.call(ROUTES.listAudit, { query: { action: 'rollout.set' } });
  expect(items).toMatchObject([
    { actor: 'lex', target: 'flag:allow_rag', before: { percent: 0 }, after: { percent: 50, added: 2 } },
  ]);
});

test('tenants named are in it whatever the percentage, and before it starts nothing changes', async () => {
  await onBoard(3);
  const body = { percent: 0, tenants: ['t2'], starts_at: '2026-11-22T10:00:00Z' };
  const named = await desk.call(ROUTES.putRollout, { params, body });
  expect(named).toMatchObject({ tenants: ['t2'], tenants_on: ['t2'], starts_at: '2026-11-22T10:00:00.000Z' });
  expect(await allowRag('t2')).toMatchObject({ enabled: false, source: 'safe_default' });
  desk.pass(3600);
  expect(await allowRag('t2')).toMatchObject({ enabled: true, source: 'rollout' });

  const left = await desk.call(ROUTES.putRollout, { params, body: { percent: 0 } });
  expect(left.tenants).toEqual(['t2']);
});

test.each([
  [{ percent: 101 }, 'percent', 'It must be 0 to 100.'],
  [{ percent: -1 }, 'percent', 'It must be 0 to 100.'],
  [{ percent: 12.345 }, 'percent', 'It may have two decimals at most.'],
  [{ percent: '25' }, 'percent', expect.any(String)],
  [{}, 'percent', 'It is missing.'],
  [{ percent: 1, share: 2 }, 'share', 'There is no such member here.'],
  [
    { percent: 1, tenants: ['t1', 'northsid'] },
    'tenants.1',
    'There is no tenant "northsid". Did you mean "northside"?',
  ],
  [{ percent: 1, tenants: ['t1', 't1'] }, 'tenants.1', '"t1" stands here twice.'],
  [{ percent: 1, starts_at: 'tomorrow' }, 'starts_at', expect.any(String)],
])('%j is refused', async (body, path, message) => {
  await desk.call(ROUTES.createTenant, { body: { ...TENANT, plan: 'core', numbers: [] } });
  await desk.call(ROUTES.createTenant, { body: { ...TENANT, tenant_id: 'northside', numbers: [] } });
  const { status, body: problem } = await desk.send('PUT', ROLLOUT, { body });
  expect([status, problem.errors]).toEqual([400, [{ path, message }]]);
});

test('an unknown flag is not found, and a dry run is true or false', async () => {
  const unknown = await desk.send('PUT', '/admin/flags/allow_rga/rollout', { body: { percent: 1 } });
  expect([unknown.status, unknown.body.detail]).toEqual([
    404,
    expect.stringContaining('Did you mean "allow_rag"?'),
  ]);
  const maybe = await desk.send('PUT', `${ROLLOUT}?dry_run=maybe`, { body: { percent: 1 } });
  expect([maybe.status, maybe.body.errors[0].path]).toEqual([400, 'dry_run']);
});

test('of calls with the flag on and off there are too few to tell', async () => {
  await onBoard(2);
  const { body } = await desk.send('GET', `${ROLLOUT}/status`);
  expect(body).toMatchObject({
    percent: 0,
    since: '2026-11-15T09:00:00.000Z',
    until: '2026-11-22T09:00:00.000Z',
    on: { calls: 0 },
    off: { calls: 0 },
    compared: { escalation_rate: { on: null, off: null, change: null, verdict: 'too_few' } },
    plan: null,
  });
  await desk.call(ROUTES.putRollout, { params, body: { percent: 50 } });
  desk.pass(60);
  const { body: later } = await desk.send('GET', `${ROLLOUT}/status`);
  expect([later.percent, later.since]).toEqual([50, '2026-11-22T09:00:00.000Z']);
});

const STEPS = [{ percent: 25 }, { percent: 100, at: '2026-11-24T09:00:00Z' }];

test('a plan begins with the step that is due, and ends where somebody decides by hand', async () => {
  await onBoard(4);
  await desk.call(ROUTES.putRollout, { params, body: { percent: 1 } });
  const planned = await desk.call(ROUTES.putRolloutPlan, {
    params,
    body: { steps: [{ percent: 50 }, ...STEPS.slice(1)], halt_if: 'escalation_rate > +20%' },
  });
  expect(planned).toMatchObject({
    percent: 50,
    added: [expect.any(String)],
    plan: {
      started_percent: 1,
      next_step: 1,
      next_at: '2026-11-24T09:00:00.000Z',
      stepped_from: 1,
      halt_if: 'escalation_rate > +20%',
      by: 'lex',
    },
  });
  const { plan, percent } = await desk.call(ROUTES.putRollout, { params, body: { percent: 75 } });
  expect([plan, percent]).toEqual([null, 75]);
});

test('a plan is foretold, and stopped where it is', async () => {
  await onBoard(4);
  const foretold = await desk.send('PUT', `${ROLLOUT}/plan?dry_run=true`, { body: { steps: STEPS } });
  expect(foretold.body).toMatchObject({ percent: 25, added: [expect.any(String)] });
  expect(await desk.call(ROUTES.getRollout, { params })).toMatchObject({ percent: 0, plan: null });
  await desk.call(ROUTES.putRolloutPlan, { params, body: { steps: STEPS } });
  expect((await desk.send('DELETE', `${ROLLOUT}/plan`)).body).toMatchObject({ percent: 25, plan: null });
  const { items } = await desk.call(ROUTES.listAudit, { query: { target: 'flag:allow_rag' } });
  expect(items.map(({ action }) => action)).toEqual(['rollout.stop', 'rollout.plan']);
});

test.each([
  [{ steps: [] }, 'steps'],
  [{ steps: [...STEPS, { percent: 100, at: '2026-11-25T09:00:00Z' }] }, 'steps.2.percent'],
  [{ steps: STEPS.toReversed() }, 'steps.1.at'],
  [{ steps: [STEPS[1], { percent: 100, at: '2026-11-24T09:00:00Z' }] }, 'steps.1.at'],
  [{ steps: STEPS, halt_if: 'escalations > 3' }, 'halt_if'],
])('the plan %j is refused', async (body, path) => {
  const { status, body: problem } = await desk.send('PUT', `${ROLLOUT}/plan`, { body });
  expect([status, problem.errors[0].path]).toEqual([400, path]);
});
