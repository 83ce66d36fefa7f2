/** Applies one migration: all of it or nothing, or statement by statement with a note of how far it came. */
import type { Instant } from '@receptionist/core';
import type { Dialect, Migrator } from '../dialect.ts';
import type { MigrationFile } from './files.ts';
import { amend, claim, readLedger } from './ledger.ts';
import { splitStatements } from './statements.ts';

export interface Hands {
  dialect: Dialect;
  migrator: Migrator;
  schema: string | undefined;
  now: () => Promise<Instant>;
  /** @throws Problem when the lock that keeps other migrators away was lost */
  assertHeld: () => Promise<void>;
}

/** It stopped between two statements, and what came before stays. */
export class HalfDoneError extends Error {}

/** False when another process did it meanwhile. @throws HalfDoneError */
export function apply(file: MigrationFile, hands: Hands): Promise<boolean> {
  const { runAlone } = hands.migrator;
  return file.transaction || !runAlone ? applyAtOnce(file, hands) : applyByStatement(file, hands, runAlone);
}

async function applyAtOnce(file: MigrationFile, { dialect, migrator, now }: Hands): Promise<boolean> {
  const applied_at = await now();
  return migrator.transact(
    async (transaction) => {
      const row = { state: 'done', applied_at, dialect: dialect.name } as const;
      if (!(await claim(transaction, file, row))) return false;
      const duration_ms = await timed(() => migrator.runScript(transaction, file.script));
      await amend(transaction, file.id, { duration_ms, finished_at: await now() });
      return true;
    },
    { rebuilds: !file.transaction },
  );
}

async function applyByStatement(
  file: MigrationFile,
  { dialect, migrator, schema, now, assertHeld }: Hands,
  runAlone: (statement: string) => Promise<void>,
): Promise<boolean> {
  const note = (row: Parameters<typeof amend>[2]) =>
    migrator.transact((transaction) => amend(transaction, file.id, row));
  const before = (await readLedger(dialect, schema)).find(({ id }) => id === file.id);
  // Whoever mended the file mended what was run of it, too.
  const begun = before?.checksum === file.checksum ? (before.statement ?? 0) : 0;
  const applied_at = await now();
  const row = { state: 'running', applied_at, statement: begun, dialect: dialect.name } as const;
  if (!(await migrator.transact((transaction) => claim(transaction, file, row)))) return false;
  const statements = splitStatements(file.script);
  let done = begun;
  try {
    const duration_ms = await timed(async () => {
      for (const statement of statements.slice(begun)) {
        await assertHeld();
        await runAlone(statement);
        done++;
        await note({ statement: done });
      }
    });
    const finished_at = await now();
    await note({ state: 'done', applied_at: finished_at, finished_at, duration_ms });
    return true;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const message = `Statement ${done + 1} of ${statements.length} failed: ${said}`;
    // Where even that fails, it stays as one that runs, and nobody runs it; or another one does by now, and it is theirs.
    await assertHeld()
      .then(() => note({ state: 'dirty', error: message }))
      .catch(() => {});
    throw new HalfDoneError(message, { cause: error });
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return Math.round(performance.now() - startedAt);
}
