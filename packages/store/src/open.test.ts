import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { at, FIRST_PAGE } from './conformance/seeds.ts';
import { openStore } from './open.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'open-'));
});
afterEach(async () => {
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true });
});

it('makes the folder and a file that only its owner reads, and leaves the rest to the migrations', async () => {
  const store = await openStore({ url: `sqlite:${folder}/a/b/test.db` });
  expect((await store.migrations.status())[0]).toMatchObject({ state: 'pending' });
  for (const name of ['test.db', 'test.db-wal']) {
    expect((await stat(`${folder}/a/b/${name}`)).mode & 0o777, name).toBe(0o600);
  }
  await expect(store.read.listTenants(FIRST_PAGE)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('receptionistd migrate up'),
  });
  await store.close();
});

it('reads the clock it is given, and else that of the database', async () => {
  const given = await openStore({ url: `sqlite:${folder}/test.db`, now: () => new Date(at(7)) });
  expect(await given.now()).toBe(at(7));
  await given.close();
  const own = await openStore({ url: `sqlite:${folder}/test.db` });
  expect(await own.now()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  await own.close();
});

it.each(['', 'mysql://u:p4ss@host/db', 'sqlite:', 'sqlite::memory:', 'sqlite://var/x.db', '/var/x.db'])(
  'refuses the address %j, without repeating a password',
  async (url) => {
    const refused = expect(openStore({ url })).rejects;
    await refused.toMatchObject({
      code: 'invalid_parameter',
      message: expect.stringMatching(/^(?!.*p4ss).*sqlite:/),
    });
  },
);

it('says what is wrong with a file that is no database, and does not touch it', async () => {
  const file = `${folder}/notes.txt`;
  await writeFile(file, 'Not a database, but long enough to be taken for one by its size. '.repeat(20));
  await expect(openStore({ url: `sqlite:${file}` })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining(`${file} is not an SQLite database`),
  });
});

it('says what is wrong with a path that cannot be a file', async () => {
  await mkdir(`${folder}/folder.db`);
  await writeFile(`${folder}/file`, '');
  const open = (file: string) => openStore({ url: `sqlite:${folder}/${file}` });
  const unavailable = (message: string) => ({
    code: 'unavailable',
    message: expect.stringContaining(message),
  });
  await expect(open('folder.db')).rejects.toMatchObject(
    unavailable('folder.db cannot be opened for writing'),
  );
  await expect(open('file/test.db')).rejects.toMatchObject(unavailable('file/test.db cannot be made there'));
});
