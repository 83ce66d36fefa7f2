/** The way back: takes migrations back, the newest first, and refuses before it begins what would cost somebody something. */
import { Problem } from '@receptionist/core';
import { sql } from 'kysely';
import type { Dialect, Migrator } from '../dialect.ts';
import type { Db } from '../schema.ts';
import type { Hands } from './apply.ts';
import type { MigrationOptions } from './engine.ts';
import type { MigrationFile } from './files.ts';
import { amend, ensureEngineTables, strike } from './ledger.ts';
import { createReporter, underLock } from './lock.ts';
import type { DownOptions, MigrationRun } from './migrations.ts';
import { requireKnown } from './selection.ts';
import { readStanding, type Standing } from './standing.ts';
import { splitStatements } from './statements.ts';

export async function takeDown(options: MigrationOptions, wanted: DownOptions): Promise<MigrationRun> {
  const { dialect, schema, now } = options;
  const [first] = await planDown(options, wanted);
  const result: MigrationRun = { done: [], failed: null, not_run: [], waiting: [] };
  if (!first) return result;
  const reporter = createReporter(wanted.onProgress, first);
  return underLock(options, { wait_ms: wanted.wait_ms, reporter }, async (migrator, assertHeld) => {
    const files = await planDown(options, wanted);
    await migrator.transact((transaction) => ensureEngineTables(dialect, transaction, schema));
    for (const [i, file] of files.entries()) {
      try {
        await assertHeld();
        reporter.started(file);
        await takeBack(file, { dialect, migrator, schema, now, assertHeld });
        reporter.done();
        result.done.push(file.id);
        options.log?.info({ migration: file.id, phase: file.phase }, 'migration taken back');
      } catch (error) {
        const not_run = files.slice(i + 1).map(({ id }) => id);
        return { ...result, failed: failureOf(file, migrator, error), not_run };
      }
    }
    return result;
  });
}

/** What would be taken back, the newest first. @throws Problem for what cannot be, or would cost somebody something */
export async function planDown(options: MigrationOptions, wanted: DownOptions): Promise<MigrationFile[]> {
  const files = selectDown(await readStanding(options), wanted.to);
  if (files.length === 0) return files;
  await refuseBlocked(wanted);
  if (!wanted.yes_lose_data) await refuseLosses(files, options.dialect, options.schema);
  return files;
}

function failureOf(
  { id, transaction }: MigrationFile,
  { runAlone }: Migrator,
  error: unknown,
): MigrationRun['failed'] {
  const message = error instanceof Error ? error.message : String(error);
  if (transaction || !runAlone) return { id, message, state: 'undone' };
  return {
    id,
    message: `${message}. Mend that, and run it again, or receptionistd migrate up.`,
    state: 'dirty',
  };
}

/** The newest first. @throws Problem for what cannot be taken back */
function selectDown({ files, rows }: Standing, to: string): MigrationFile[] {
  if (to !== '0') requireKnown(files, to);
  const known = new Map(files.map((file) => [file.id, file]));
  const begun = [...rows.values()].filter(({ id, state }) => state !== 'planned' && (to === '0' || id > to));
  return begun.reverse().map(({ id, app_version }) => {
    const file = known.get(id);
    if (!file) {
      throw new Problem(
        'conflict',
        `${id} is from a newer version (${app_version}), and only that can take it back. Nothing was changed.`,
      );
    }
    if (file.down === null) {
      throw new Problem(
        'conflict',
        `${id} has no way back (a line "-- down" and what comes after it). Nothing was changed.`,
      );
    }
    return file;
  });
}

async function refuseBlocked({ blockers }: DownOptions): Promise<void> {
  const found = (await blockers?.()) ?? [];
  if (found.length === 0) return;
  throw new Problem(
    'conflict',
    `Somebody still needs what would go: ${found.join('; ')}. Nothing was changed. Stop them first.`,
  );
}

async function refuseLosses(
  files: MigrationFile[],
  dialect: Dialect,
  schema: string | undefined,
): Promise<void> {
  for (const file of files) {
    const loss = await lossOf(file, dialect, schema);
    if (!loss) continue;
    throw new Problem(
      'conflict',
      `Taking back ${file.id} loses data: ${loss}. Nothing was changed. With --yes-lose-data it is done all the same.`,
    );
  }
}

async function lossOf(
  file: MigrationFile,
  dialect: Dialect,
  schema: string | undefined,
): Promise<string | null> {
  if (file.phase === 'contract') return 'what it took away does not come back with its content';
  for (const { table, column } of splitStatements(file.down ?? '').flatMap(goesWith)) {
    if (!(await hasContent(dialect, { schema, table, column }))) continue;
    return column === undefined ? `the table ${table} has rows` : `the column ${table}.${column} has values`;
  }
  return null;
}

const NAME = '("[^"]+"|\\w+)';
const ROWS_GO = new RegExp(
  `^(?:drop\\s+table(?:\\s+if\\s+exists)?|delete\\s+from|truncate(?:\\s+table)?)\\s+${NAME}`,
  'i',
);
const ALTERED = new RegExp(`^alter\\s+table\\s+(?:if\\s+exists\\s+)?${NAME}`, 'i');
/** Of an `alter table`: behind its name, or behind what else it does. */
const COLUMN_GOES = new RegExp(
  `(?:^|,)\\s*drop\\s+(?:column\\s+)?(?!constraint\\b)(?:if\\s+exists\\s+)?${NAME}`,
  'gi',
);

/** What would be gone: the rows of a table, or what stands in a column. */
function goesWith(statement: string): { table: string; column?: string }[] {
  const [, emptied] = ROWS_GO.exec(statement) ?? [];
  if (emptied !== undefined) return [{ table: unquoted(emptied) }];
  const [altering = '', table] = ALTERED.exec(statement) ?? [];
  if (table === undefined) return [];
  const dropped = statement.slice(altering.length).matchAll(COLUMN_GOES);
  return [...dropped].map(([, column = '']) => ({ table: unquoted(table), column: unquoted(column) }));
}

function unquoted(name: string): string {
  return name.replaceAll('"', '');
}

async function hasContent(
  dialect: Dialect,
  { schema, table, column }: { schema: string | undefined; table: string; column?: string | undefined },
): Promise<boolean> {
  const columns = await dialect.columnNames(dialect.reader, table, schema);
  if (columns.length === 0 || (column !== undefined && !columns.includes(column))) return false;
  const from = schema === undefined ? sql.table(table) : sql.table(`${schema}.${table}`);
  const where = column === undefined ? sql`` : sql`where ${sql.ref(column)} is not null`;
  const { rows } = await sql`select 1 as found from ${from} ${where} limit 1`.execute(dialect.reader);
  return rows.length > 0;
}

async function takeBack(file: MigrationFile, { migrator, now, assertHeld }: Hands): Promise<void> {
  const script = file.down ?? '';
  const forget = async (transaction: Db) => {
    // Else the next one would take it for verified.
    if (file.backfill) await transaction.deleteFrom('schema_backfills').where('id', '=', file.id).execute();
    await strike(transaction, file.id);
  };
  const { runAlone } = migrator;
  if (file.transaction || !runAlone) {
    await migrator.transact(
      async (transaction) => {
        if (splitStatements(script).length > 0) await migrator.runScript(transaction, script);
        await forget(transaction);
      },
      { rebuilds: !file.transaction },
    );
    return;
  }
  const error = `taking it back was begun at ${await now()} and not finished`;
  await migrator.transact((transaction) =>
    amend(transaction, file.id, { state: 'dirty', statement: 0, error }),
  );
  for (const statement of splitStatements(script)) {
    await assertHeld();
    await runAlone(statement);
  }
  await migrator.transact(forget);
}
