import { ROUTES } from '@receptionist/admin-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Desk, openDesk, TENANT } from './harness.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
  await desk.call(ROUTES.createTenant, { body: TENANT });
});
afterEach(() => desk.close());

const params = { tenant_id: 't1' };
const getPlan = () => desk.call(ROUTES.getPlan, { params });

test('a change says which flags and limits it changes, and holds at once', async () => {
  const up = await desk.call(ROUTES.putPlan, { params, body: { plan: 'core' } });
  expect(up).toMatchObject({ previous_plan: 'free', plan: 'core', version: 1, flags: [], live_calls: 0 });
  expect(up.effective_at).toBe(up.changed_at);
  expect(up.limits).toContainEqual({ limit: 'beyond', before: 'block', after: 'bill' });

  await desk.call(ROUTES.putFlag, { params: { ...params, flag: 'allow_rag' }, body: { enabled: true } });
  const down = await desk.call(ROUTES.putPlan, { params, body: { plan: 'free' } });
  expect(down.flags).toMatchObject([
    {
      flag: 'allow_rag',
      before: { enabled: true, source: 'tenant' },
      after: { enabled: false, source: 'plan' },
    },
  ]);
  expect(await getPlan()).toEqual({ ...params, plan: 'free', version: 1, next: null, live_calls: 0 });
});

test('a dry run changes nothing', async () => {
  const foretold = await desk.call(ROUTES.putPlan, {
    params,
    body: { plan: 'pro' },
    query: { dry_run: true },
  });
  expect(foretold).toMatchObject({ previous_plan: 'free', plan: 'pro' });
  expect(await getPlan()).toMatchObject({ plan: 'free' });
  expect((await desk.call(ROUTES.listAudit, { query: { action: 'plan.set' } })).items).toEqual([]);
});

test('a downgrade waits for the end of the month where the tenant is', async () => {
  await desk.call(ROUTES.putPlan, { params, body: { plan: 'core' } });
  await desk.call(ROUTES.putFlag, { params: { ...params, flag: 'allow_rag' }, body: { enabled: true } });
  const later = await desk.call(ROUTES.putPlan, { params, body: { plan: 'free', at: 'month_end' } });
  // Midnight in Los Angeles.
  expect(later).toMatchObject({ previous_plan: 'core', effective_at: '2026-12-01T08:00:00.000Z' });
  expect(later.flags.map(({ flag }) => flag)).toEqual(['allow_rag']);
  expect(await getPlan()).toMatchObject({
    plan: 'core',
    next: { plan: 'free', at: '2026-12-01T08:00:00.000Z', by: 'lex' },
  });

  const same = await desk.send('PUT', '/admin/tenants/t1/plan', { body: { plan: 'core', at: 'month_end' } });
  expect([same.status, same.body.errors[0].path]).toEqual([400, 'plan']);
  await desk.call(ROUTES.putPlan, { params, body: { plan: 'core' } });
  expect(await getPlan(), 'dropped').toMatchObject({ plan: 'core', next: null });
});

test('an unknown plan, moment or tenant', async () => {
  const put = (tenant_id: string, body: object) =>
    desk.send('PUT', `/admin/tenants/${tenant_id}/plan`, { body });
  expect((await put('t1', { plan: 'coer' })).body.errors[0].message).toContain('Did you mean "core"?');
  expect((await put('t1', { plan: 'core', at: 'noon' })).body.errors[0].path).toBe('at');
  expect((await put('t9', { plan: 'core' })).status).toBe(404);
  expect((await desk.send('GET', '/admin/tenants/t9/plan')).status).toBe(404);
});

test('of two admins who saw the same, the later is told who was first', async () => {
  const flag = { params: { ...params, flag: 'require_human_review' } };
  const seen = { expected_updated_at: null };
  const kim = await desk.token('kim');
  const first = await desk.send('PUT', '/admin/tenants/t1/flags/require_human_review', {
    body: { enabled: false, ...seen },
    token: kim,
  });
  expect(first.status).toBe(200);
  const second = await desk.send('PUT', '/admin/tenants/t1/flags/require_human_review', {
    body: { enabled: true, ...seen },
  });
  expect([second.status, second.body.code, second.body.detail]).toEqual([
    409,
    'conflict',
    expect.stringContaining('kim'),
  ]);
  const unset = await desk.send(
    'DELETE',
    '/admin/tenants/t1/flags/require_human_review?expected_updated_at=none',
  );
  expect(unset.status).toBe(409);

  const { settings } = await desk.call(ROUTES.listFlags, { params });
  expect(settings).toMatchObject([{ flag: 'require_human_review', enabled: false, updated_by: 'kim' }]);
  const query = { expected_updated_at: String(settings[0]?.updated_at) };
  expect(await desk.call(ROUTES.deleteFlag, { ...flag, query })).toMatchObject({ source: 'safe_default' });
});

test('every flag has an owner, an age, and what became of it', async () => {
  await desk.call(ROUTES.putPlan, { params, body: { plan: 'core' } });
  await desk.call(ROUTES.putFlag, { params: { ...params, flag: 'allow_rag' }, body: { enabled: true } });
  const use = async () => {
    const { items } = await desk.call(ROUTES.listFlagUse, {});
    return items.map(({ flag, tenants, on, stale }) => [flag, tenants, on, stale]);
  };
  expect(await use()).toContainEqual(['allow_rag', 1, 1, null]);
  desk.pass(14 * 24 * 3600);
  expect(await use()).toEqual([
    ['allow_ai_booking', 1, 0, 'unused'],
    ['allow_rag', 1, 1, 'everywhere'],
    ['require_human_review', 1, 0, 'unused'],
    ['allow_live_transfer', 1, 0, 'unused'],
    ['record_calls', 0, 0, 'unused'],
  ]);
  const { items } = await desk.call(ROUTES.listFlagUse, {});
  expect(items[0]).toMatchObject({
    owner: 'conversation',
    since: '2026-11-22',
    kind: 'permission',
    percent: 0,
  });
});
