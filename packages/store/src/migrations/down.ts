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
  const first = selectDown(await readStanding(options), wanted.to);
  const result: MigrationRun = { done: [], failed: null, not_run: [], waiting: [] };
  if (first.length === 0) return result;
  const reporter = createReporter(wanted.onProgress, first[0]);
  return underLock(options, { wait_ms: wanted.wait_ms, reporter }, async (migrator, assertHeld) => {
    const files = selectDown(await readStanding(options), wanted.to);
    await refuseBlocked(wanted);
    if (!wanted.yes_lose_data) await refuseLosses(files, dialect, schema);
    await migrator.transact((transaction) => ensureEngineTables(dialect, transaction, schema));
    for (const [i, file] of files.entries()) {
      try {
        await assertHeld();
        reporter.started(file);
        await takeBack(file, { dialect, migrator, schema, now });
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
  for (const statement of splitStatements(file.down ?? '')) {
    const loss = LOSSES.find(([pattern]) => pattern.test(statement));
    if (!loss) continue;
    const [pattern, what] = loss;
    const [, table = '', column] = (pattern.exec(statement) ?? []).map((name) => name?.replaceAll('"', ''));
    if (await hasContent(dialect, { schema, table, column })) return `${what(table, column)}`;
  }
  return null;
}

const NAME = '("[^"]+"|\\w+)';
const LOSSES: readonly [RegExp, (table: string, column: string | undefined) => string][] = [
  [
    new RegExp(`^drop\\s+table\\s+(?:if\\s+exists\\s+)?${NAME}`, 'i'),
    (table) => `the table ${table} has rows`,
  ],
  [
    new RegExp(
      `^alter\\s+table\\s+(?:if\\s+exists\\s+)?${NAME}\\s+drop\\s+(?:column\\s+)?(?!constraint\\b)(?:if\\s+exists\\s+)?${NAME}`,
      'i',
    ),
    (table, column) => `the column ${table}.${column} has values`,
  ],
  [
    new RegExp(`^(?:delete\\s+from|truncate(?:\\s+table)?)\\s+${NAME}`, 'i'),
    (table) => `the table ${table} has rows`,
  ],
];

async function hasContent(
  dialect: Dialect,
  { schema, table, column }: { schema: string | undefined; table: string; column: string | undefined },
): Promise<boolean> {
  const columns = await dialect.columnNames(dialect.reader, table, schema);
  if (columns.length === 0 || (column !== undefined && !columns.includes(column))) return false;
  const from = schema === undefined ? sql.table(table) : sql.table(`${schema}.${table}`);
  const where = column === undefined ? sql`` : sql`where ${sql.ref(column)} is not null`;
  const { rows } = await sql`select 1 as found from ${from} ${where} limit 1`.execute(dialect.reader);
  return rows.length > 0;
}

async function takeBack(file: MigrationFile, { migrator, schema, now }: Hands): Promise<void> {
  const script = file.down ?? '';
  const forget = async (transaction: Db) => {
    // Else the next one would take it for verified.
    if (file.backfill && schema === undefined)
      await transaction.deleteFrom('schema_backfills').where('id', '=', file.id).execute();
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
  for (const statement of splitStatements(script)) await runAlone(statement);
  await migrator.transact(forget);
}
