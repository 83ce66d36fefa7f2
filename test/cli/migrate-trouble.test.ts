/** What migrate says where something is in the way: each answer names what was found and what to type next. */
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { execute } from '../harness/sql.ts';
import {
  asked,
  BACKFILL,
  BEFORE_DUE_AT,
  database,
  fileEntry,
  LAST_BUT_CONTRACT,
  longAgo,
  migrate,
  spoil,
  went,
} from './migrate-bench.ts';

const AT = '2026-11-03T14:07:09.000Z';
const LATER = '2999-01-01T00:00:00.000Z';
/** No process has a number as high. */
const KILLED = `${hostname()}:99999999:1`;

/** Begun, and come nowhere yet. */
function beginBackfill(state: 'running' | 'paused', holder: string | null = null): Promise<void> {
  const held = holder === null ? 'null, null' : `'${holder}', '${LATER}'`;
  return execute(
    database.url,
    `insert into schema_backfills (id, scope, state, done_rows, total_rows, batch, started_at, updated_at, holder, lease_until)
     values ('${BACKFILL}', 'public', '${state}', 0, 1, 1000, '${AT}', '${AT}', ${held})`,
  );
}

test('contract --override has nothing to drop where no contract is pending', async () => {
  await went('up');
  expect(await went('contract --override "nobody calls here"')).toMatchObject({
    out: 'no contract migration is pending',
    err: '',
  });
});

test('contract says so where the switch is to come yet, as after a clock that went back', async () => {
  await went(`up --to ${BEFORE_DUE_AT}`);
  await went('up');
  await execute(
    database.url,
    `update schema_migrations set applied_at = '${LATER}' where id = '${LAST_BUT_CONTRACT}'`,
  );
  const { code, out } = await migrate('contract');
  expect(code).toBe(5);
  expect(out).toContain(`the last switch is said to be at ${LATER}, which has not come: a clock went wrong`);
});

test('status leaves what a newer version did by halves to that version', async () => {
  await went('up');
  await execute(
    database.url,
    `insert into schema_migrations (id, checksum, phase, applied_at, app_version, state, error)
     values ('0999_newer', 'x', 'expand', '${AT}', '9.9.9', 'dirty', 'no space')`,
  );
  const { out, err } = await went('status');
  expect(err).toBe('');
  expect(out).toMatch(
    /^0999_newer +expand +dirty by a newer version\n +no space\n +Run receptionistd migrate up of version 9\.9\.9/m,
  );
});

test('a backfill that somebody paused is told as paused by whoever starts it', async () => {
  await went('up --to 0011');
  await beginBackfill('paused');
  const { out, err } = await went(`backfill start ${BACKFILL}`);
  expect(out).toMatch(new RegExp(`^${BACKFILL} +paused +0 of 1 rows`));
  expect(err).toContain(`receptionistd migrate backfill resume ${BACKFILL}`);
});

test('a backfill whose process was killed is run by nobody, and goes on', async () => {
  await went('up --to 0011');
  await beginBackfill('running', KILLED);
  expect((await asked('backfill status')).items).toMatchObject([{ state: 'running', holder: null }]);
  expect((await went('backfill status')).out).toContain(
    `nobody runs it; receptionistd migrate backfill start ${BACKFILL} goes on`,
  );
  expect((await went(`backfill start ${BACKFILL}`)).out).toContain('verified');
});

test('a second run of a backfill that is applied goes on, too: killed it is started, paused it is resumed', async () => {
  await went(`up --to ${BEFORE_DUE_AT}`);
  await went('up');
  await longAgo();
  const stop = (how: string) =>
    execute(database.url, `update schema_backfills set verified_at = null, ${how}`);
  await stop(`state = 'running', holder = '${KILLED}', lease_until = '${LATER}'`);
  expect((await migrate('contract --dry-run')).out).toContain(`migrate backfill start ${BACKFILL}.`);
  expect((await asked(`backfill start ${BACKFILL}`)).done).toEqual([BACKFILL]);
  await stop(`state = 'paused'`);
  expect((await migrate('contract --dry-run')).out).toContain(`migrate backfill resume ${BACKFILL}.`);
  expect((await went(`backfill start ${BACKFILL}`)).out).toContain('paused');
  expect((await asked(`backfill resume ${BACKFILL}`)).done).toEqual([BACKFILL]);
});

test('a backfill that was found to be wrong is run again, and the contract says how', async () => {
  await went(`up --to ${BEFORE_DUE_AT}`);
  await fileEntry('fb_00000000000000000000000001');
  await went('up');
  await longAgo();
  await spoil('due_at = null');
  expect((await migrate('verify')).code).toBe(7);
  expect((await migrate('contract --dry-run')).out).toContain(
    `Run receptionistd migrate backfill start ${BACKFILL};`,
  );
  expect((await asked(`backfill start ${BACKFILL}`)).done).toEqual([BACKFILL]);
  expect((await migrate('contract --dry-run')).code).toBe(0);
});

test('a backfill that is wrong still, after it was run again, says for which rows', async () => {
  await went(`up --to ${BEFORE_DUE_AT}`);
  await fileEntry('fb_00000000000000000000000001');
  await went('up');
  await spoil("due_at = '2001-01-01T00:00:00.000Z'");
  expect((await migrate('verify')).code).toBe(7);
  const { failed } = await asked(`backfill start ${BACKFILL}`, 1);
  expect(failed).toMatchObject({ id: BACKFILL, state: 'undone' });
  expect(failed.message).toContain(
    'fb_00000000000000000000000001: 2026-11-03T14:07:09.000Z became 2001-01-01',
  );
});
