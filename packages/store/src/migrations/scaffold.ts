/**
 * `migrate new`: the files of a change, for both dialects or for tenants' schemas, with the next numbers. With `replace` they are whole: a new column takes
 * the place of an old one while versions that know only one of them run side by side.
 */
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from '@receptionist/core';
import type { DialectName } from '../dialect.ts';
import type { Phase } from './migrations.ts';
import { describeReplacement, type Replacement, replacementScript } from './scaffold-replace.ts';

export interface ScaffoldOptions {
  /** Of the change: lower case, digits, underscores. */
  name: string;
  /** Left out: `expand`, or all with `replace`. */
  phases?: readonly string[];
  /** `table.old=new:type`, the type as Postgres calls it. */
  replace?: string;
  /** In tenants' schemas, which are Postgres's alone and count by themselves. */
  tenants?: boolean;
  /** The folder of `postgres/`, `sqlite/` and `postgres-tenant/`. */
  migrations: URL;
}

const PHASES = ['expand', 'backfill', 'switch', 'contract'] as const satisfies Phase[];
const SHARED: readonly Side[] = [
  { folder: 'postgres', dialect: 'postgres' },
  { folder: 'sqlite', dialect: 'sqlite' },
];
const TENANTS: readonly Side[] = [{ folder: 'postgres-tenant', dialect: 'postgres' }];
const NAME = /^[a-z][a-z0-9_]{0,40}$/;

/** A folder of files, and who reads them. */
interface Side {
  folder: 'postgres' | 'sqlite' | 'postgres-tenant';
  dialect: DialectName;
}

interface Step {
  id: string;
  phase: Phase;
  needs: string | null;
}

/** Answers the paths of the files that were written. @throws Problem `invalid_parameter`, and then nothing was written */
export async function scaffoldMigrations(options: ScaffoldOptions): Promise<string[]> {
  const { name, replace, migrations, tenants = false } = options;
  if (!NAME.test(name)) {
    throw wrong(
      `"${name}" cannot name a migration: lower-case letters, digits and _, at most 41. Try entry_due_at.`,
    );
  }
  const phases = readPhases(options.phases ?? (replace === undefined ? ['expand'] : PHASES));
  const sides = tenants ? TENANTS : SHARED;
  const replacement =
    replace === undefined
      ? null
      : await describeReplacement(replace, { migrations, folder: tenants ? 'postgres-tenant' : 'postgres' });
  const steps = plan(name, phases, await lastMigration(migrations, sides));
  return Promise.all(
    sides.flatMap((side) => steps.map((step) => write(migrations, side, step, replacement))),
  );
}

function readPhases(wanted: readonly string[]): Phase[] {
  const unknown = wanted.find((phase) => !(PHASES as readonly string[]).includes(phase));
  if (unknown !== undefined) throw wrong(`"${unknown}" is no phase. There are: ${PHASES.join(', ')}.`);
  return PHASES.filter((phase) => wanted.includes(phase));
}

/** Each needs the one before it; the first one of a change that goes on needs the last there is. */
function plan(name: string, phases: readonly Phase[], last: { number: number; id: string | null }): Step[] {
  const ids = phases.map((phase, index) => {
    const number = String(last.number + 1 + index).padStart(4, '0');
    return `${number}_${name}${phases.length > 1 && phase !== 'expand' ? `_${phase}` : ''}`;
  });
  return phases.map((phase, index) => ({
    id: ids[index] ?? '',
    phase,
    needs: index > 0 ? (ids[index - 1] ?? null) : phase === 'expand' ? null : last.id,
  }));
}

async function lastMigration(
  migrations: URL,
  sides: readonly Side[],
): Promise<{ number: number; id: string | null }> {
  const folders = await Promise.all(sides.map(({ folder }) => readdir(new URL(`${folder}/`, migrations))));
  const last = folders
    .flat()
    .filter((file) => /^\d{4}_.*\.sql$/.test(file))
    .sort()
    .at(-1);
  return last === undefined
    ? { number: 0, id: null }
    : { number: Number(last.slice(0, 4)), id: path.basename(last, '.sql') };
}

async function write(
  migrations: URL,
  { folder, dialect }: Side,
  step: Step,
  replacement: Replacement | null,
): Promise<string> {
  const { id, phase, needs } = step;
  const head = [`-- id: ${id}`, `-- phase: ${phase}`, ...(needs === null ? [] : [`-- needs: ${needs}`])];
  const body = replacement ? replacementScript(replacement, phase, dialect) : HINTS[phase];
  const file = fileURLToPath(new URL(`${folder}/${id}.sql`, migrations));
  await writeFile(file, `${head.join('\n')}\n${body}`, { flag: 'wx' });
  return file;
}

const HINTS: Readonly<Record<Phase, string>> = {
  expand: `
-- What is new, beside what is there: the version before goes on without knowing it. An index on a table in use stands in a file
-- of its own with \`-- transaction: no\`, as \`create index concurrently if not exists …\` (SQLite: without concurrently).

-- down
`,
  backfill: `
-- Say in the head which table: \`-- table:\`, \`-- key:\` (its unique, ordered key), \`-- batch:\`. Then one statement, such as
--   update TABLE set NEW = OLD where KEY > :after and KEY <= :upto and NEW is null;

-- verify
-- A query of what does not fit, in the same range: select 'NEW' as name, OLD as old, NEW as new from TABLE where …;

-- down
`,
  switch: `
-- That this stands in schema_migrations is the switch: the code reads the new shape from then on.

-- down
`,
  contract: `
-- What nobody needs any more. It waits for the verified backfill, the time of grace (\`-- grace:\`, 24h) and the last daemon of
-- the version before, and belongs into a later release than what it needs.
`,
};

function wrong(message: string): Problem {
  return new Problem('invalid_parameter', message);
}
