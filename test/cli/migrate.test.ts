/** Every command of migrate by its real program, on the database of this run: what it answers, where, and how it ends. */
import { existsSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../harness/daemon.ts';
import { databaseKind } from '../harness/database.ts';
import { execute, query } from '../harness/sql.ts';
import {
  asked,
  BACKFILL,
  BEFORE_DUE_AT,
  CONTRACT,
  database,
  fileEntry,
  home,
  LAST_BUT_CONTRACT,
  longAgo,
  migrate,
  RECEPTIONISTD,
  run,
  spoil,
  went,
} from './migrate-bench.ts';
import { ADMINCTL } from './office.ts';

test('status lists what waits, in words and as data, and changes nothing', async () => {
  const { code, out } = await migrate('status');
  expect(code).toBe(0);
  expect(out).toMatch(/^0001_first_call +expand +pending$/m);
  expect((await migrate('status --exit-code')).code).toBe(7);
  const { items, next_cursor } = await asked('status');
  expect(items[0]).toMatchObject({
    id: '0001_first_call',
    phase: 'expand',
    state: 'pending',
    applied_at: null,
  });
  expect(next_cursor).toBeNull();
  if (databaseKind === 'sqlite') expect(existsSync(database.url.replace('sqlite:', ''))).toBe(false);

  await went('up');
  expect((await migrate('status --exit-code')).code).toBe(0);
  expect((await migrate('status')).out).toMatch(
    /^0001_first_call +expand +applied +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC +\d+ ms$/m,
  );
});

test('up on an empty database applies everything, and then nothing', async () => {
  const { done, failed, not_run, waiting } = await asked('up');
  expect({ failed, not_run, waiting }).toEqual({ failed: null, not_run: [], waiting: [] });
  expect(done).toEqual(expect.arrayContaining(['0001_first_call', CONTRACT]));
  expect(await went('up')).toMatchObject({ out: 'nothing was pending', err: '' });
});

test('up --to stops there, by id or by number; up then leaves the contract', async () => {
  expect((await asked('up --to 0009')).done.at(-1)).toBe(BEFORE_DUE_AT);
  const { done } = await asked('up');
  expect(done.at(-1)).toBe(LAST_BUT_CONTRACT);
  const { items } = await asked('status --exit-code', 7);
  expect(items.at(-1)).toMatchObject({ id: CONTRACT, state: 'pending' });
});

test('up --dry-run prints the SQL and the locks to expect, and changes nothing', async () => {
  await went(`up --to ${BEFORE_DUE_AT}`);
  const { out } = await went('up --dry-run');
  expect(out).toMatch(/^-- 0010_due_at \(expand\), in one transaction$/m);
  expect(out).toMatch(/^-- lock: .+ on human_fallback/m);
  expect(out).toMatch(/alter table human_fallback add/i);
  const { done, plan } = await asked('up --dry-run --to 0010');
  expect(done).toEqual([]);
  expect(plan).toMatchObject([
    {
      id: '0010_due_at',
      locks: expect.arrayContaining([expect.objectContaining({ table: 'human_fallback' })]),
    },
  ]);
  expect((await migrate('status --exit-code')).code).toBe(7);
});

test('what fails is undone, named, and ends with 1; what came before stays', async () => {
  await went(`up --to ${BEFORE_DUE_AT}`);
  await execute(database.url, 'alter table human_fallback add column due_at text');
  const { done, failed, not_run } = await asked('up', 1);
  expect({ done, id: failed.id, state: failed.state }).toEqual({
    done: [],
    id: '0010_due_at',
    state: 'undone',
  });
  expect(not_run).toContain(BACKFILL);
  const { code, out, err } = await migrate('up');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^0010_due_at failed and was undone: .*due_at/m);
  expect(err).not.toMatch(/\n\s+at .+:\d+:\d+/);
});

test('contract says exactly what it waits for, and drops the old shape once it does not', async () => {
  await went(`up --to ${BEFORE_DUE_AT}`);
  await went('up');
  const { code, out } = await migrate('contract');
  expect(code).toBe(5);
  expect(out).toMatch(/waits {2}grace: \d+ min since the last switch/);
  expect(out).toMatch(/Wait until \d{4}-/);
  expect(await asked('contract --dry-run', 7)).toMatchObject({
    done: [],
    waiting: [{ id: CONTRACT, why: expect.stringContaining('Wait until') }],
    gates: [{ id: CONTRACT, ready: false }],
  });

  await longAgo();
  expect((await asked('contract --dry-run')).gates).toMatchObject([{ id: CONTRACT, ready: true }]);
  expect((await went('contract')).out).toBe(`applied ${CONTRACT}`);
  expect(await went('contract')).toMatchObject({ out: 'no contract migration is pending' });
});

test('contract --override goes on, and the audit says who and why', async () => {
  await went(`up --to ${BEFORE_DUE_AT}`);
  await went('up');
  const line = `contract ${CONTRACT} --override "nobody calls here" --admin-user kim`;
  expect((await asked(line)).done).toEqual([CONTRACT]);
  expect(
    await query(database.url, "select actor, target from audit_log where action = 'override_contract'"),
  ).toEqual([{ actor: 'kim', target: CONTRACT }]);
});

test('a backfill: planned, run, verified, and not to be paused once it is done', async () => {
  await went('up --to 0011');
  expect((await went(`backfill start ${BACKFILL} --dry-run`)).out).toContain(`${BACKFILL}: 0 of 0 rows`);
  expect((await asked('backfill status')).items).toEqual([]);
  expect((await went(`backfill start ${BACKFILL}`)).out).toMatch(new RegExp(`^${BACKFILL} +verified`));
  expect((await asked('backfill status')).items).toMatchObject([{ id: BACKFILL, state: 'verified' }]);
  expect((await went(`verify ${BACKFILL}`)).out).toContain('verified, no mismatch');
  expect((await migrate(`backfill pause ${BACKFILL}`)).code).toBe(5);
  expect((await migrate(`backfill resume ${BACKFILL}`)).code).toBe(5);
  expect((await went(`backfill start ${BACKFILL}`)).out).toBe('nothing was left to do');
});

test('verify ends with 7 where old and new differ, and names the row', async () => {
  await went(`up --to ${BEFORE_DUE_AT}`);
  await fileEntry('fb_00000000000000000000000001');
  await went('up');
  expect((await asked('verify')).items).toMatchObject([{ id: BACKFILL, verified: true, rows: 1 }]);
  await spoil(`due_at = '2001-01-01T00:00:00.000Z'`);
  const { items } = await asked('verify', 7);
  expect(items[0]).toMatchObject({ verified: false, mismatches: 1 });
  expect((await migrate(`verify ${BACKFILL}`)).out).toContain('fb_00000000000000000000000001');
});

test('down takes back, newest first, and loses nothing that it was not told to lose', async () => {
  await went('up');
  const refused = await migrate(`down --to ${LAST_BUT_CONTRACT}`);
  expect({ ...refused, err: '' }).toEqual({ code: 5, out: '', err: '' });
  expect(refused.err).toContain('--yes-lose-data');
  expect(await asked(`down --to ${LAST_BUT_CONTRACT}`, 5)).toMatchObject({
    error: { code: 'conflict', hint: null },
  });

  const { done } = await asked(`down --to ${BEFORE_DUE_AT} --yes-lose-data`);
  expect([done[0], done.at(-1)]).toEqual([CONTRACT, '0010_due_at']);
  expect((await migrate('drift')).code).toBe(0);
  expect((await asked('up')).done[0]).toBe('0010_due_at');
});

test('drift ends with 7 where somebody changed the schema by hand, and says how to mend it', async () => {
  await went('up');
  expect(await asked('drift')).toMatchObject({ compared_to: CONTRACT, differences: [] });
  await execute(database.url, 'alter table human_fallback add column mood text');
  const { differences } = await asked('drift', 7);
  expect(differences).toMatchObject([{ kind: 'column', difference: 'extra' }]);
  expect((await migrate('drift')).out).toMatch(/mood.*extra\n(.*\n)* {2}mend it: /);
});

test('baseline marks what is there already, and nothing else', async () => {
  expect((await migrate('baseline --to 0001')).code).not.toBe(0);
  await went('up');
  await execute(database.url, `delete from schema_migrations where id > '${BEFORE_DUE_AT}'`);
  expect((await migrate(`baseline --to ${BEFORE_DUE_AT}`)).code).toBe(5);
  expect((await asked(`baseline --to ${CONTRACT}`)).done.at(-1)).toBe(CONTRACT);
  expect((await migrate('status --exit-code')).code).toBe(0);
});

test('baseline takes over a database that has lost all memory of migrations', async () => {
  await went('up');
  await execute(database.url, 'drop table schema_migrations');
  const { code, err } = await migrate('status');
  expect({ code, err }).toEqual({
    code: 6,
    err: expect.stringContaining('run receptionistd migrate baseline'),
  });
  expect((await migrate('drift')).code).toBe(6);
  expect((await asked('baseline --to 0014')).done[0]).toBe('0001_first_call');
  expect((await migrate('status --exit-code')).code).toBe(0);
  expect((await migrate('drift')).code).toBe(0);
});

test('a contract after a baseline waits until its backfill is verified', async () => {
  await went(`up --to ${BEFORE_DUE_AT}`);
  await went('up');
  await execute(database.url, `delete from schema_migrations where id > '${BEFORE_DUE_AT}'`);
  await execute(database.url, 'drop table schema_backfills');
  await went(`baseline --to ${LAST_BUT_CONTRACT}`);
  await longAgo();
  const { waiting } = await asked('contract', 5);
  expect(waiting[0].why).toMatch(new RegExp(`Run receptionistd migrate verify ${BACKFILL}`));
  await went(`verify ${BACKFILL}`);
  await went('contract');
});

test('new writes a file for each phase and database, and nothing for a bad name', async () => {
  const folder = path.join(home, 'migrations');
  await cp(path.join(ROOT, 'packages/store/migrations'), folder, { recursive: true });
  const { files } = await asked(`new caller_mood --phases expand,contract --folder ${folder}`);
  expect(files).toHaveLength(4);
  expect(files.every(existsSync)).toBe(true);
  const { files: theirs } = await asked(`new caller_mood --tenants --folder ${folder}`);
  expect(theirs).toEqual([path.join(folder, 'postgres-tenant/0002_caller_mood.sql')]);
  expect((await migrate(`new "Caller Mood" --folder ${folder}`)).code).toBe(2);
  expect((await migrate(`new caller_mood --phases sideways --folder ${folder}`)).code).toBe(2);
  expect((await migrate('new caller_mood --folder nowhere')).code).toBe(3);
});

test.runIf(databaseKind === 'postgres')(
  'copy takes everything from SQLite, once, and compares it',
  async () => {
    const file = `sqlite:${path.join(home, 'old.db')}`;
    await run(RECEPTIONISTD, 'migrate up', { DATABASE_URL: file });
    await went('up');
    const address = { DATABASE_URL: file, TARGET: database.url };
    const { tables, rows } = await asked(`copy --from ${file} --to-env TARGET`, 0, address);
    expect(rows).toBeGreaterThan(0);
    expect(tables).toContainEqual({ table: 'human_fallback', rows: 0, checksum: expect.any(String) });
    expect((await migrate(`copy --from ${file}`, { DATABASE_URL: file })).code).toBe(2);
    expect((await migrate('copy --from sqlite:none.db')).code).toBe(3);
  },
);

test('lint finds nothing in our own files, and something in a bad one', async () => {
  expect(await went('lint')).toMatchObject({ out: '' });
  const folder = path.join(home, 'migrations');
  await cp(path.join(ROOT, 'packages/store/migrations'), folder, { recursive: true });
  const bad = path.join(folder, 'postgres/0090_bad.sql');
  await writeFile(
    bad,
    '-- id: 0090_bad\n-- phase: expand\ncreate index bad on turns (said);\n-- down\ndrop index bad;\n',
  );
  const { items } = await asked(`lint ${bad} --folder ${folder}`, 7);
  expect(items[0]).toEqual({
    file: 'postgres/0090_bad.sql',
    line: expect.any(Number),
    rule: expect.any(String),
    why: expect.any(String),
    instead: expect.any(String),
  });
});

test.each([
  [2, 'sideways'],
  [2, 'up --tto 0001'],
  [2, 'up --wait soon'],
  [2, 'up --canary t1'],
  [2, 'down'],
  [2, 'baseline'],
  [2, 'backfill'],
  [2, 'backfill start'],
  [2, 'copy'],
  [2, 'copy --from sqlite:none.db --to postgres://kim:secret@127.0.0.1/x'],
  [2, 'copy --from sqlite:none.db --to-env NOWHERE'],
  [2, 'verify 0001'],
  [2, 'backfill start 0001'],
  [2, 'backfill start 0001 --dry-run'],
  [3, 'up --to 0999'],
  [3, 'down --to 0999_none'],
  [3, 'verify 0999'],
  [3, 'contract 0999'],
  [3, 'backfill pause 0999'],
  [3, 'lint nowhere.sql'],
])('%i: migrate %s', async (code, line) => {
  const ran = await migrate(line);
  expect(ran, ran.err).toMatchObject({ code, out: '' });
  expect(ran.err).not.toBe('');
  expect(ran.err).not.toMatch(/secret|\n\s+at .+:\d+:\d+/);
});

const AWAY = { DATABASE_URL: 'postgres://kim:secret@127.0.0.1:1/receptionist' };

test.each([
  'status',
  'up',
  'drift',
  'contract',
  'backfill status',
  'verify',
  'baseline --to 0001',
  'down --to 0001',
])('6: migrate %s, when the database cannot be reached', async (line) => {
  const { code, out, err } = await migrate(line, AWAY);
  expect({ code, out }).toEqual({ code: 6, out: '' });
  expect(err).not.toContain('secret');
  expect(err).toContain('Run it again once Postgres answers.');
  expect((await asked(line, 6, AWAY)).error).toMatchObject({ code: 'unavailable', hint: null });
});

test.each([
  'status --exit-code',
  'up --to 0009',
  'down --to 0001',
  'verify',
  'contract 0999',
  'drift',
  'baseline --to 0999',
  'backfill status',
  'backfill pause 0012',
  'lint',
])('adminctl migrate %s answers what receptionistd answers', async (line) => {
  await went(`up --to ${BEFORE_DUE_AT}`);
  const [through, direct] = [await run(ADMINCTL, `migrate ${line} --json`), await migrate(`${line} --json`)];
  expect(through.code).toBe(direct.code);
  expect(JSON.parse(through.out)).toEqual(JSON.parse(direct.out));
});

test('adminctl refuses what it does not know, with a suggestion, and asks nobody', async () => {
  expect(await run(ADMINCTL, 'migrate stauts')).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('migrate status'),
  });
  expect(await run(ADMINCTL, 'migrate up --dryrun')).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('--dry-run'),
  });
});
