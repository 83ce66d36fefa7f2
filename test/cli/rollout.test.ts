/** Flags, rollouts and plans as people handle them, and what they mistype. */
import type { Answer, Routes } from '@receptionist/admin-api';
import { ROUTES } from '@receptionist/admin-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { northside } from '../harness/tenants.ts';
import { type Office, openOffice, type RunOptions } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
  for (let i = 2; i <= 4; i++)
    await office.api.call(ROUTES.createTenant, {
      body: { ...northside(), tenant_id: `t${i}`, numbers: [], plan: 'core' },
    });
  await office.api.call(ROUTES.putPlan, { params: { tenant_id: 't1' }, body: { plan: 'core' } });
});
afterAll(() => office.close());

const typed = (line: string, options?: RunOptions) => office.adminctl(line.split(' '), options);

async function asked<T>(line: string, options?: RunOptions): Promise<T> {
  const { code, out } = await typed(`${line} --json`, options);
  expect(code, line).toBe(0);
  return JSON.parse(out);
}

test.each([
  ['set-flag --tenant t1 --flag allow_rga --enable true', 'Did you mean "allow_rag"?'],
  ['set-flag --tenant t1 --flag allow_rag --enable maybe', '"maybe" is neither true nor false.'],
  ['set-plan --tenant t1 --plan coer', 'Did you mean "core"?'],
  ['rollout --flag allow_rga --percent 10', 'Did you mean "allow_rag"?'],
  ['rollout --flag allow_rag --percent 101', '"101" is no percentage: 0 to 100'],
  ['rollout --flag allow_rag --percent -1', '"-1" is no percentage'],
  ['rollout --flag allow_rag --percent 1.234', 'two decimals at most'],
  ['rollout --flag allow_rag --percent 10 --step 50', '"50" does not say when'],
  ['rollout --flag allow_rag --percent 10 --step 500@2d', '"500" is no percentage'],
  ['rollout --flag allow_rag --percent 10 --halt-if often', 'escalation_rate > +20%'],
  ['rollout --flag allow_rag --starts-at 2h', '--percent'],
  ['rollout stat --flag allow_rag', 'rollout status'],
  ['rollout status', 'flag'],
  ['show-flags --tenant t1 --stale', 'stale'],
])('2, and nothing is sent: adminctl %s', async (line, words) => {
  const { code, out, err } = await typed(line, { env: { ADMIN_API_URL: 'http://127.0.0.1:1' } });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(words);
});

test('3: a tenant that does not exist', async () => {
  for (const line of [
    'set-flag --tenant t9 --flag allow_rag --enable true',
    'set-plan --tenant t9 --plan core',
    'show-flags --tenant t9',
  ])
    expect(await typed(line), line).toMatchObject({ code: 3, err: expect.stringContaining('"t9"') });
  const named = await typed('rollout --flag allow_rag --percent 0 --tenant t11');
  expect([named.code, named.err]).toEqual([2, expect.stringContaining('Did you mean "t1"?')]);
});

test('a rollout is foretold, made as foretold, and looked at', async () => {
  const rollout = 'rollout --flag allow_rag --percent 50';
  type Change = Answer<Routes['putRollout']>;
  const foretold = await asked<Change>(`${rollout} --dry-run`);
  expect(foretold.added).toHaveLength(2);
  const said = await typed(`${rollout} --dry-run`);
  expect(said.out).toContain(`would add: ${foretold.added.join(', ')}`);
  expect((await asked<Change>('rollout --flag allow_rag')).percent).toBe(0);

  const made = await typed(rollout);
  expect(made.err).toContain(`would add: ${foretold.added.join(', ')}`);
  expect(made.out).toContain(`added: ${foretold.added.join(', ')}`);
  expect((await asked<Change>('rollout --flag allow_rag')).tenants_on).toEqual(foretold.added);
  const flags = await typed(`show-flags --tenant ${foretold.added[0]}`);
  expect(flags.out).toMatch(/^allow_rag +true +the tenant is in its rollout +kim /m);

  const status = await typed('rollout status --flag allow_rag --since 7d');
  expect(status.out).toMatch(/^escalations per 100 calls +- +- +- +nothing measured/m);
});

test('a rollout in steps begins at once, and is stopped where it is', async () => {
  const line = 'rollout --flag record_calls --percent 0.5 --step 50@2d --step 100@4d --halt-if';
  const { code, out } = await office.adminctl([...line.split(' '), 'escalation_rate > +20%']);
  expect(code).toBe(0);
  expect(out).toContain('0.5 % at');
  expect(out).toContain('stops and goes back by itself if escalation_rate > +20%');
  const stopped = await typed('rollout stop --flag record_calls');
  expect(stopped).toMatchObject({ code: 0, out: expect.stringContaining('record_calls stays at 0.5 %') });
});

test('what a plan changes is said before it is changed, and can wait for the end of the month', async () => {
  await typed('set-flag --tenant t2 --flag allow_ai_booking --enable true --admin-user lex');
  const foretold = await typed('set-plan --tenant t2 --plan free --dry-run');
  expect(foretold.out).toContain('allow_ai_booking: true → false, although lex set it for this tenant');
  expect(foretold.out).toMatch(/^calls at once: \d+ → \d+$/m);
  expect((await typed('tenant show t2')).out).toMatch(/^# plan core, version 1$/m);

  const later = await typed('set-plan --tenant t2 --plan free --at-month-end');
  expect(later.out).toMatch(/^t2 stays on core until .* UTC, and goes to free then$/);
  expect((await typed('tenant show t2')).out).toMatch(
    /^# plan core, version 1; free from .* UTC, set by kim$/m,
  );
  expect((await typed('set-plan --tenant t2 --plan core')).out).toBe('t2 stays on core');
  expect((await typed('tenant show t2')).out).toMatch(/^# plan core, version 1$/m);
});

test('of two admins at once the later is told who was first, and what it was', async () => {
  const flag = 'set-flag --tenant t3 --flag allow_live_transfer';
  const both = await Promise.all([
    typed(`${flag} --enable true --admin-user lex`),
    typed(`${flag} --enable false --admin-user sam`),
  ]);
  // Whether the later one saw what the first had done before it asked for its own is up to the machine.
  const told = both.filter(({ err }) => /lex|sam/.test(err));
  expect(told).toHaveLength(1);
  expect([0, 5]).toContain(told[0]?.code);
  expect(both.filter((each) => !told.includes(each))).toMatchObject([{ code: 0 }]);
});

test('of a hundred tenants from stdin one is wrong: the others are done, and that one is reported', async () => {
  for (let i = 10; i < 109; i++)
    await office.api.call(ROUTES.createTenant, {
      body: { ...northside(), tenant_id: `t${i}`, numbers: [], plan: 'core' },
    });
  const ids = Array.from({ length: 99 }, (_, i) => `t${i + 10}`);
  const input = ids.toSpliced(50, 0, 'nobody').join('\n');
  const { code, out } = await typed('set-flag --tenant - --flag allow_rag --enable true --json', { input });
  const { results } = JSON.parse(out) as { results: { id: string; ok: boolean; error: { code: string } }[] };
  expect([code, results.length]).toEqual([3, 100]);
  expect(results.filter(({ ok }) => !ok)).toMatchObject([{ id: 'nobody', error: { code: 'not_found' } }]);
  const last = await asked<Answer<Routes['listFlags']>>('show-flags --tenant t108');
  expect(last.settings).toMatchObject([{ flag: 'allow_rag', enabled: true, updated_by: 'kim' }]);
});

test('whose each flag is, and what could go', async () => {
  const { code, out } = await typed('show-flags --stale');
  expect(code).toBe(0);
  expect(out).toMatch(/^FLAG +OWNER +AGE +KIND/);
  expect(out).toMatch(/^allow_rag +knowledge /m);
});
