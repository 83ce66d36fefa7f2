/** Whose turn it is: written in a file, shown in words, changed for a night. */
import path from 'node:path';
import type { AuditRow } from '@receptionist/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../harness/daemon.ts';
import { type Office, openOffice, type RunOptions } from './office.ts';

const EXAMPLE = path.join(ROOT, 'docs/examples/oncall.yaml');
const LEX_ALONE = `
people: [{ user: lex, phone: "+14155550101" }]
rotations:
  - { name: always, time_zone: Europe/Berlin, every: day, starts_at: "2026-01-05T08:00:00Z", users: [lex] }
  - { name: nights, tenant_id: t1, time_zone: UTC, every: hour, starts_at: "2026-01-05T08:00:00Z", users: [] }
`;

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const oncall = (words: string, options?: RunOptions) =>
  office.adminctl(['oncall', ...words.split(' ')], options);

test('nobody is on call at first, which is said with what to do', async () => {
  expect(await oncall('show')).toEqual({
    code: 0,
    out: '',
    err: 'Nobody is on call now.\nNext: adminctl oncall set FILE.yaml',
  });
});

test('a file says whose turns are when; what has changed is told', async () => {
  const set = await oncall(`set ${EXAMPLE}`);
  expect(set.code).toBe(0);
  expect(set.out.split('\n')).toEqual([
    ...['lex', 'kim', 'sam'].map((user) => `person ${user} is new`),
    ...['everybody', 'northside-nights'].map((name) => `rotation ${name} is new`),
  ]);
  const { out, err } = await oncall('show');
  expect(err).toBe('');
  expect(out).toMatch(/^On call now\nFOR +WHO +UNTIL +THEN\n/);
  expect(out).toMatch(/^all tenants +(lex|kim|sam) +\d.* UTC \(in .*\) +(lex|kim|sam)$/m);
  expect(out).toMatch(/^everybody +all tenants +lex, kim, sam /m);
  expect(out).toMatch(/^lex +\+14155550101 +U0LEX1234$/m);
});

test('what is shown as JSON is the answer of the API, and can be set again', async () => {
  const shown = await oncall('show --json');
  expect(Object.keys(JSON.parse(shown.out))).toEqual(['people', 'rotations', 'overrides', 'now']);
  expect((await oncall('set -', { input: shown.out })).out).toBe('Nothing changes.');
});

test('an override begins at once and lasts as long as it says', async () => {
  const { code, out } = await oncall('override --user sam --until 8h --tenant t1 --json');
  expect(code).toBe(0);
  const { overrides, now } = JSON.parse(out);
  const [{ starts_at, ends_at }] = overrides;
  expect(Date.parse(ends_at) - Date.parse(starts_at)).toBe(8 * 3_600_000);
  expect(now).toContainEqual({ tenant_id: 't1', user: 'sam' });
  expect((await oncall('show')).out).toMatch(/^t1 +sam +\d.*\(in (8h|7h 59m)\) +(kim|sam)$/m);
});

test('an override may be planned, and stays when the file has none', async () => {
  const planned = await oncall('override --user kim --from 2031-12-24T17:00Z --until 2031-12-27T08:00+01:00');
  expect(planned.out).toBe(
    'kim is on call for all tenants from 2031-12-24 17:00:00 UTC until 2031-12-27 07:00:00 UTC',
  );
  const { out } = await oncall(`set ${EXAMPLE}`);
  expect(out).toBe('Nothing changes.');
  expect((await oncall('show')).out).toMatch(/^kim +all tenants +2031-12-24 17:00:00 UTC +2031-12-27/m);
});

test('who is gone, and what may not be meant, is told', async () => {
  const { code, out, err } = await oncall('set -', { input: LEX_ALONE });
  expect(code).toBe(0);
  expect(out).toContain('person lex is changed');
  expect(out).toContain('person kim is gone');
  expect(out).toContain('override kim for all tenants from');
  expect(err.split('\n')).toEqual([
    'Nobody is in the rotation nights: it is skipped.',
    'lex has no slack_user_id: mentions say @here.',
    'Next: adminctl oncall show',
  ]);
});

test.each([
  ['no such file', 'set missing.yaml', '', 2, 'missing.yaml'],
  ['broken YAML', 'set -', 'people: [', 2, 'stdin:1'],
  ['nothing', 'set -', '', 2, 'stdin holds no rota'],
  ['two documents', 'set -', 'people: []\nrotations: []\n---\npeople: []\nrotations: []\n', 2, 'one rota'],
  ['a phone without quotes', 'set -', LEX_ALONE.replaceAll('"', ''), 2, 'stdin:2: people.0.phone'],
  [
    'a stranger',
    'set -',
    LEX_ALONE.replace('[lex]', '[lxe]'),
    2,
    'stdin:4: rotations.0.users.0: "lxe" is not among',
  ],
  ['a tenant that is not there', 'set -', LEX_ALONE.replace('t1', 't9'), 2, 'There is no tenant "t9"'],
  ['a stranger', 'override --user lexx --until 8h', '', 2, 'Did you mean "lex"?'],
  ['an unknown tenant', 'override --user lex --until 8h --tenant t9', '', 3, '"t9"'],
  ['an end before the beginning', 'override --user lex --from 2h --until 2026-01-01', '', 2, 'ends_at'],
  ['words for a time', 'override --user lex --until tomorrow', '', 2, '"tomorrow"'],
  ['no end', 'override --user lex', '', 2, '--until'],
])('%s is explained, and nothing is changed: %s', async (_, words, input, code, message) => {
  const before = (await oncall('show --json')).out;
  const refused = await oncall(words, { input });
  expect({ code: refused.code, out: refused.out }).toEqual({ code, out: '' });
  expect(refused.err).toContain(message);
  expect((await oncall('show --json')).out).toBe(before);
});

test('every mistake of a file is named at once, with its line', async () => {
  const input = LEX_ALONE.replace('Europe/Berlin', 'Berlin').replace('hour', 'night');
  expect((await oncall('set -', { input })).err.match(/stdin:\d/g)).toEqual(['stdin:4', 'stdin:5']);
});

test('the audit says who changed it', async () => {
  const { out } = await office.adminctl(['audit', 'list', '--target', 'oncall', '--json']);
  const actions = (JSON.parse(out).items as AuditRow[]).map(({ action }) => action);
  expect(new Set(actions)).toEqual(new Set(['oncall.set', 'oncall.override']));
});
