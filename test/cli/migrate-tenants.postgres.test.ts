/** The commands of migrate by the real program, where each tenant has a schema: what they do in all of them, and how they tell it. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openStore } from '@receptionist/store';
import { makeTestDatabase, type TestDatabase } from '@receptionist/store/test-databases';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { execute, query } from '../harness/sql.ts';
import { northside } from '../harness/tenants.ts';
import { CONTRACT, EXPAND, FILL, makeNextRelease, SWITCH } from './next-release.ts';
import { ADMINCTL, type Ran } from './office.ts';

const FIRST = '0001_words';
const AT = '2026-11-03T14:07:09.000Z';
const LONG_AGO = '2020-01-01T00:00:00.000Z';

let release: string;
let program: string;
let home: string;
let database: TestDatabase;

beforeAll(async () => {
  release = await mkdtemp(path.join(os.tmpdir(), 'next-release-'));
  program = await makeNextRelease(release);
});
afterAll(() => rm(release, { recursive: true }));
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'migrate-tenants-'));
  database = await makeTestDatabase('postgres');
});
afterEach(async () => {
  await database.remove();
  await rm(home, { recursive: true });
});

async function run(words: string[], env: Record<string, string> = {}): Promise<Ran> {
  const { exitCode, stdout, stderr } = await execa(words[0] ?? '', words.slice(1), {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      DATABASE_URL: database.url,
      TENANCY: 'schema',
      ...env,
    },
    extendEnv: false,
    cwd: home,
    input: '',
    reject: false,
  });
  return { code: exitCode, out: stdout, err: stderr };
}

const migrate = (line: string) => run([process.execPath, program, 'migrate', ...line.split(' ')]);

/** As JSON, which is all that stands on stdout; stderr is empty. */
async function asked(line: string, code = 0) {
  const ran = await migrate(`${line} --json`);
  expect({ code: ran.code, err: ran.err }, ran.out).toEqual({ code, err: '' });
  return JSON.parse(ran.out);
}

/** Must go well, and is what the next step stands on. */
async function went(line: string): Promise<Ran> {
  const ran = await migrate(line);
  expect(ran.code, ran.err).toBe(0);
  return ran;
}

/** `t1`, `t2` and so on, made by the release before, each with so many texts. */
async function moveIn(tenants: number, texts = 25): Promise<void> {
  const store = await openStore({ url: database.url, tenancy: 'schema' });
  for (let n = 1; n <= tenants; n++) {
    const tenant = northside({ tenant_id: `t${n}`, numbers: [`+1500555${String(n).padStart(4, '0')}`] });
    await store.transact((tx) => tx.createTenant(tenant, AT));
  }
  await store.close();
  await inEach(
    tenants,
    `insert into text_bodies (text_id, tenant_id, conversation_id, body)
     select 'x' || to_char(n, 'FM00000'), 't', 'c', repeat('a', n) from generate_series(1, ${texts}) n`,
  );
}

const inEach = (tenants: number, statement: string) =>
  execute(
    database.url,
    Array.from({ length: tenants }, (_, i) => `set search_path = tenant_t${i + 1}; ${statement};`).join('\n'),
  );
const longAgo = (tenants: number) =>
  inEach(tenants, `update schema_migrations set applied_at = '${LONG_AGO}'`);
const breakOne = (tenant_id: string) =>
  execute(database.url, `alter table tenant_${tenant_id}.text_bodies rename to taken_away`);
const mendOne = (tenant_id: string) =>
  execute(database.url, `alter table tenant_${tenant_id}.taken_away rename to text_bodies`);

test('one that is broken stops no other, and the next run touches only that one', async () => {
  await moveIn(3);
  await breakOne('t2');
  const { tenants } = await asked('up --jobs 2', 1);
  expect(tenants).toMatchObject([
    { tenant_id: 't1', done: [EXPAND, FILL, SWITCH], failed: null },
    { tenant_id: 't2', done: [], failed: { id: EXPAND, state: 'undone' } },
    { tenant_id: 't3', done: [EXPAND, FILL, SWITCH], failed: null },
  ]);
  const { code, out } = await migrate('status --exit-code');
  expect(code).toBe(7);
  expect(out).toMatch(/^t2 +tenants\/0002_length is pending$/m);

  await mendOne('t2');
  const again = await went('up --canary t2');
  expect(again.out).toBe(
    [
      `applied tenants/${EXPAND} for t2`,
      `applied tenants/${FILL} for t2`,
      `applied tenants/${SWITCH} for t2`,
    ].join('\n'),
  );
  expect((await migrate('up --canary t9')).code).toBe(3);
});

test('a change in twenty schemas, from the rehearsal to the contract, told in a few lines', async () => {
  await moveIn(20);
  const all = '20 tenants (t1, t10, t11, …)';
  const rehearsal = await went('up --dry-run');
  expect(rehearsal.out).toContain(`-- tenants/${EXPAND} (expand), in one transaction, for ${all}`);
  expect(rehearsal.out).toMatch(/^-- lock: .+ on text_bodies/m);

  const up = await went('up');
  expect(up.out).toContain(`applied tenants/${SWITCH} for ${all}`);
  expect(up.err).toBe(
    `${all}: ${CONTRACT} waits: it takes away what older daemons use; run receptionistd migrate contract`,
  );
  expect((await went('backfill status')).out).toContain(
    `tenants/${FILL}  verified  500 of 500 rows (100 %)  ${all}`,
  );
  expect((await went('verify')).out).toContain(
    `tenants/${FILL} for ${all}: verified, no mismatch of 500 rows`,
  );
  const { items } = await asked(`verify ${FILL}`);
  expect(items).toHaveLength(20);
  expect(items[0]).toMatchObject({ tenant_id: 't1', id: FILL, verified: true, rows: 25, error: null });
  expect((await went('status')).out).toMatch(
    /^Tenants:\n20 tenants \(t1, t10, t11, …\) +tenants\/0005_body_goes is pending$/m,
  );

  const waits = await migrate(`contract ${CONTRACT}`);
  expect(waits.code).toBe(5);
  expect(waits.out).toMatch(/^tenants\/0005_body_goes for 20 tenants \(t1, t10, t11, …\) waits:$/m);
  expect(waits.out).toMatch(/waits {2}grace: \d+ min since the last switch/);
  expect(waits.out.split('\n').length).toBeLessThan(12);
  await longAgo(19);
  await breakOne('t3');
  const { tenants } = await asked('contract', 1);
  const told = (isMeant: (tenant: (typeof tenants)[number]) => boolean) =>
    tenants.filter(isMeant).map(({ tenant_id }: { tenant_id: string }) => tenant_id);
  expect(told(({ done }) => done.length > 0)).toHaveLength(18);
  expect(told(({ failed }) => failed)).toEqual(['t3']);
  expect(told(({ waiting }) => waiting.length > 0)).toEqual(['t20']);

  await mendOne('t3');
  const rest = await migrate('contract');
  expect(rest).toMatchObject({ code: 5, out: `applied tenants/${CONTRACT} for t3` });
  expect(rest.err).toContain(`tenants/${CONTRACT} for t20 waits:`);
  await longAgo(20);
  expect((await went('contract --canary t20 --jobs 2')).out).toBe(`applied tenants/${CONTRACT} for t20`);
  expect((await went('contract')).out).toBe('no contract migration is pending');
  expect((await migrate('status --exit-code')).code).toBe(0);
}, 90_000);

test('a backfill is paused and resumed in all schemas, and a dry run counts the rows of all', async () => {
  await moveIn(3);
  await went(`up --to ${EXPAND}`);
  expect((await migrate(`backfill pause ${FILL}`)).code).toBe(3);
  const { rows, tenants } = await asked(`backfill start ${FILL} --dry-run`);
  expect({ rows, tenants: tenants.length }).toEqual({ rows: 75, tenants: 3 });
  await breakOne('t3');
  expect((await migrate(`backfill start ${FILL}`)).code).toBe(1);
  await mendOne('t3');

  const paused = await went(`backfill pause ${FILL}`);
  expect(paused.out).toMatch(/^tenants\/0003_fill_length +paused .* t3$/m);
  expect((await went('up')).err).toContain(`t3: ${FILL} waits: it was paused`);
  expect((await asked(`backfill resume ${FILL}`)).items).toMatchObject(
    ['t1', 't2', 't3'].map((tenant_id) => ({ tenant_id, state: 'verified', done_rows: 25 })),
  );
  expect((await migrate(`backfill pause ${FILL}`)).code).toBe(5);
  await execute(database.url, `update tenant_t2.text_bodies set length = 0 where text_id = 'x00007'`);
  const different = await migrate('verify');
  expect(different.code).toBe(7);
  expect(different.out).toContain(
    `tenants/${FILL} for t2: 1 mismatches of 25 rows\n  x00007: must be 7, is 0`,
  );
});

test('a contract waits for a daemon of the release before, which knows older files of tenants', async () => {
  await moveIn(2);
  await went('up');
  await longAgo(2);
  const store = await openStore({ url: database.url, tenancy: 'schema' });
  await store.daemons.beat({ instance_id: 'old', role: 'all', version: '1.0.0', host: 'desk', pid: 41 });
  const waits = await migrate('contract --dry-run');
  expect(waits.code).toBe(7);
  expect(waits.out).toContain(
    `still needed by old (all, version 1.0.0, knows 0014_due_at_only and tenants/${FIRST}`,
  );
  expect(waits.out).toContain(`Replace it by a version that knows tenants/${CONTRACT}.`);
  await store.daemons.leave('old');
  await store.close();
  await went('contract --dry-run');
});

test('override is noted for each schema', async () => {
  await moveIn(2);
  await went('up');
  await went(`contract tenants/0005 --override nobody-texts --admin-user kim`);
  expect(
    await query(
      database.url,
      `select actor, target from audit_log where action = 'override_contract' order by target`,
    ),
  ).toEqual(['t1', 't2'].map((tenant_id) => ({ actor: 'kim', target: `tenant_${tenant_id}/${CONTRACT}` })));
});

test('down takes back in all schemas, and loses nothing that it was not told to lose', async () => {
  await moveIn(2);
  await went('up');
  const refused = await migrate(`down --to tenants/${FIRST}`);
  expect(refused).toMatchObject({ code: 5, out: '' });
  expect(refused.err).toContain('In 2 of 2 tenants, t1 among them: Taking back 0002_length loses data');
  const { tenants, done } = await asked(`down --to ${FIRST} --yes-lose-data`);
  expect(done).toEqual([]);
  expect(tenants).toMatchObject(
    ['t1', 't2'].map((tenant_id) => ({ tenant_id, done: [SWITCH, FILL, EXPAND] })),
  );
  expect((await went(`down --to ${FIRST}`)).out).toBe(`nothing was applied after ${FIRST}`);
  expect((await migrate('drift')).code).toBe(0);
  await went('up');
});

test('a number that both kinds of files have is refused with both names, and each can be said', async () => {
  await moveIn(1);
  for (const line of [
    'up --to 0001',
    'down --to 0002',
    'verify 0003',
    'contract 0005',
    'backfill pause 0003',
  ]) {
    const ran = await migrate(line);
    expect(ran, ran.err).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toMatch(/Say which: shared\/\d{4}_\w+ or tenants\/\d{4}_\w+\./);
  }
  expect((await asked('up --to tenants/0002')).tenants).toMatchObject([{ tenant_id: 't1', done: [EXPAND] }]);
  expect(await went('up --to shared/0014')).toMatchObject({ out: 'nothing was pending' });
  expect((await migrate('up --to tenants/0014')).code).toBe(3);
  const baseline = await migrate(`baseline --to ${EXPAND}`);
  expect(baseline.code).toBe(2);
  expect(baseline.err).toContain('nobody makes but this program');
});

test('adminctl passes on how to go through the tenants', async () => {
  for (const line of [
    'migrate up --canary t1',
    'migrate contract --jobs 2',
    'migrate contract --canary t1',
  ]) {
    const ran = await run([ADMINCTL, ...line.split(' ')], { TENANCY: 'shared' });
    expect(ran, ran.err).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('TENANCY is shared: leave them out');
  }
});
