import { ROUTES, type Route } from '@receptionist/admin-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Desk, openDesk, TENANT } from './harness.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
  await desk.call(ROUTES.createTenant, { body: TENANT });
});
afterEach(() => desk.close());

const t1 = { tenant_id: 't1' };

/** What is answered fits what the table of routes says. */
async function call(route: Route, address: string, body?: unknown) {
  const answer = await desk.send(route.method, address, { body });
  if (answer.status < 300) expect(route.answer.safeParse(answer.body).error).toBeUndefined();
  return answer;
}

describe('tenants', () => {
  test('what is left out takes its default', async () => {
    const tenant = await desk.call(ROUTES.getTenant, { params: t1 });
    expect(tenant).toMatchObject({
      plan: 'free',
      greeting: 'Thank you for calling Northside Dental.',
      opening_hours: { monday: [], sunday: [] },
      hand_off: { phones: [], ring_seconds: 20 },
      retention_days: 365,
    });
  });

  test('a patch changes what it names, and null goes back to the default', async () => {
    await desk.call(ROUTES.patchTenant, {
      params: t1,
      body: { greeting: 'Hello.', facts: { address: 'Oakland', parking: 'yes' } },
    });
    const patched = await desk.call(ROUTES.patchTenant, {
      params: t1,
      body: { greeting: null, facts: { parking: null } },
    });
    expect(patched).toMatchObject({
      greeting: 'Thank you for calling Northside Dental.',
      facts: { address: 'Oakland' },
    });
    expect(await desk.call(ROUTES.getTenant, { params: t1 })).toEqual(patched);
    const { items } = await desk.call(ROUTES.listAudit, { query: { action: 'tenant.update', limit: 1 } });
    expect(items[0]?.after).toEqual({ greeting: patched.greeting, facts: { address: 'Oakland' } });
  });

  test('a patch must leave a whole tenant', async () => {
    for (const [body, path] of [
      [{ name: null }, 'name'],
      [{ plan: 'gold' }, 'plan'],
      [{ colour: 'red' }, 'colour'],
      [{ tenant_id: 't2' }, 'tenant_id'],
      [{ opening_hours: { monday: ['17:00-09:00'] } }, 'opening_hours.monday.0'],
    ] as const) {
      const answer = await call(ROUTES.patchTenant, '/admin/tenants/t1', body);
      expect([answer.status, answer.body.errors[0].path]).toEqual([400, path]);
    }
  });

  test('PUT makes a tenant, or replaces all of it', async () => {
    const body = { ...TENANT, tenant_id: 't2', numbers: ['+15005550007'], greeting: 'Hello.' };
    expect((await call(ROUTES.putTenant, '/admin/tenants/t2', body)).status).toBe(201);
    const { greeting: _, ...less } = body;
    const replaced = await call(ROUTES.putTenant, '/admin/tenants/t2', less);
    expect([replaced.status, replaced.body.greeting]).toEqual([
      200,
      'Thank you for calling Northside Dental.',
    ]);
    expect((await call(ROUTES.putTenant, '/admin/tenants/t3', body)).body.errors[0].path).toBe('tenant_id');
  });

  test('a list goes on where the page before ended', async () => {
    await desk.call(ROUTES.createTenant, { body: { ...TENANT, tenant_id: 't2', numbers: [] } });
    const first = await call(ROUTES.listTenants, '/admin/tenants?limit=1');
    const second = await call(ROUTES.listTenants, `/admin/tenants?limit=1&cursor=${first.body.next_cursor}`);
    expect([...first.body.items, ...second.body.items].map(({ tenant_id }) => tenant_id)).toEqual([
      't1',
      't2',
    ]);
    expect(second.body.next_cursor).toBeNull();
  });
});

test('the plan decides which flags a tenant may have, and the tenant which of them it has', async () => {
  const allowRag = async () => {
    const { flags } = await desk.call(ROUTES.listFlags, { params: t1 });
    return flags.find(({ flag }) => flag === 'allow_rag');
  };
  expect(await allowRag()).toMatchObject({ enabled: false, source: 'plan', reason: 'DISABLED' });

  expect(await desk.call(ROUTES.putPlan, { params: t1, body: { plan: 'core' } })).toMatchObject({
    tenant_id: 't1',
    plan: 'core',
    previous_plan: 'free',
    changed_by: 'lex',
    changed_at: '2026-11-22T09:00:00.000Z',
  });
  expect(await allowRag()).toMatchObject({ enabled: false, source: 'safe_default', reason: 'DEFAULT' });

  // The other name of the same flag.
  const set = await call(ROUTES.putFlag, '/admin/tenants/t1/flags/enable_rag', { enabled: true });
  expect(set.body).toEqual(await allowRag());
  expect(set.body).toMatchObject({ flag: 'allow_rag', enabled: true, source: 'tenant', updated_by: 'lex' });

  const unset = await call(ROUTES.deleteFlag, '/admin/tenants/t1/flags/allow_rag');
  expect(unset.body).toMatchObject({ enabled: false, source: 'safe_default' });
});

describe('fallback', () => {
  const escalation = {
    caller: '+14155550123',
    reason: 'complaint',
    reason_detail: 'Card 4111 1111 1111 1111 was charged twice',
  } as const;

  async function filed(body: object = escalation): Promise<string> {
    const { status, body: answer } = await call(
      ROUTES.createEscalation,
      '/admin/tenants/t1/escalations',
      body,
    );
    expect(status).toBe(202);
    await desk.fileEvents();
    const event = await call(ROUTES.getEvent, `/admin/events/${answer.event_id}`);
    return event.body.entry_id;
  }

  const move = async (entry_id: string, name: string, body?: object, user = 'lex') => {
    const token = await desk.token(user);
    const { status, body: answer } = await desk.send('POST', `/admin/fallback/${entry_id}/${name}`, {
      body,
      token,
    });
    return { status, ...answer };
  };

  test('an escalation by hand wakes the engine, and is filed without card numbers', async () => {
    const entry_id = await filed();
    expect(desk.rings()).toBe(1);
    const { body: entry } = await call(ROUTES.getEntry, `/admin/fallback/${entry_id}`);
    expect(entry).toMatchObject({
      channel: 'manual',
      severity: 'standard',
      status: 'open',
      caller: '+14155550123',
    });
    expect(JSON.stringify(entry)).not.toContain('4111');
  });

  test('an emergency is critical, unless who files it says otherwise', async () => {
    await filed({ caller: null, reason: 'emergency' });
    await filed({ caller: null, reason: 'emergency', severity: 'standard' });
    const { items } = await desk.call(ROUTES.listEntries, {});
    expect(items.map(({ severity }) => severity)).toEqual(['critical', 'standard']);
  });

  test('from open to resolved and back', async () => {
    const entry_id = await filed();
    expect(await move(entry_id, 'acknowledge')).toMatchObject({ status: 'acknowledged', assignee: 'lex' });
    expect(await move(entry_id, 'acknowledge', {})).toMatchObject({
      status: 'acknowledged',
      assignee: 'lex',
    });
    expect(await move(entry_id, 'acknowledge', undefined, 'kim')).toMatchObject({
      code: 'already_acknowledged',
      holder: 'lex',
      status: 409,
    });
    expect(await move(entry_id, 'assign', { assignee: 'kim' })).toMatchObject({ assignee: 'kim' });
    expect(await move(entry_id, 'engage', { how: 'phone' })).toMatchObject({ status: 'engaged' });
    expect(await move(entry_id, 'note', { text: 'Paid back.' })).toMatchObject({ status: 'engaged' });
    expect(await move(entry_id, 'tag', { add: ['refund'] })).toMatchObject({ tags: ['refund'] });
    expect(await move(entry_id, 'resolve', { notes: 'Done.', tags: ['happy'] })).toMatchObject({
      status: 'resolved',
      resolution_notes: 'Done.',
      tags: ['happy', 'refund'],
    });
    expect(await move(entry_id, 'engage', { how: 'phone' })).toMatchObject({
      status: 409,
      code: 'invalid_transition',
      entry_status: 'resolved',
    });
    expect(await move(entry_id, 'reopen', { notes: 'Not done.' })).toMatchObject({
      status: 'open',
      assignee: null,
    });
    const { items } = await desk.call(ROUTES.listAudit, { query: { target: `fallback:${entry_id}` } });
    expect(items.map(({ action }) => action.split('.')[1])).toEqual(
      ['acknowledge', 'acknowledge', 'assign', 'engage', 'note', 'tag', 'resolve', 'reopen'].toReversed(),
    );
  });

  test('notes are needed where the move says something', async () => {
    const entry_id = await filed();
    for (const [name, body] of [
      ['resolve', {}],
      ['resolve', { notes: '  ' }],
      ['engage', { how: '' }],
      ['note', { text: 'x'.repeat(10_001) }],
      ['tag', {}],
      ['assign', { assignee: null }],
      ['acknowledge', { notes: 'x' }],
    ] as const) {
      expect(await move(entry_id, name, body)).toMatchObject({ status: 400, code: 'invalid_body' });
    }
    expect((await call(ROUTES.getEntry, `/admin/fallback/${entry_id}`)).body.timeline).toHaveLength(1);
  });

  test('the list filters, and leaves out what is resolved unless it is asked for', async () => {
    const resolved = await filed();
    await move(resolved, 'resolve', { notes: 'Done.' });
    desk.pass(60);
    const open = await filed({ caller: null, reason: 'payment' });
    const ids = async (query: string) => {
      const { body } = await call(ROUTES.listEntries, `/admin/fallback${query}`);
      return body.items.map(({ entry_id }: { entry_id: string }) => entry_id);
    };
    expect(await ids('')).toEqual([open]);
    expect(await ids('?status=open&status=resolved')).toEqual([open, resolved]);
    expect(await ids('?status=resolved&reason=complaint&tenant_id=t1&assignee=lex')).toEqual([]);
    expect(await ids('?status=resolved&status=open&since=2026-11-22T09:01:00Z')).toEqual([open]);
    expect(await ids('?status=resolved&since=2026-11-22T09:00:00Z')).toEqual([resolved]);
    expect(await ids('?tenant_id=t9')).toEqual([]);
  });
});

describe('missed calls', () => {
  const address = '/admin/tenants/t1/missed-calls';
  const missed = {
    call_sid: `CA${'a'.repeat(32)}`,
    caller: null,
    started_at: '2026-11-22T08:00:00Z',
    seconds: 0,
  };

  test('are filed, audited without numbers, and ring the engine', async () => {
    const before = desk.rings();
    expect(await call(ROUTES.fileMissedCalls, address, { calls: [missed] })).toMatchObject({
      status: 202,
      body: { filed: [{ call_sid: missed.call_sid }], known: [] },
    });
    expect(desk.rings()).toBe(before + 1);
    await call(ROUTES.fileMissedCalls, address, { calls: [missed] });
    expect(desk.rings(), 'nothing was new').toBe(before + 1);
    const { items } = await desk.call(ROUTES.listAudit, { query: { action: 'missed_calls.file' } });
    expect(items.map(({ after }) => after)).toEqual([
      { filed: [], known: 1 },
      { filed: [missed.call_sid], known: 0 },
    ]);
  });

  test.each([
    ['no calls', { calls: [] }],
    ['no CallSid', { calls: [{ ...missed, call_sid: 'CA1' }] }],
    ['no number', { calls: [{ ...missed, caller: 'anonymous' }] }],
    ['no time', { calls: [{ ...missed, started_at: 'Sun, 22 Nov 2026 08:00:00 +0000' }] }],
    ['time before time', { calls: [{ ...missed, seconds: -1 }] }],
  ])('%s is refused', async (_, body) => {
    expect(await call(ROUTES.fileMissedCalls, address, body)).toMatchObject({ status: 400 });
  });
});
