import { ROUTES } from '@receptionist/admin-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Desk, openDesk, TENANT } from './harness.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
  await desk.call(ROUTES.createTenant, { body: TENANT });
});
afterEach(() => desk.close());

const LEX = { user: 'lex', phone: '+14155550101', slack_user_id: 'U0LEX1234' };
const KIM = { user: 'kim', phone: null, slack_user_id: null };
const WEEK = {
  ...{ name: 'week', tenant_id: null, time_zone: 'America/Los_Angeles', every: 'week' },
  ...{ starts_at: '2026-11-16T17:00:00.000Z', users: ['lex', 'kim'] },
} as const;
const NIGHT = {
  user: 'kim',
  tenant_id: 't1',
  starts_at: '2026-11-22T08:00:00.000Z',
  ends_at: '2026-11-22T16:00:00.000Z',
};
const ROTA = { people: [LEX, KIM], rotations: [WEEK], overrides: [NIGHT] };
const NOW = [
  { tenant_id: null, user: 'lex' },
  { tenant_id: 't1', user: 'kim' },
];

const put = (body: unknown) => desk.send('PUT', '/admin/oncall', { body });
const add = (body: unknown) => desk.send('POST', '/admin/oncall/overrides', { body });
const get = async () => (await desk.send('GET', '/admin/oncall')).body;

test('is empty at first', async () => {
  expect(await get()).toEqual({ people: [], rotations: [], overrides: [], now: [] });
});

test('what is put is answered, with who is on call now', async () => {
  const answer = await put(ROTA);
  expect(answer).toMatchObject({ status: 200, body: { ...ROTA, now: NOW } });
  expect(await get()).toEqual(answer.body);
  expect(ROUTES.getOnCall.answer.safeParse(answer.body).error).toBeUndefined();
});

test('what GET answers can be put again', async () => {
  await put(ROTA);
  expect((await put(await get())).body).toEqual(await get());
});

test('what is left out of a person, a rotation or an override is null', async () => {
  const { tenant_id: _, ...rotation } = WEEK;
  const { tenant_id: __, ...override } = NIGHT;
  const { body } = await put({
    people: [{ user: 'lex' }, KIM],
    rotations: [rotation],
    overrides: [override],
  });
  expect(body).toMatchObject({
    people: [{ user: 'lex', phone: null, slack_user_id: null }, KIM],
    rotations: [{ tenant_id: null }],
    overrides: [{ tenant_id: null }],
  });
});

test('a rotation nobody is in is kept, and puts nobody on call', async () => {
  const { status, body } = await put({ people: [], rotations: [{ ...WEEK, users: [] }] });
  expect([status, body.rotations.length, body.now]).toEqual([200, 1, []]);
});

test('instants are answered to the millisecond', async () => {
  const starts_at = '2026-11-16T17:00:00Z';
  const override = { ...NIGHT, ends_at: '2026-11-22T16:00:00.123456Z' };
  const { body } = await put({ ...ROTA, rotations: [{ ...WEEK, starts_at }], overrides: [override] });
  expect(body.rotations).toEqual([WEEK]);
  expect(body.overrides[0].ends_at).toBe('2026-11-22T16:00:00.123Z');
  expect(await get()).toEqual(body);
});

test('overrides that are left out stay, but for those of people who are gone', async () => {
  const ofLex = { ...NIGHT, user: 'lex' };
  await put({ ...ROTA, overrides: [NIGHT, ofLex] });
  const { body } = await put({ people: [LEX], rotations: [] });
  expect(body.overrides).toEqual([ofLex]);
});

test('an override is added to those that are there', async () => {
  await put(ROTA);
  const { tenant_id: _, ...forAll } = { ...NIGHT, user: 'lex' };
  const { status, body } = await add(forAll);
  expect(status).toBe(201);
  expect(body.overrides).toEqual([NIGHT, { ...forAll, tenant_id: null }]);
  expect(await get()).toEqual(body);
});

test('overrides that are added at the same moment are all kept', async () => {
  await put({ ...ROTA, overrides: [] });
  await Promise.all(Array.from({ length: 6 }, () => add(NIGHT)));
  expect((await get()).overrides).toHaveLength(6);
});

test.each([
  ['no tenant of that name', { tenant_id: 't9' }, 404, 't9'],
  ['nobody of that name', { user: 'kin' }, 400, 'user: "kin" is not among the people. Did you mean "kim"?'],
  [
    'an end before the beginning',
    { ends_at: NIGHT.starts_at },
    400,
    'ends_at: It must come after starts_at.',
  ],
  ['no end', { ends_at: undefined }, 400, 'ends_at: It is missing.'],
])('an override with %s is refused', async (_, change, status, detail) => {
  await put({ ...ROTA, overrides: [] });
  const answer = await add({ ...NIGHT, ...change });
  expect(answer).toMatchObject({ status, body: { detail: expect.stringContaining(detail) } });
  expect((await get()).overrides).toEqual([]);
});

test.each<[what: string, change: object, path: string, words: string]>([
  [
    'a time zone that is none',
    { rotations: [{ ...WEEK, time_zone: 'Mars/Olympus' }] },
    'rotations.0.time_zone',
    'IANA',
  ],
  [
    'an offset as a time zone',
    { rotations: [{ ...WEEK, time_zone: '+01:00' }] },
    'rotations.0.time_zone',
    'IANA',
  ],
  [
    'an unknown hand-over',
    { rotations: [{ ...WEEK, every: 'weak' }] },
    'rotations.0.every',
    'Did you mean "week"?',
  ],
  [
    'a beginning that is no instant',
    { rotations: [{ ...WEEK, starts_at: 'monday' }] },
    'rotations.0.starts_at',
    'UTC',
  ],
  [
    'a beginning long ago',
    { rotations: [{ ...WEEK, starts_at: '0000-01-01T00:00:00Z' }] },
    'rotations.0.starts_at',
    'century',
  ],
  ['no users', { rotations: [{ ...WEEK, users: undefined }] }, 'rotations.0.users', 'missing'],
  [
    'a stranger in a rotation',
    { rotations: [{ ...WEEK, users: ['lxe'] }] },
    'rotations.0.users.0',
    'Did you mean "lex"?',
  ],
  [
    'a stranger in an override',
    { overrides: [{ ...NIGHT, user: 'sam' }] },
    'overrides.0.user',
    '"sam" is not among',
  ],
  ['a rotation twice', { rotations: [WEEK, WEEK] }, 'rotations.1', '"week" stands here twice'],
  ['a person twice', { people: [LEX, KIM, { user: 'lex' }] }, 'people.2', '"lex" stands here twice'],
  [
    'a Slack id twice',
    { people: [LEX, { ...KIM, slack_user_id: 'U0LEX1234' }] },
    'people.1.slack_user_id',
    'lex',
  ],
  [
    'a Slack name',
    { people: [{ ...LEX, slack_user_id: '@lex' }, KIM] },
    'people.0.slack_user_id',
    'Copy member ID',
  ],
  ['a local number', { people: [{ ...LEX, phone: '4155550101' }, KIM] }, 'people.0.phone', 'E.164'],
  [
    'a tenant that is not there',
    { rotations: [{ ...WEEK, tenant_id: 't9' }] },
    'rotations.0.tenant_id',
    '"t9"',
  ],
  [
    'a tenant id that is none',
    { rotations: [{ ...WEEK, tenant_id: '' }] },
    'rotations.0.tenant_id',
    'letters',
  ],
  ['no people', { people: undefined }, 'people', 'missing'],
  ['an unknown member', { rotation: [] }, 'rotation', 'no such member'],
])('%s is refused, with its place, and nothing changes', async (_, change, path, words) => {
  await put(ROTA);
  const { status, body } = await put({ ...ROTA, ...change });
  expect([status, body.code]).toEqual([400, 'invalid_body']);
  expect(body.errors).toContainEqual({ path, message: expect.stringContaining(words) });
  expect(await get()).toEqual({ ...ROTA, now: NOW });
});

test('an override beyond the most there may be is refused', async () => {
  const overrides = Array.from({ length: 1000 }, () => NIGHT);
  const rota = { people: [KIM], rotations: [], overrides };
  await desk.store.transact((tx) => tx.putOnCall(rota, '2026-11-22T09:00:00.000Z'));
  expect(await add(NIGHT)).toMatchObject({ status: 400, body: { detail: expect.stringContaining('1000') } });
});

test('the audit says who was put on call, and nobody is shown with a number', async () => {
  await put(ROTA);
  await add(NIGHT);
  const { items } = await desk.call(ROUTES.listAudit, { query: { target: 'oncall' } });
  expect(items.map(({ action }) => action)).toEqual(['oncall.override', 'oncall.set']);
  expect(items[0]).toMatchObject({ actor: 'lex', after: NIGHT });
  expect(items[1]?.after).toMatchObject({ people: [{ user: 'lex', has_phone: true }, { has_phone: false }] });
  expect(JSON.stringify(items)).not.toContain(LEX.phone);
});
