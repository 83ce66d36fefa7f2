/**
 * Holds old and new against each other by the file's `-- verify` query, which answers rows `(name, old, new)` or
 * `(mismatches)`. Where it names `:after` and `:upto` it is asked range by range, each a statement and so a state of its own
 * that writers cannot disturb, and a range that does not fit is halved until its keys are found.
 */
import { type Instant, Problem } from '@receptionist/core';
import type { Dialect, Migrator } from '../dialect.ts';
import type { Db } from '../schema.ts';
import { ensureBackfills, hasBackfills, noteVerified, updateBackfill } from './backfill-rows.ts';
import { type BackfillFile, settingsOf } from './backfill-runner.ts';
import { forRange, hasRange, type Key, type KeyRange, nextRange } from './key-ranges.ts';
import { readLedger } from './ledger.ts';

export interface Verification {
  id: string;
  verified: boolean;
  mismatches: number;
  /** Rows that were looked at; null: the query was asked once for all. */
  rows: number | null;
  /** At most five. */
  examples: MismatchExample[];
}

export interface MismatchExample {
  /** Of one row; null: the query has no ranges. */
  key: string | null;
  name: string;
  old: string | null;
  new: string | null;
}

/** A row of the query's answer. */
type Answer = { name: string; old: string | null; new: string | null } | { mismatches: number };
interface Difference {
  mismatches: number;
  found: Omit<MismatchExample, 'key'>[];
}

const RANGE_ROWS = 5_000;
const MOST_EXAMPLES = 5;

export function createVerifier({
  dialect,
  schema,
  now,
}: {
  dialect: Dialect;
  /** A tenant's. */
  schema: string | undefined;
  now: () => Promise<Instant>;
}) {
  async function verify(migrator: Migrator, file: BackfillFile): Promise<Verification> {
    const { id, verify: query } = file;
    const backfill = settingsOf(file);
    if (query === null) {
      throw new Problem(
        'conflict',
        `The backfill ${id} has no "-- verify" section, so nobody can tell whether it is right.`,
      );
    }
    const found = hasRange(query)
      ? await verifyRanges(migrator, { ...backfill, query })
      : await verifyAtOnce(migrator, query);
    const verification = { id, verified: found.mismatches === 0, ...found };
    await record(migrator, verification, backfill.batch);
    return verification;
  }

  async function verifyRanges(migrator: Migrator, keyed: KeyedQuery): Promise<Found> {
    const found: Found = { mismatches: 0, rows: 0, examples: [] };
    let after: Key | null = null;
    for (;;) {
      const range: KeyRange | null = await migrator.transact((trx) =>
        nextRange(trx, keyed, { after, rows: RANGE_ROWS }),
      );
      if (!range) return found;
      const { mismatches } = await migrator.transact((trx) => ask(trx, keyed.query, range));
      found.mismatches += mismatches;
      found.rows = (found.rows ?? 0) + range.rows;
      if (mismatches > 0) await findExamples(migrator, keyed, range, found.examples);
      after = range.upto;
    }
  }

  /** Halves a range that does not fit, until it is of one row. */
  async function findExamples(
    migrator: Migrator,
    keyed: KeyedQuery,
    range: KeyRange,
    examples: MismatchExample[],
  ): Promise<void> {
    if (examples.length >= MOST_EXAMPLES) return;
    const { mismatches, found } = await migrator.transact((trx) => ask(trx, keyed.query, range));
    if (mismatches === 0) return;
    if (range.rows === 1) {
      const key = range.upto.join(', ');
      examples.push(...found.slice(0, 1).map((difference) => ({ key, ...difference })));
      return;
    }
    for (const half of await halves(migrator, keyed, range))
      await findExamples(migrator, keyed, half, examples);
  }

  function halves(
    migrator: Migrator,
    keyed: KeyedQuery,
    { after, upto, rows }: KeyRange,
  ): Promise<KeyRange[]> {
    return migrator.transact(async (trx) => {
      const first = await nextRange(trx, keyed, { after, upto, rows: Math.ceil(rows / 2) });
      const second = first && (await nextRange(trx, keyed, { after: first.upto, upto, rows }));
      return [first, second].filter((half) => half !== null);
    });
  }

  async function record(
    migrator: Migrator,
    { id, verified, mismatches, rows }: Verification,
    batch: number,
  ): Promise<void> {
    const scope = schema ?? 'public';
    const at = await now();
    const hasTable = await hasBackfills(dialect, schema);
    // A baseline has rows that nothing here has filled, and a contract asks for the proof all the same.
    const isApplied = (await readLedger(dialect, schema)).some(
      (row) => row.id === id && row.state === 'done',
    );
    await migrator.transact(async (trx) => {
      if (hasTable)
        await updateBackfill(trx, scope, id)
          .where('state', 'in', ['done', 'verified'])
          .set({
            state: verified ? 'verified' : 'done',
            verified_at: verified ? at : null,
            mismatches,
            updated_at: at,
          })
          .execute();
      if (!verified || !isApplied) return;
      await ensureBackfills(trx);
      await noteVerified(trx, scope, { id, batch, rows: rows ?? 0, at });
    });
  }

  return { verify };
}

type Found = Pick<Verification, 'mismatches' | 'rows' | 'examples'>;

interface KeyedQuery {
  table: string;
  key: readonly string[];
  query: string;
}

async function verifyAtOnce(migrator: Migrator, query: string): Promise<Found> {
  const { mismatches, found } = await migrator.transact((trx) => ask(trx, query, { after: [], upto: [] }));
  const examples = found.slice(0, MOST_EXAMPLES).map((difference) => ({ key: null, ...difference }));
  return { mismatches, rows: null, examples };
}

async function ask(db: Db, query: string, range: Pick<KeyRange, 'after' | 'upto'>): Promise<Difference> {
  const { rows } = await forRange<Answer>(query, range).execute(db);
  const found = rows.flatMap((answer) => differenceIn(answer));
  return {
    mismatches: found.reduce((sum, { mismatches }) => sum + mismatches, 0),
    found: found.map(({ shown }) => shown),
  };
}

function differenceIn(answer: Answer): { mismatches: number; shown: Omit<MismatchExample, 'key'> }[] {
  if ('mismatches' in answer) {
    const mismatches = Number(answer.mismatches);
    return mismatches === 0
      ? []
      : [{ mismatches, shown: { name: 'mismatches', old: '0', new: String(mismatches) } }];
  }
  const [old, now] = [shownValue(answer.old), shownValue(answer.new)];
  return old === now ? [] : [{ mismatches: 1, shown: { name: answer.name, old, new: now } }];
}

function shownValue(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
