/** For a database that has what the migrations make, and no memory of them: writes them down as applied, and runs nothing. */
import { Problem } from '@receptionist/core';
import type { MigrationOptions } from './engine.ts';
import { readMigrationFiles } from './files.ts';
import { claim, ensureLedger } from './ledger.ts';
import { createReporter, underLock } from './lock.ts';
import type { BaselineOptions, MigrationRun } from './migrations.ts';
import { ENGINE_TABLES } from './schema-object.ts';
import { requireKnown } from './selection.ts';

/** @throws Problem `conflict` on an empty database, or where the schema is another one and nobody insists */
export async function takeBaseline(
  options: MigrationOptions,
  wanted: BaselineOptions,
): Promise<MigrationRun> {
  const files = await readMigrationFiles(options.folder);
  requireKnown(files, wanted.to);
  await refuseEmpty(options);
  await refuseDifferences(wanted);
  const upTo = files.filter(({ id }) => id <= wanted.to);
  const reporter = createReporter(undefined, upTo[0]);
  return underLock(options, { wait_ms: wanted.wait_ms, reporter }, async (migrator) => {
    const done = await migrator.transact(async (transaction) => {
      await ensureLedger(options.dialect, transaction);
      const applied_at = await options.now();
      const claimed: string[] = [];
      for (const file of upTo) {
        const row = {
          state: 'done',
          applied_at,
          finished_at: applied_at,
          dialect: options.dialect.name,
        } as const;
        if (await claim(transaction, file, row)) claimed.push(file.id);
      }
      return claimed;
    });
    options.log?.warn({ migrations: done, reason: wanted.force ?? null }, 'migrations were declared applied');
    return { done, failed: null, not_run: [], waiting: [] };
  });
}

async function refuseEmpty({ dialect, schema }: MigrationOptions): Promise<void> {
  const tables = (await dialect.tableNames(schema)).filter((name) => !ENGINE_TABLES.includes(name));
  if (tables.length > 0) return;
  throw new Problem(
    'conflict',
    'The database is empty: there is nothing that could have been applied. Nothing was changed. Run: receptionistd migrate up',
  );
}

/** At most so many are told. */
const TOLD = 5;

async function refuseDifferences({ to, force, differences }: BaselineOptions): Promise<void> {
  if (force !== undefined && force.trim() !== '') return;
  const found = differences ? await differences(to) : ['it was not compared'];
  if (found.length === 0) return;
  const more = found.length > TOLD ? `, and ${found.length - TOLD} more` : '';
  throw new Problem(
    'conflict',
    `The schema is not the one after ${to}: ${found.slice(0, TOLD).join('; ')}${more}. Nothing was changed. Mend that, or give a reason with --force.`,
  );
}
