import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ScaffoldOptions, scaffoldMigrations } from './scaffold.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'scaffold-'));
  for (const dialect of ['postgres', 'sqlite']) {
    await mkdir(path.join(folder, dialect));
    const table = 'create table items (tenant_id text not null, item_id text primary key, size varchar(9));';
    await writeFile(
      path.join(folder, dialect, '0007_items.sql'),
      `-- id: 0007_items\n-- phase: expand\n${table}\n`,
    );
  }
});
afterEach(() => rm(folder, { recursive: true }));

type Options = Omit<ScaffoldOptions, 'migrations'>;

function scaffold(options: Options): Promise<string[]> {
  return scaffoldMigrations({ ...options, migrations: pathToFileURL(`${folder}/`) });
}

it('takes the next number, and needs what goes before', async () => {
  const written = await scaffold({ name: 'prices', phases: ['contract', 'expand', 'backfill'] });
  expect(written.map((file) => path.relative(folder, file))).toEqual([
    'postgres/0008_prices.sql',
    'postgres/0009_prices_backfill.sql',
    'postgres/0010_prices_contract.sql',
    'sqlite/0008_prices.sql',
    'sqlite/0009_prices_backfill.sql',
    'sqlite/0010_prices_contract.sql',
  ]);
  const contract = await readFile(path.join(folder, 'sqlite/0010_prices_contract.sql'), 'utf8');
  expect(contract).toContain('-- phase: contract\n-- needs: 0009_prices_backfill\n');
});

it('counts tenants’ schemas by themselves, which are Postgres’s alone', async () => {
  await mkdir(path.join(folder, 'postgres-tenant'));
  const words = 'create table words (word_id text primary key, said text);';
  await writeFile(
    path.join(folder, 'postgres-tenant/0001_words.sql'),
    `-- id: 0001_words\n-- phase: expand\n${words}\n`,
  );
  const written = await scaffold({ name: 'heard', tenants: true, replace: 'words.said=heard:text' });
  expect(written.map((file) => path.relative(folder, file))).toEqual([
    'postgres-tenant/0002_heard.sql',
    'postgres-tenant/0003_heard_backfill.sql',
    'postgres-tenant/0004_heard_switch.sql',
    'postgres-tenant/0005_heard_contract.sql',
  ]);
});

it('makes one file to expand where nothing else is said', async () => {
  await scaffold({ name: 'prices' });
  expect(await readFile(path.join(folder, 'postgres/0008_prices.sql'), 'utf8')).toMatch(
    /^-- id: 0008_prices\n-- phase: expand\n[\s\S]*\n-- down\n$/,
  );
});

it('casts to the types of each database, and back', async () => {
  await scaffold({ name: 'length', replace: 'items.size=length:double precision' });
  const read = (dialect: string) => readFile(path.join(folder, dialect, '0008_length.sql'), 'utf8');
  expect(await read('postgres')).toContain('new.length := cast(new.size as double precision);');
  expect(await read('postgres')).toContain('new.size := cast(new.length as varchar(9));');
  expect(await read('sqlite')).toContain(
    'update items set length = cast(new.size as real) where item_id = new.item_id;',
  );
});

it('reminds of what the old column has besides, and takes its index away with it', async () => {
  const table = 'alter table items add column price numeric(10, 2) not null default 0;';
  await writeFile(
    path.join(folder, 'postgres/0008_price.sql'),
    `-- id: 0008_price\n-- phase: expand\n${table}\ncreate index items_by_price on items (tenant_id, price);\n`,
  );
  await scaffold({ name: 'cents', replace: 'items.price=cents:numeric(12, 0)' });
  const read = (file: string) => readFile(path.join(folder, file), 'utf8');
  const expand = await read('postgres/0009_cents.sql');
  expect(expand).toContain('add column cents numeric(12, 0);');
  expect(expand).toContain('new.price := cast(new.cents as numeric(10, 2));');
  expect(expand).toMatch(/^-- What items_by_price is to price, cents needs too/m);
  expect(expand).toMatch(/^-- price is never null/m);
  expect(expand).toMatch(/^-- price has a default/m);
  expect(await read('sqlite/0012_cents_contract.sql')).toContain('drop index if exists items_by_price;');
  expect(await read('postgres/0012_cents_contract.sql')).not.toContain('drop index');
});

it.each<[string, Options, string]>([
  ['a name with a space', { name: 'New prices' }, '"New prices" cannot name a migration'],
  ['no name', { name: '' }, 'cannot name a migration'],
  ['a name that leads elsewhere', { name: '../x' }, 'cannot name a migration'],
  ['an unknown phase', { name: 'a', phases: ['shrink'] }, '"shrink" is no phase. There are: expand'],
  ['a replacement without a type', { name: 'a', replace: 'items.size=length' }, 'Write table.old=new:type'],
  [
    'an unknown table',
    { name: 'a', replace: 'goods.size=length:text' },
    'No migration makes a table "goods". There are: items.',
  ],
  [
    'an unknown column',
    { name: 'a', replace: 'items.mass=length:text' },
    'has no column "mass". It has: tenant_id, item_id, size.',
  ],
  [
    'a column that is there',
    { name: 'a', replace: 'items.size=tenant_id:text' },
    'has a column "tenant_id" already',
  ],
  ['a key', { name: 'a', replace: 'items.item_id=key:bigint' }, 'is part of the primary key'],
])('refuses %s, and writes nothing', async (_, options, message) => {
  await expect(scaffold(options)).rejects.toMatchObject({
    code: 'invalid_parameter',
    message: expect.stringContaining(message),
  });
  expect(await readdir(path.join(folder, 'postgres'))).toEqual(['0007_items.sql']);
});
