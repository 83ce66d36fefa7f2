import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Desk, openDesk, TENANT } from './harness.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
  await desk.send('POST', '/admin/tenants', { body: TENANT });
});
afterEach(() => desk.close());

const audited = async (): Promise<string[]> => {
  const { items } = (await desk.send('GET', '/admin/audit')).body;
  return items.map((row: { action: string }) => row.action);
};

test('a change leaves an audit row: who, what, from where, with which request', async () => {
  await desk.send('PUT', '/admin/tenants/t1/plan', {
    body: { plan: 'core' },
    token: await desk.token('kim'),
  });
  const { items } = (await desk.send('GET', '/admin/audit?action=plan.set')).body;
  expect(items).toEqual([
    {
      at: '2026-11-22T09:00:00.000Z',
      actor: 'kim',
      action: 'plan.set',
      target: 'tenant:t1',
      request_id: 'rq_test',
      address: '127.0.0.1',
      before: { plan: 'free', version: 1 },
      after: { plan: 'core', version: 1 },
    },
  ]);
});

test('a token changes something once, and still reads', async () => {
  const token = await desk.token();
  expect((await desk.send('PUT', '/admin/tenants/t1/plan', { body: { plan: 'core' }, token })).status).toBe(
    200,
  );
  const again = await desk.send('PUT', '/admin/tenants/t1/plan', { body: { plan: 'pro' }, token });
  expect(again.status).toBe(401);
  expect(again.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  expect((await desk.send('GET', '/admin/tenants/t1', { token })).body.plan).toBe('core');
  expect(await audited()).toEqual(['plan.set', 'tenant.create']);
});

test('a refused change leaves nothing behind, and its token unused', async () => {
  const token = await desk.token();
  expect((await desk.send('POST', '/admin/tenants', { body: TENANT, token })).body.code).toBe(
    'already_exists',
  );
  expect(
    (await desk.send('POST', '/admin/tenants', { body: { ...TENANT, tenant_id: 't2' }, token })).body,
  ).toMatchObject({
    code: 'already_exists',
    tenant_id: 't1',
  });
  expect(await audited()).toEqual(['tenant.create']);
  expect((await desk.send('PUT', '/admin/tenants/t1/plan', { body: { plan: 'core' }, token })).status).toBe(
    200,
  );
});

test('the same Idempotency-Key gives the same answer for a day, and changes once', async () => {
  const change = () =>
    desk.send('PUT', '/admin/tenants/t1/plan', {
      body: { plan: 'core' },
      headers: { 'idempotency-key': 'k1' },
    });
  const first = await change();
  desk.pass(23 * 60 * 60);
  expect((await change()).body).toEqual(first.body);
  expect(await audited()).toEqual(['plan.set', 'tenant.create']);
  desk.pass(60 * 60);
  expect((await change()).body).toMatchObject({ previous_plan: 'core' });
});

test('the same Idempotency-Key for another request is a conflict', async () => {
  const headers = { 'idempotency-key': 'k1' };
  await desk.send('PUT', '/admin/tenants/t1/plan', { body: { plan: 'core' }, headers });
  const others = [
    await desk.send('PUT', '/admin/tenants/t1/plan', { body: { plan: 'pro' }, headers }),
    await desk.send('PUT', '/admin/tenants/t1/flags/allow_rag', { body: { enabled: true }, headers }),
  ];
  expect(others.map(({ status, body }) => [status, body.code])).toEqual([
    [409, 'idempotency_conflict'],
    [409, 'idempotency_conflict'],
  ]);
  const kim = await desk.send('PUT', '/admin/tenants/t1/plan', {
    body: { plan: 'pro' },
    headers,
    token: await desk.token('kim'),
  });
  expect(kim.status).toBe(200);
});

test('a refused change does not use up its Idempotency-Key', async () => {
  const headers = { 'idempotency-key': 'k1' };
  expect((await desk.send('PUT', '/admin/tenants/t9/plan', { body: { plan: 'core' }, headers })).status).toBe(
    404,
  );
  expect((await desk.send('PUT', '/admin/tenants/t1/plan', { body: { plan: 'core' }, headers })).status).toBe(
    200,
  );
});

test('a key of 256 characters is none', async () => {
  const headers = { 'idempotency-key': 'k'.repeat(256) };
  const answer = await desk.send('PUT', '/admin/tenants/t1/plan', { body: { plan: 'core' }, headers });
  expect(answer.body.code).toBe('invalid_parameter');
});
