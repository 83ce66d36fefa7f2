/** The files of tenants' schemas are a series of their own, with numbers, releases and reasons of their own. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lintMigrations } from './index.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lint-tenants-'));
  for (const dialect of ['postgres', 'sqlite', 'postgres-tenant']) {
    await mkdir(path.join(folder, dialect));
    const base = path.join(FIXTURES, dialect === 'sqlite' ? 'sqlite' : 'postgres', '0001_base.sql');
    await cp(base, path.join(folder, dialect, '0001_base.sql'));
  }
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, text: string) => writeFile(path.join(folder, name), text);
const release = (releases: object) => write('releases.json', JSON.stringify(releases));
const lint = () => lintMigrations({ migrations: pathToFileURL(`${folder}/`) });

it('wants a contract in a later release than what it needs, by the releases of tenants’ files', async () => {
  await write('postgres-tenant/0002_new.sql', '-- id: 0002_new\n-- phase: expand\n\n-- down\n');
  await write('postgres-tenant/0003_gone.sql', '-- id: 0003_gone\n-- phase: contract\n-- needs: 0002_new\n');
  const together = [{ file: 'postgres-tenant/0003_gone.sql', line: 3, rule: 'contract-with-expand' }];
  // The shared files are far ahead, which says nothing of these.
  await release({ '1.0.0': '0009_shared', '1.1.0': ['0012_shared', 'tenants/0001_base'] });
  expect(await lint()).toMatchObject(together);
  await release({ '1.0.0': '0009_shared', '1.1.0': ['0012_shared', 'tenants/0002_new'] });
  expect(await lint()).toEqual([]);
});

it('takes a reason for a shared file for that one alone', async () => {
  await release({});
  const sql = (id: string) => `-- id: ${id}\n-- phase: expand\ndrop table items;\n\n-- down\n`;
  for (const dialect of ['postgres', 'sqlite', 'postgres-tenant'])
    await write(`${dialect}/0002_gone.sql`, sql('0002_gone'));
  const reasons = { 'drop-table': 'nobody needs it' };
  await write('lint-allow.json', JSON.stringify({ '0002_gone.sql': reasons }));
  expect(await lint()).toMatchObject([{ file: 'postgres-tenant/0002_gone.sql', rule: 'drop-table' }]);
  const both = { '0002_gone.sql': reasons, 'postgres-tenant/0002_gone.sql': reasons };
  await write('lint-allow.json', JSON.stringify(both));
  expect(await lint()).toEqual([]);
});
