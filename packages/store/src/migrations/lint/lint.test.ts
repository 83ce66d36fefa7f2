import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LintFinding, lintMigrations, RULES, type RuleName } from './index.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const RELEASES = '{ "1.0.0": "0001_base" }';
/** What no single file can have. */
const BETWEEN_FILES: readonly RuleName[] = [
  'twin-missing',
  'twin-differs',
  'contract-with-expand',
  'not-a-migration',
];

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lint-'));
  for (const dialect of ['postgres', 'sqlite']) {
    await mkdir(path.join(folder, dialect));
    await cp(path.join(FIXTURES, dialect, '0001_base.sql'), path.join(folder, dialect, '0001_base.sql'));
  }
  await writeFile(path.join(folder, 'releases.json'), RELEASES);
});
afterEach(() => rm(folder, { recursive: true }));

function lint(server?: number): Promise<LintFinding[]> {
  return lintMigrations({ migrations: pathToFileURL(`${folder}/`), ...(server ? { server } : {}) });
}

async function write(dialect: string, id: string, text: string | Buffer): Promise<void> {
  await writeFile(path.join(folder, dialect, `${id}.sql`), text);
}

/** The fixture, and a twin of the same phase in which nothing is wrong. */
async function lintFixture(dialect: string, name: string): Promise<{ found: string[]; id: string }> {
  const text = await readFile(path.join(FIXTURES, dialect, name), 'utf8');
  const id = /^-- id: (\w+)$/m.exec(text)?.[1] ?? '';
  const head = text.split('\n').filter((line) => /^-- (id|phase|needs): /.test(line));
  const other = dialect === 'postgres' ? 'sqlite' : 'postgres';
  await write(other, id, `${head.join('\n')}\n\n-- down\n`);
  await write(dialect, id, text);
  const ofTwin = (file: string, rule: string) => file.startsWith(other) && rule === 'contract-ungated';
  const findings = (await lint()).filter(({ file, rule }) => !ofTwin(file, rule));
  return { found: findings.map(({ file, rule }) => `${file}: ${rule}`), id };
}

describe('each fault that is seeded is found, and nothing else', async () => {
  for (const dialect of ['postgres', 'sqlite']) {
    const names = (await readdir(path.join(FIXTURES, dialect))).filter((name) => name !== '0001_base.sql');
    it.each(names)(`${dialect}: %s`, async (name) => {
      const { found, id } = await lintFixture(dialect, name);
      expect(found).toEqual([`${dialect}/${id}.sql: ${path.basename(name, '.sql')}`]);
    });
  }

  it('for every rule, in each dialect that it is for', async () => {
    const seeded = await Promise.all(
      ['postgres', 'sqlite'].map(async (dialect) =>
        (await readdir(path.join(FIXTURES, dialect))).map((name) => path.basename(name, '.sql')),
      ),
    );
    const all = new Set([...seeded.flat(), ...BETWEEN_FILES]);
    expect(Object.keys(RULES).filter((rule) => !all.has(rule))).toEqual([]);
  });
});

describe('between files', () => {
  it('misses a twin', async () => {
    await write('postgres', '0002_alone', '-- id: 0002_alone\n-- phase: expand\n\n-- down\n');
    expect(await lint()).toMatchObject([{ file: 'postgres/0002_alone.sql', line: 1, rule: 'twin-missing' }]);
  });

  it('sees a twin of another phase, from both sides', async () => {
    await write('postgres', '0002_pair', '-- id: 0002_pair\n-- phase: expand\n\n-- down\n');
    await write('sqlite', '0002_pair', '-- id: 0002_pair\n-- phase: switch\n\n-- down\n');
    expect(await lint()).toMatchObject([
      { file: 'postgres/0002_pair.sql', line: 2, rule: 'twin-differs' },
      { file: 'sqlite/0002_pair.sql', line: 2, rule: 'twin-differs' },
    ]);
  });

  it('wants a contract in a later release than what it needs', async () => {
    for (const dialect of ['postgres', 'sqlite']) {
      await write(dialect, '0002_new', '-- id: 0002_new\n-- phase: expand\n\n-- down\n');
      await write(dialect, '0003_gone', '-- id: 0003_gone\n-- phase: contract\n-- needs: 0002_new\n');
    }
    expect(await lint()).toMatchObject([
      { file: 'postgres/0003_gone.sql', line: 3, rule: 'contract-with-expand' },
      { file: 'sqlite/0003_gone.sql', rule: 'contract-with-expand' },
    ]);
    await writeFile(path.join(folder, 'releases.json'), '{ "1.0.0": "0001_base", "1.1.0": "0002_new" }');
    expect(await lint()).toEqual([]);
  });
});

describe('the oldest server', () => {
  it('decides whether NOT NULL can be a constraint that is validated later', async () => {
    const name = 'newer-server-needed.sql';
    await lintFixture('postgres', name);
    expect(await lint(18)).toEqual([]);
    expect(await lint(17)).toMatchObject([{ rule: 'newer-server-needed' }]);
  });
});

describe('SET NOT NULL', () => {
  const asked = (condition: string) =>
    `alter table items add constraint has_code check (${condition}) not valid;`;
  const proven = 'alter table items validate constraint has_code;';
  const required = 'alter table items alter column code set not null;';

  it.each([['code is not null'], ["code is not null and code <> ''"]])(
    'is free after the check %s that was validated in a file before',
    async (condition) => {
      await writeOneByOne([asked(condition), proven, required]);
      expect(await lint()).toEqual([]);
    },
  );

  it.each([
    ['is not validated', [asked('code is not null'), required]],
    ['says less', [asked('code is not null or name is not null'), proven, required]],
    ['is gone', [asked('code is not null'), proven, 'alter table items drop constraint has_code;', required]],
  ])('reads every row where the check %s', async (_, scripts) => {
    await writeOneByOne(scripts);
    expect(await lint()).toMatchObject([{ line: 3, rule: 'set-not-null' }]);
  });

  async function writeOneByOne(scripts: readonly string[]): Promise<void> {
    for (const [index, sql] of scripts.entries()) {
      const id = `000${index + 2}_step`;
      await write('postgres', id, `-- id: ${id}\n-- phase: expand\n${sql}\n\n-- down\n`);
      await write('sqlite', id, `-- id: ${id}\n-- phase: expand\n\n-- down\n`);
    }
  }
});

describe('what is allowed', () => {
  it('is left out for twins by lint-allow.json, which must say why and be needed', async () => {
    const sql = 'drop index items_names;';
    for (const dialect of ['postgres', 'sqlite']) {
      await write(dialect, '0002_gone', `-- id: 0002_gone\n-- phase: expand\n${sql}\n\n-- down\n`);
    }
    const reasons = { 'drop-unique': 'nobody names it', 'drop-index-not-concurrent': '', 'drop-table': 'x' };
    await writeFile(path.join(folder, 'lint-allow.json'), JSON.stringify({ '0002_gone.sql': reasons }));
    expect(await lint()).toMatchObject([
      { file: 'lint-allow.json', line: 1, rule: 'allow-unused' },
      { file: 'lint-allow.json', line: 1, rule: 'allow-without-reason' },
    ]);
  });
});

describe('docs/migration-lint.md', () => {
  it('has every rule as it is', async () => {
    const page = await readFile(
      path.join(import.meta.dirname, '../../../../../docs/migration-lint.md'),
      'utf8',
    );
    const rules = page.split('## The rules')[1]?.split('\n\n')[1]?.split('\n').slice(2);
    expect(rules).toEqual(
      Object.entries(RULES).map(
        ([rule, { no, dialects, why, instead }]) =>
          `| ${no} | \`${rule}\` | ${dialects} | ${why} | ${instead} |`,
      ),
    );
  });
});

describe('a file that the engine would refuse', () => {
  const HEAD = '-- id: 0002_a\n-- phase: expand';
  it.each([
    ['has an unknown phase', 2, '-- id: 0002_a\n-- phase: grow'],
    ['has another id than its name', 1, '-- id: 0002_b\n-- phase: expand'],
    ['is empty', 1, ''],
    ['has only comments', 1, '-- hello\n/* you; there */\n'],
    ['needs what is not there', 3, `${HEAD}\n-- needs: 0001_gone\n-- down`],
    ['needs itself', 3, `${HEAD}\n-- needs: 0002_a\n-- down`],
    ['has a key without a table', 3, '-- id: 0002_a\n-- phase: backfill\n-- key: item_id'],
    ['has batches of nothing', 5, '-- id: 0002_a\n-- phase: backfill\n-- table: a\n-- key: b\n-- batch: 0'],
    ['has a grace that is no time', 3, '-- id: 0002_a\n-- phase: contract\n-- grace: soon'],
    ['has an unknown header', 3, `${HEAD}\n-- fase: a`],
    ['is not UTF-8', 1, Buffer.from(`${HEAD}\n-- \u00e4`, 'latin1')],
  ])('%s: one finding, and its twin is not missed', async (_, line, text) => {
    await write('postgres', '0002_a', text);
    await write('sqlite', '0002_a', `${HEAD}\n\n-- down\n`);
    expect(await lint()).toMatchObject([{ file: 'postgres/0002_a.sql', line, rule: 'not-a-migration' }]);
  });

  it.each([
    ['needs a later one', { '0002_a': '-- needs: 0003_b', '0003_b': '' }, ['postgres/0002_a.sql:3']],
    [
      'needs each other',
      { '0002_a': '-- needs: 0003_b', '0003_b': '-- needs: 0002_a' },
      ['postgres/0002_a.sql:3'],
    ],
    ['has the number of another', { '0002_a': '', '0002_b': '' }, ['postgres/0002_b.sql:1']],
  ])('%s', async (_, files, places) => {
    for (const [id, header] of Object.entries(files)) {
      await write('postgres', id, `-- id: ${id}\n-- phase: expand\n${header}\n\n-- down\n`);
      await write('sqlite', id, '');
    }
    const found = (await lint()).filter(({ file }) => file.startsWith('postgres'));
    expect(found.map(({ file, line }) => `${file}:${line}`)).toEqual(places);
  });

  it.each([
    ['Windows line ends', (text: string) => text.replaceAll('\n', '\r\n')],
    ['a byte order mark', (text: string) => `\uFEFF${text}`],
  ])('is not one with %s', async (_, changed) => {
    await write('postgres', '0002_a', changed(`${HEAD}\n\ndrop table items;\n\n-- down\n`));
    await write('sqlite', '0002_a', `${HEAD}\n\n-- down\n`);
    expect(await lint()).toMatchObject([{ line: 4, rule: 'drop-table' }]);
  });
});

describe('bad input', () => {
  it('is a folder without migrations', async () => {
    const nowhere = pathToFileURL(path.join(folder, 'nowhere/'));
    await expect(lintMigrations({ migrations: nowhere })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is a folder of folders without migrations', async () => {
    await mkdir(path.join(folder, 'notes/empty'), { recursive: true });
    const notes = pathToFileURL(path.join(folder, 'notes/'));
    await expect(lintMigrations({ migrations: notes })).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each([
    ['releases.json', '{'],
    ['releases.json', 'null'],
    ['lint-allow.json', '[]'],
    ['lint-allow.json', '{ "0001_base.sql": null }'],
  ])('is a %s of %s', async (file, text) => {
    await writeFile(path.join(folder, file), text);
    await expect(lint()).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining(file) });
  });
});

describe('our own migrations', () => {
  it('have nothing that is not allowed with a reason', async () => {
    expect(await lintMigrations()).toEqual([]);
  });

  it('says of each finding where, why and what to write instead', async () => {
    await lintFixture('postgres', 'index-not-concurrent.sql');
    expect(await lint()).toEqual([
      {
        file: 'postgres/0002_index_not_concurrent.sql',
        line: 4,
        rule: 'index-not-concurrent',
        why: 'The index items_by_code on items is built without CONCURRENTLY: nothing can be written to the table while the index is built.',
        instead:
          '`create index concurrently if not exists …`, in a file of its own with `-- transaction: no`',
      },
    ]);
  });
});
