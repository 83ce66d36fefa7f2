/** What only SQLite does: one file, that one process at a time writes to. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { migrationBench } from '../conformance/migration-folder.ts';
import { openStore } from '../open.ts';
import { makeTestDatabase } from '../test-databases.ts';
import { lockHolderOf } from './sqlite-lock-holder.ts';

const bench = migrationBench(() => makeTestDatabase('sqlite', { empty: true }));

it('rebuilds a table without losing the rows that point to it', async () => {
  await bench.add(
    '0001_pets',
    `create table owners (id integer primary key); create table pets (owner references owners on delete cascade);
    insert into owners values (1); insert into pets values (1)`,
  );
  await bench.add(
    '0002_owners',
    `-- transaction: no\ncreate table new (id integer primary key, name text); insert into new select id, 'Ann' from owners;
    drop table owners; alter table new rename to owners`,
  );
  await bench.add('0003_owners', '-- transaction: no\ndelete from owners');
  expect(await bench.migrations.up()).toMatchObject({
    done: ['0001_pets', '0002_owners'],
    failed: {
      id: '0003_owners',
      message: 'rows of pets point to rows of owners that are gone',
      state: 'undone',
    },
  });
  const { rows } = await sql`select * from pets join owners on owner = id`.execute(bench.dialect.reader);
  expect(rows).toEqual([{ owner: 1, id: 1, name: 'Ann' }]);
});

it('names the process that holds the lock', async () => {
  await bench.add('0001_pets', 'create table pets (id integer)');
  const file = bench.database.url.slice('sqlite:'.length);
  const holder = fork(new URL('./sqlite-lock-child.ts', import.meta.url), [file], { execArgv: [] });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder, 'message');
  const holdsIt =
    process.platform === 'linux' ? `sqlite-lock-child.ts (pid ${holder.pid}) holds it` : 'fuser';
  await expect(bench.migrations.up({ wait_ms: 50 })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining(holdsIt),
  });
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  expect(await lockHolderOf(file)).toBeNull();
  expect((await bench.migrations.up()).done).toEqual(['0001_pets']);
});

it('does not make the file of which it is only asked how it stands', async () => {
  const url = `${bench.database.url}.none`;
  const store = await openStore({ url, make: false });
  expect((await store.migrations.status())[0]).toMatchObject({ state: 'pending' });
  await store.close();
  await expect(stat(url.slice('sqlite:'.length))).rejects.toMatchObject({ code: 'ENOENT' });
});
