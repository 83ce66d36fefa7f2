/**
 * From SQLite to Postgres, all or nothing: one transaction fills the tables and compares every row before it commits. Whatever
 * is killed on the way, the target is as it was, and the copy is run again.
 */
import { Problem } from '@receptionist/core';
import type { Dialect } from '../dialect.ts';
import type { Db } from '../schema.ts';
import { type CopySource, openCopySource } from './copy-source.ts';
import {
  analyze,
  type CopyTable,
  countRows,
  empty,
  goOnNumbering,
  holdTables,
  insertRows,
  readRows,
  readTables,
  withoutRules,
} from './copy-target.ts';
import { compareCounts, createRowVerifier } from './copy-verify.ts';
import { createDaemons, describeDaemon } from './daemons.ts';
import { readLedger } from './ledger.ts';
import { ENGINE_TABLES } from './schema-object.ts';

export interface CopyProgress {
  step: 'copy' | 'verify';
  table: string;
  /** Of all tables together. */
  rows: number;
  total: number;
}

export interface CopyReport {
  tables: { table: string; rows: number; checksum: string }[];
  rows: number;
  seconds: number;
}

export interface CopyOptions {
  /** The path of the SQLite file. */
  file: string;
  /** A Postgres database with the same migrations, in which nobody has written anything. */
  target: Dialect;
  onProgress?: ((progress: CopyProgress) => void) | undefined;
}

/** Tables in which a migration writes its first rows; in the source they are what became of them. */
export const SEEDED_TABLES: readonly string[] = [
  'plans',
  'plan_versions',
  'oncall',
  'flag_state',
  'entry_event_state',
];

/**
 * @throws Problem `not_found` where there is no file; `conflict` when a program has it open, a daemon runs on the target, the two
 * are not at the same migration, or there is something in the target; `internal` when a row did not arrive as it was
 */
export async function copyDatabase({
  file,
  target,
  onProgress = () => {},
}: CopyOptions): Promise<CopyReport> {
  const startedAt = performance.now();
  if (target.name !== 'postgres') {
    throw new Problem(
      'invalid_parameter',
      'A copy goes to postgres://…, and nowhere else. Nothing was copied.',
    );
  }
  const source = await openCopySource(file);
  try {
    await refuseOtherMigrations(source, target);
    await refuseDaemons(target);
    const tables = await copyInto(target, source, onProgress);
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    return { tables, rows, seconds: Math.round((performance.now() - startedAt) / 100) / 10 };
  } finally {
    source.close();
  }
}

async function copyInto(
  target: Dialect,
  source: CopySource,
  onProgress: (progress: CopyProgress) => void,
): Promise<CopyReport['tables']> {
  const migrator = await target.connectMigrator();
  try {
    return await migrator.transact(async (trx) => {
      const tables = await readTables(trx);
      refuseOtherShape(tables, source);
      await holdTables(trx, tables);
      await refuseRows(trx, tables);
      const tell = countTo(totalRows(tables, source), onProgress);
      await withoutRules(trx, tables, () => fill(trx, source, tables, tell('copy')));
      await analyze(trx, tables);
      return verify(trx, source, tables, tell('verify'));
    });
  } finally {
    await migrator.close();
  }
}

type Tell = (table: string, rows: number) => void;

function countTo(total: number, onProgress: (progress: CopyProgress) => void) {
  return (step: CopyProgress['step']): Tell => {
    let done = 0;
    return (table, rows) => {
      done += rows;
      onProgress({ step, table, rows: done, total });
    };
  };
}

function totalRows(tables: readonly CopyTable[], source: CopySource): number {
  return tables.reduce((sum, { name }) => sum + source.countOf(name), 0);
}

async function fill(trx: Db, source: CopySource, tables: readonly CopyTable[], tell: Tell): Promise<void> {
  const given = source.numbersGiven();
  for (const table of tables) {
    await empty(trx, table);
    for (const rows of source.rowsOf(table.name, namesOf(table), table.key)) {
      await insertRows(trx, table, rows);
      tell(table.name, rows.length);
    }
    await goOnNumbering(trx, table, given.get(table.name) ?? 0);
  }
}

async function verify(
  trx: Db,
  source: CopySource,
  tables: readonly CopyTable[],
  tell: Tell,
): Promise<CopyReport['tables']> {
  const report: CopyReport['tables'] = [];
  for (const table of tables) {
    const verifier = createRowVerifier(table);
    for (const rows of source.rowsOf(table.name, namesOf(table), table.key)) {
      verifier.compare(rows, await readRows(trx, table, rows));
      tell(table.name, rows.length);
    }
    const rows = source.countOf(table.name);
    compareCounts(table, rows, await countRows(trx, table));
    report.push({ table: table.name, rows, checksum: verifier.checksum() });
  }
  return report;
}

function namesOf({ columns }: CopyTable): string[] {
  return columns.map(({ name }) => name);
}

async function refuseOtherMigrations(source: CopySource, target: Dialect): Promise<void> {
  const here = new Set(source.appliedIds());
  if (here.size === 0) throw refused('the file holds no database of ours: it has no schema_migrations');
  const ledger = await readLedger(target);
  const there = new Set(ledger.filter(({ state }) => state === 'done').map(({ id }) => id));
  const missingThere = [...here.difference(there)].sort();
  const missingHere = [...there.difference(here)].sort();
  if (missingThere.length > 0) {
    throw refused(
      `the target lacks the migrations ${missingThere.join(', ')}. Run receptionistd migrate up --to ${missingThere.at(-1)} with the target in DATABASE_URL`,
    );
  }
  if (missingHere.length > 0) {
    throw refused(
      `the file lacks the migrations ${missingHere.join(', ')}. Run receptionistd migrate up with sqlite:PATH in DATABASE_URL; or make the target anew, and no further than the file: receptionistd migrate up --to ${[...here].sort().at(-1)}`,
    );
  }
}

async function refuseDaemons(target: Dialect): Promise<void> {
  const daemons = createDaemons({ dialect: target, now: target.now, knows: async () => '' });
  const running = (await daemons.list()).map(describeDaemon);
  if (running.length > 0) throw refused(`a daemon runs on the target: ${running.join('; ')}. Stop it first`);
}

/** What one has and the other lacks would be lost, or made up. */
function refuseOtherShape(tables: readonly CopyTable[], source: CopySource): void {
  const columns = (named: Iterable<[string, readonly string[]]>) =>
    new Set([...named].flatMap(([table, names]) => names.map((name) => `${table}.${name}`)));
  const ours = [...source.columnsOf()].filter(([table]) => !ENGINE_TABLES.includes(table));
  const differing = columns(ours).symmetricDifference(
    columns(tables.map((table) => [table.name, namesOf(table)])),
  );
  if (differing.size === 0) return;
  throw refused(
    `the two have other columns: ${[...differing].sort().slice(0, 5).join(', ')}. Run receptionistd migrate drift on each`,
  );
}

async function refuseRows(trx: Db, tables: readonly CopyTable[]): Promise<void> {
  for (const table of tables) {
    if (SEEDED_TABLES.includes(table.name) || (await countRows(trx, table)) === 0) continue;
    throw refused(
      `there are rows in the target's ${table.name}. Copy into a database that is new: createdb NAME, then receptionistd migrate up`,
    );
  }
}

function refused(why: string): Problem {
  return new Problem('conflict', `This cannot be copied: ${why}. Nothing was copied.`);
}
