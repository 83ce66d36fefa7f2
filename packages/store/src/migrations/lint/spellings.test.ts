import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lintMigrations } from './index.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures/spellings');
const DIALECTS = ['postgres', 'sqlite'];

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spellings-'));
  for (const dialect of DIALECTS) {
    await mkdir(path.join(folder, dialect));
    const base = await readFile(path.join(FIXTURES, `${dialect}-base.sql`), 'utf8');
    await writeFile(path.join(folder, dialect, '0001_base.sql'), base);
  }
  await writeFile(path.join(folder, 'releases.json'), '{ "1.0.0": "0001_base" }');
});
afterEach(() => rm(folder, { recursive: true }));

interface Spelling {
  readonly title: string;
  /** `RULE`, and `RULE:LINE` where that is not the first line. */
  readonly finds: string;
  readonly header: string[];
  readonly sql: string;
}

/** Paragraphs of `-- finds RULE, RULE`, headers, and statements. */
function readSpelling(paragraph: string): Spelling {
  const lines = paragraph.trimEnd().split('\n');
  const finds = /^-- finds (.*)$/.exec(lines[0] ?? '')?.[1] ?? 'no line "-- finds"';
  const header = lines.slice(1).filter((line) => /^-- [a-z]+: /.test(line));
  const sql = lines.slice(1 + header.length).join('\n');
  return { title: [...header, sql].join(' '), finds, header, sql };
}

async function write(dialect: string, { header, sql }: Pick<Spelling, 'header' | 'sql'>): Promise<number> {
  const phase = header.some((line) => line.startsWith('-- phase:')) ? [] : ['-- phase: expand'];
  const head = ['-- id: 0002_case', ...phase, ...header, ''];
  await writeFile(path.join(folder, dialect, '0002_case.sql'), [...head, sql, '', '-- down', ''].join('\n'));
  return head.length;
}

for (const dialect of DIALECTS) {
  describe(`${dialect}: however it is spelled`, async () => {
    const text = await readFile(path.join(FIXTURES, `${dialect}.sql`), 'utf8');
    it.each(text.split('\n\n').map(readSpelling))('$title', async ({ finds, header, sql }) => {
      const above = await write(dialect, { header, sql });
      const findings = await lintMigrations({ migrations: pathToFileURL(`${folder}/`) });
      const found = findings
        .filter(({ file }) => file === `${dialect}/0002_case.sql`)
        .filter(({ rule }) => rule !== 'twin-missing')
        .map(({ rule, line }) => (line === above + 1 ? rule : `${rule}:${line - above}`));
      expect(found.join(', ') || 'nothing').toBe(finds);
    });
  });
}
