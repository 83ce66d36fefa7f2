import { ROUTES } from '@receptionist/admin-api';
import { afterEach, expect, it } from 'vitest';
import { type Desk, openDesk, TENANT } from './harness.ts';

let desk: Desk;
afterEach(() => desk.close());

const PHONE = '+14155550101';

/** An entry that was filed by hand, of a caller who is not on the line. */
async function entry({
  caller = '+14155550123',
  context = {},
  ...options
}: {
  caller?: string | null;
  context?: { simulated?: boolean };
  canCall?: boolean;
} = {}): Promise<string> {
  desk = await openDesk(options);
  await desk.call(ROUTES.createTenant, { body: TENANT });
  const body = { caller, reason: 'complaint' as const, context };
  await desk.call(ROUTES.createEscalation, { params: { tenant_id: 't1' }, body });
  await desk.fileEvents();
  const { items } = await desk.call(ROUTES.listEntries, {});
  return items[0]?.entry_id ?? '';
}

const join = (entry_id: string, body: unknown = { phone: PHONE }, token?: string) =>
  desk.send('POST', `/admin/fallback/${entry_id}/join`, { body, ...(token ? { token } : {}) });

it('acknowledges the entry, on the record, and rings', async () => {
  const entry_id = await entry();
  const rings = desk.rings();
  expect(await join(entry_id)).toMatchObject({
    status: 200,
    body: { entry_id, status: 'acknowledged', assignee: 'lex' },
  });
  expect(desk.rings()).toBe(rings + 1);
  const { items } = await desk.call(ROUTES.listAudit, { query: { action: 'fallback.join' } });
  expect(items).toMatchObject([
    { actor: 'lex', target: `fallback:${entry_id}`, before: { status: 'open' }, after: { assignee: 'lex' } },
  ]);
});

it('is refused where somebody else has the entry, or it is settled', async () => {
  const entry_id = await entry();
  await join(entry_id);
  expect(await join(entry_id, { phone: PHONE }, await desk.token('bea'))).toMatchObject({
    status: 409,
    body: { code: 'already_acknowledged', holder: 'lex' },
  });
  await desk.call(ROUTES.resolveEntry, { params: { entry_id }, body: { notes: 'done' } });
  expect(await join(entry_id)).toMatchObject({ status: 409, body: { code: 'invalid_transition' } });
});

it.each([
  ['no phone', {}],
  ['words', { phone: 'my mobile' }],
  ['no country', { phone: '4155550101' }],
  ['a number, not text', { phone: 14155550101 }],
  ['more than a phone', { phone: PHONE, loud: true }],
])('is refused with %s', async (_what, body) => {
  const entry_id = await entry();
  const refused = await join(entry_id, body);
  expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_body' } });
  expect((await desk.call(ROUTES.getEntry, { params: { entry_id } })).status).toBe('open');
});

it.each([
  ['nobody has that entry', {}, 404, 'not_found', 'fb_nobody'],
  ['nobody can be called', { canCall: false }, 503, 'unavailable', null],
  ['the number was withheld and the caller is gone', { caller: null }, 409, 'conflict', null],
  ['the caller is a simulation', { context: { simulated: true } }, 409, 'conflict', null],
] as const)('is refused where %s, and says so', async (_why, options, status, code, other) => {
  const entry_id = await entry(options);
  const refused = await join(other ?? entry_id);
  expect(refused).toMatchObject({ status, body: { code } });
  expect((await desk.call(ROUTES.getEntry, { params: { entry_id } })).status).toBe('open');
});
