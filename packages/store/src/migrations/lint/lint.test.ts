import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LintFinding, lintMigrations, RULES, type RuleName } from './index.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const RELEASES = '{ "1.0.0": "0001_base" }';
/** What no single file can have. */
const BETWEEN_FILES: readonly RuleName[] = ['twin-missing', 'twin-differs', 'contract-with-expand'];

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

async function write(dialect: string, id: string, text: string): Promise<void> {
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
  it('is free after a check that was validated in a file before', async () => {
    const files = {
      '0002_asked': 'alter table items add constraint has_code check (code is not null) not valid;',
      '0003_proven': 'alter table items validate constraint has_code;',
      '0004_required': 'alter table items alter column code set not null;',
    };
    for (const [id, sql] of Object.entries(files)) {
      await write('postgres', id, `-- id: ${id}\n-- phase: expand\n${sql}\n\n-- down\n`);
      await write('sqlite', id, `-- id: ${id}\n-- phase: expand\n\n-- down\n`);
    }
    expect(await lint()).toEqual([]);
  });
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

describe('bad input', () => {
  it('is a folder without migrations', async () => {
    const nowhere = pathToFileURL(path.join(folder, 'nowhere/'));
    await expect(lintMigrations({ migrations: nowhere })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is a table that is no JSON', async () => {
    await writeFile(path.join(folder, 'releases.json'), '{');
    await expect(lint()).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('releases.json'),
    });
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
