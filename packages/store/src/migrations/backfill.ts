/**
 * Runs backfills: one batch is one transaction, and the place it came to is written in it. Whatever kills the runner, the next
 * one goes on from there. Somebody who holds the row of the backfill decides, at each batch anew, whether it goes on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Instant, Problem } from '@receptionist/core';
import { sql } from 'kysely';
import type { Dialect, Migrator } from '../dialect.ts';
import type { Db } from '../schema.ts';
import type { StoreLog } from '../store.ts';
import {
  type BackfillRow,
  type BackfillState,
  ensureBackfills,
  findBackfill,
  hasBackfills,
  isHeld,
  leaseFrom,
  lockRow,
  nameRunner,
  readCursor,
  toState,
  updateBackfill,
} from './backfill-rows.ts';
import { type BackfillFile, createRunner, type RunOptions, settingsOf } from './backfill-runner.ts';
import { inSchema } from './in-schema.ts';
import { forRange, type KeyRange, nextRange } from './key-ranges.ts';
import type { BackfillProgress } from './migrations.ts';
import { createVerifier, type Verification } from './verify.ts';

export interface BackfillPlan {
  id: string;
  rows: number;
  done_rows: number;
  /** Its key range and size; null: nothing is left. */
  first_batch: KeyRange | null;
  /** What the database would do for it, a line each. */
  plan: string[];
}

export interface Backfills {
  /** To its end, and verified; or until somebody pauses it. Waits while another process runs it. @throws Problem when it fails or does not verify */
  run(file: BackfillFile, options?: RunOptions): Promise<'verified' | 'paused'>;
  /** To its end, and not verified. */
  fill(file: BackfillFile, options?: RunOptions): Promise<'done' | 'paused'>;
  verify(file: BackfillFile): Promise<Verification>;
  /** From any process; the runner stops after its batch. @throws Problem `not_found`, `conflict` when it is done */
  pause(id: string): Promise<BackfillState>;
  /** The same for one that has not begun: it does not, until it may. */
  holdBack(file: BackfillFile): Promise<BackfillState>;
  /** Lets `run` go on with it. @throws Problem `not_found`, `conflict` when it is verified */
  unpause(id: string): Promise<BackfillState>;
  status(): Promise<BackfillState[]>;
  /** A dry run: changes nothing. */
  plan(file: BackfillFile): Promise<BackfillPlan>;
}

export interface BackfillOptions {
  dialect: Dialect;
  /** A tenant's; without one, where the other tables are. */
  schema?: string | undefined;
  now: () => Promise<Instant>;
  log?: StoreLog | undefined;
}

const LOOK_AGAIN_MS = 250;
/** Then it is tried again with fewer rows. */
const LOCK_WAIT_MS = 2_000;

export function createBackfills({ dialect, schema, now, log }: BackfillOptions): Backfills {
  const scope = schema ?? 'public';
  const verifier = createVerifier({ dialect, schema, now });
  const reader = inSchema(dialect.reader, schema);
  const hasTable = () => hasBackfills(dialect, schema);
  /** In the tables of the schema. */
  const transact = <T>(work: (trx: Db) => Promise<T>): Promise<T> =>
    dialect.writer.transaction().execute((trx) => work(inSchema(trx, schema)));

  async function run(file: BackfillFile, options: RunOptions = {}): Promise<'verified' | 'paused'> {
    const outcome = await fill(file, options);
    if (outcome !== 'done') return outcome;
    const row = await findBackfill(reader, scope, file.id);
    if (row?.state === 'verified') return 'verified';
    const verification = await verify(file);
    if (verification.verified) return 'verified';
    throw new Problem('conflict', describeMismatches(verification));
  }

  async function fill(file: BackfillFile, options: RunOptions = {}): Promise<'done' | 'paused'> {
    await prepareTable();
    const runner = nameRunner();
    const row = await claim(file, runner, options);
    if (row.state === 'paused') return 'paused';
    if (row.state !== 'running') return 'done';
    return withMigrator((migrator) =>
      createRunner({ ...options, dialect, migrator, scope, file, runner, now, log }).toTheEnd(row),
    );
  }

  /** The row as ours, or as whoever is through with it left it. */
  async function claim(file: BackfillFile, runner: string, { onProgress }: RunOptions): Promise<BackfillRow> {
    for (;;) {
      const row = await takeRow(file, runner, await now());
      if (row.state !== 'running' || row.holder === runner) return row;
      onProgress?.({ ...pickRows(row), rows_per_s: 0, seconds_left: null });
      await sleep(LOOK_AGAIN_MS);
    }
  }

  async function takeRow(file: BackfillFile, runner: string, at: Instant): Promise<BackfillRow> {
    const { id } = file;
    await addRow(file, 'running', at);
    return transact(async (trx) => {
      const found = await lockRow(trx, scope, id);
      if (!canBeTaken(found, at)) return found;
      const taken = {
        ...{ state: 'running' as const, holder: runner, lease_until: leaseFrom(at), last_error: null },
        ...(mustBeginAnew(found) ? { cursor: null, done_rows: 0, mismatches: null } : {}),
      };
      await updateBackfill(trx, scope, id).set(taken).execute();
      return { ...found, ...taken };
    });
  }

  /** Where there is none. */
  async function addRow(file: BackfillFile, state: BackfillRow['state'], at: Instant): Promise<void> {
    const { batch, table } = settingsOf(file);
    const { id } = file;
    if (await findBackfill(reader, scope, id)) return;
    const counts = { batch, done_rows: 0, total_rows: await countRows(table) };
    await transact((trx) =>
      trx
        .insertInto('schema_backfills')
        .values({ id, scope, state, ...counts, started_at: at, updated_at: at })
        .onConflict((conflict) => conflict.columns(['scope', 'id']).doNothing())
        .execute(),
    );
  }

  async function setState(
    id: string,
    from: BackfillRow['state'][],
    state: 'paused' | 'running',
  ): Promise<BackfillState> {
    const row = (await hasTable()) ? await findBackfill(reader, scope, id) : null;
    if (!row)
      throw new Problem(
        'not_found',
        `No backfill ${id} has begun here. receptionistd migrate status lists them.`,
      );
    const updated_at = await now();
    await transact((trx) =>
      updateBackfill(trx, scope, id).set({ state, updated_at }).where('state', 'in', from).execute(),
    );
    const after = await findBackfill(inSchema(dialect.writer, schema), scope, id);
    return toState(after ?? row, updated_at);
  }

  async function pause(id: string): Promise<BackfillState> {
    const state = await setState(id, ['running', 'failed'], 'paused');
    if (state.state === 'paused') return state;
    throw new Problem('conflict', `The backfill ${id} is ${state.state}: there is nothing left to pause.`);
  }

  async function holdBack(file: BackfillFile): Promise<BackfillState> {
    await prepareTable();
    await addRow(file, 'paused', await now());
    return pause(file.id);
  }

  async function status(): Promise<BackfillState[]> {
    if (!(await hasTable())) return [];
    const rows = reader.selectFrom('schema_backfills').selectAll().where('scope', '=', scope).orderBy('id');
    const [found, at] = [await rows.execute(), await now()];
    return found.map((row) => toState(row, at));
  }

  async function plan(file: BackfillFile): Promise<BackfillPlan> {
    const { batch, ...keyed } = settingsOf(file);
    const row = (await hasTable()) ? await findBackfill(reader, scope, file.id) : null;
    const after = readCursor(row?.cursor ?? null);
    return withMigrator((migrator) =>
      migrator.transact(async (trx) => {
        const first_batch = await nextRange(trx, keyed, { after, rows: batch });
        return {
          ...{
            id: file.id,
            rows: await countRows(keyed.table),
            done_rows: row?.done_rows ?? 0,
            first_batch,
          },
          plan: first_batch ? await explainStatement(trx, dialect, file.script, first_batch) : [],
        };
      }),
    );
  }

  function verify(file: BackfillFile): Promise<Verification> {
    return withMigrator((migrator) => verifier.verify(migrator, file));
  }

  async function withMigrator<T>(work: (migrator: Migrator) => Promise<T>): Promise<T> {
    const migrator = await dialect.connectMigrator({ schema, wait_ms: LOCK_WAIT_MS });
    try {
      return await work(migrator);
    } finally {
      await migrator.close();
    }
  }

  /** Where Postgres knows about how many there are, counting a large table would take longer than the answer is worth. */
  async function countRows(table: string): Promise<number> {
    const named = schema === undefined ? sql.table(table) : sql.id(schema, table);
    if (dialect.name === 'postgres') {
      const oid =
        schema === undefined ? sql`${table}` : sql`format('%I.%I', ${schema}::text, ${table}::text)`;
      const { rows } = await sql<{ rows: number }>`
        select reltuples::bigint as rows from pg_class where oid = to_regclass(${oid})`.execute(reader);
      if ((rows[0]?.rows ?? 0) > 0) return rows[0]?.rows ?? 0;
    }
    const { rows } = await sql<{ rows: number }>`select count(*) as rows from ${named}`.execute(reader);
    return Number(rows[0]?.rows ?? 0);
  }

  async function prepareTable(): Promise<void> {
    if (await hasTable()) return;
    try {
      await transact(ensureBackfills);
    } catch (error) {
      // Two who make it at once: Postgres tells one of them that it exists.
      if (!dialect.isConflict(error)) throw error;
    }
  }

  async function unpause(id: string): Promise<BackfillState> {
    const state = await setState(id, ['paused', 'failed'], 'running');
    if (state.state !== 'verified') return state;
    throw new Problem('conflict', `The backfill ${id} is verified: there is nothing left to go on with.`);
  }

  return { run, fill, verify, pause, holdBack, unpause, status, plan };
}

function canBeTaken(row: BackfillRow, at: Instant): boolean {
  return row.state === 'failed' || mustBeginAnew(row) || (row.state === 'running' && !isHeld(row, at));
}

/** It came to its end, and is not right. */
function mustBeginAnew({ state, mismatches }: BackfillRow): boolean {
  return state === 'done' && (mismatches ?? 0) > 0;
}

function pickRows({ done_rows, total_rows }: BackfillRow): Pick<BackfillRow, 'done_rows' | 'total_rows'> {
  return { done_rows, total_rows };
}

async function explainStatement(
  db: Db,
  dialect: Dialect,
  script: string,
  range: KeyRange,
): Promise<string[]> {
  const statement = forRange<Record<string, unknown>>(script, range);
  if (dialect.name === 'postgres') {
    const { rows } = await sql<Record<string, string>>`explain ${statement}`.execute(db);
    return rows.map((line) => line['QUERY PLAN'] ?? '');
  }
  const { rows } = await sql<{ detail: string }>`explain query plan ${statement}`.execute(db);
  return rows.map(({ detail }) => detail);
}

function describeMismatches({ id, mismatches, examples }: Verification): string {
  const found = examples
    .map(({ key, name, old, new: now }) => `${key ?? name}: ${old} became ${now}`)
    .join('; ');
  return `The backfill ${id} ran to its end, and ${mismatches} rows are not as they should be (${found}). Whoever still writes the old shape alone does not go through its trigger; mend that and these rows, and run the backfill again.`;
}

export type { BackfillFile, BackfillProgress, BackfillState, RunOptions, Verification };
