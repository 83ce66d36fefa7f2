/**
 * What a contract migration waits for: everything that it needs is there, the backfills are verified, the switch is old enough
 * to be trusted, and nobody runs who needs what it takes away. Each gate says what it found, what it needs and what to do.
 */
import { type Instant, Problem } from '@receptionist/core';
import { recordAudit } from '../audit.ts';
import type { Dialect } from '../dialect.ts';
import { type BackfillRow, findBackfill, hasBackfills } from './backfill-rows.ts';
import { createDaemons, describeDaemon, needsOldShape, type Series } from './daemons.ts';
import { inSchema } from './in-schema.ts';
import { type LedgerRow, readLedger } from './ledger.ts';

/** What the gates need of a migration file. */
export interface GatedFile {
  id: string;
  phase: string;
  needs: readonly string[];
  grace_ms: number;
  backfill: object | null;
}

export interface Gate {
  name: 'needs' | 'backfills' | 'grace' | 'daemons' | 'connections';
  satisfied: boolean;
  found: string;
  needed: string;
  /** Null where it is satisfied. */
  todo: string | null;
}

export interface ContractGates {
  id: string;
  ready: boolean;
  gates: Gate[];
}

export interface ContractGateOptions {
  dialect: Dialect;
  /** A tenant's. */
  schema?: string | undefined;
  /** All there are, in order. */
  files: readonly GatedFile[];
  now: () => Promise<Instant>;
}

export function createContractGates({ dialect, schema, files, now }: ContractGateOptions) {
  const daemons = createDaemons({ dialect, now, knows: async () => '' });
  const series: Series = schema === undefined ? 'shared' : 'tenants';
  /** As it can be typed. */
  const named = (id: string) => (series === 'shared' ? id : `tenants/${id}`);

  /** @throws Problem `not_found` where there is no such file of phase contract */
  async function explain(id: string): Promise<ContractGates> {
    const file = files.find((one) => one.id === id && one.phase === 'contract');
    if (!file)
      throw new Problem(
        'not_found',
        `There is no contract migration ${id}. receptionistd migrate status lists them.`,
      );
    const needed = neededBy(file, files);
    const ledger = new Map((await readLedger(dialect, schema)).map((row) => [row.id, row]));
    const gates = [
      gateNeeds(needed, ledger),
      gateBackfills(await findBackfills(needed), named),
      gateGrace(file, needed, ledger, await now()),
      await gateDaemons(id),
      await gateConnections(),
    ];
    return { id, ready: gates.every(({ satisfied }) => satisfied), gates };
  }

  /** Why it must wait; null: it need not. */
  async function gate({ id, phase }: Pick<GatedFile, 'id' | 'phase'>): Promise<string | null> {
    if (phase !== 'contract') return null;
    const { gates } = await explain(id);
    const open = gates.filter(({ satisfied }) => !satisfied);
    return open.length === 0 ? null : open.map(({ found, todo }) => `${found}. ${todo}`).join(' ');
  }

  async function findBackfills(
    needed: readonly GatedFile[],
  ): Promise<{ id: string; row: BackfillRow | null }[]> {
    const inBatches = needed.filter(({ backfill }) => backfill !== null);
    const found = await hasBackfills(dialect, schema);
    return Promise.all(
      inBatches.map(async ({ id }) => ({
        id,
        row: found ? await findBackfill(inSchema(dialect.reader, schema), schema ?? 'public', id) : null,
      })),
    );
  }

  async function gateDaemons(id: string): Promise<Gate> {
    const running = await daemons.list();
    const old = running.filter((daemon) => needsOldShape(daemon, id, series));
    return {
      name: 'daemons',
      satisfied: old.length === 0,
      needed: 'every daemon that runs can live without what this takes away',
      found:
        old.length === 0
          ? `${running.length} running, none of which needs it`
          : `still needed by ${old.map(describeDaemon).join('; ')}`,
      todo:
        old.length === 0
          ? null
          : `Replace ${old.length === 1 ? 'it' : 'them'} by a version that knows ${named(id)}.`,
    };
  }

  async function gateConnections(): Promise<Gate> {
    const unknown = await daemons.unknownConnections();
    const listed = unknown.map(
      ({ application_name, connections, since }) => `${connections} as ${application_name} since ${since}`,
    );
    return {
      name: 'connections',
      satisfied: unknown.length === 0,
      needed: 'no connection of a daemon that has not registered',
      found:
        dialect.name === 'sqlite'
          ? 'SQLite does not tell who has the file open; a daemon of a version that does not register must be stopped by hand'
          : `${listed.join(', ') || 'none'}`,
      todo:
        unknown.length === 0
          ? null
          : 'They are of a daemon from before daemons registered, or of one that starts or was killed a moment ago. Stop it and look again in a minute.',
    };
  }

  return { explain, gate };
}

/** All that must come before it, whoever names it. */
function neededBy(file: GatedFile, files: readonly GatedFile[]): GatedFile[] {
  const ids = new Set(file.needs);
  for (const earlier of files.toReversed()) {
    if (ids.has(earlier.id)) for (const id of earlier.needs) ids.add(id);
  }
  return files.filter(({ id }) => ids.has(id));
}

type Ledger = ReadonlyMap<string, LedgerRow>;

function gateNeeds(needed: readonly GatedFile[], ledger: Ledger): Gate {
  const missing = needed.filter(({ id }) => ledger.get(id)?.state !== 'done').map(({ id }) => id);
  return {
    name: 'needs',
    satisfied: missing.length === 0,
    needed: needed.map(({ id }) => id).join(', ') || 'nothing',
    found: missing.length === 0 ? 'all applied' : `not applied: ${missing.join(', ')}`,
    todo: missing.length === 0 ? null : 'Run receptionistd migrate up.',
  };
}

function gateBackfills(
  backfills: readonly { id: string; row: BackfillRow | null }[],
  named: (id: string) => string,
): Gate {
  const open = backfills.filter(({ row }) => row?.state !== 'verified');
  const found = backfills.map(({ id, row }) =>
    row?.state === 'verified' ? `${id} verified at ${row.verified_at}` : `${id} ${describeUnverified(row)}`,
  );
  return {
    name: 'backfills',
    satisfied: open.length === 0,
    needed: 'every backfill verified, with no mismatch',
    found: found.join('; ') || 'there is none',
    todo: open.length === 0 ? null : open.map(({ id, row }) => todoOf(named(id), row)).join(' '),
  };
}

function todoOf(id: string, row: BackfillRow | null): string {
  // It leaves alone what is filled, be it wrong.
  if (row?.mismatches)
    return `Run receptionistd migrate backfill start ${id}; then mend by hand the rows that receptionistd migrate verify ${id} names.`;
  if (row?.state === 'paused') return `Run receptionistd migrate backfill resume ${id}.`;
  return `Run receptionistd migrate ${!row || row.state === 'done' ? 'verify' : 'backfill start'} ${id}.`;
}

function describeUnverified(row: BackfillRow | null): string {
  if (!row) return 'has not run';
  if (row.mismatches) return `has ${row.mismatches} mismatches`;
  return `is ${row.state}, ${row.done_rows} of ${row.total_rows} rows`;
}

function gateGrace(file: GatedFile, needed: readonly GatedFile[], ledger: Ledger, at: Instant): Gate {
  const switches = needed.filter(({ phase }) => phase === 'switch');
  const since = (switches.length > 0 ? switches : needed).map(({ id }) => ledger.get(id)?.applied_at ?? at);
  const from = Math.max(...since.map((applied) => Date.parse(applied)), Number.NEGATIVE_INFINITY);
  const until = from + file.grace_ms;
  const satisfied = until <= Date.parse(at);
  return {
    name: 'grace',
    satisfied,
    needed: `${describeMs(file.grace_ms)} since the last switch`,
    found: sinceSwitch(from, Date.parse(at)),
    todo: satisfied ? null : `Wait until ${new Date(until).toISOString()}.`,
  };
}

function sinceSwitch(from: number, now: number): string {
  if (!Number.isFinite(from)) return 'there was no switch';
  if (from <= now) return `${describeMs(now - from)} since the last switch`;
  return `the last switch is said to be at ${new Date(from).toISOString()}, which has not come: a clock went wrong, here or there (schema_migrations has that time)`;
}

function describeMs(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Who ran it in spite of its gates, and why. @throws Problem `invalid_parameter` without a reason */
export async function recordOverride(
  dialect: Dialect,
  {
    target,
    actor,
    reason,
    gates,
    at,
  }: { target: string; actor: string; reason: string; gates: readonly Gate[]; at: Instant },
): Promise<void> {
  if (reason.trim() === '') {
    throw new Problem(
      'invalid_parameter',
      'An override needs a reason: whoever reads the audit later will ask for it.',
    );
  }
  const ignored = gates.filter(({ satisfied }) => !satisfied).map(({ name, found }) => ({ name, found }));
  const row = {
    ...{ at, actor, action: 'override_contract', target },
    ...{ request_id: `migrate_${process.pid}`, address: null },
    ...{ before: { waiting_for: ignored }, after: { reason } },
  };
  // A write beside a transaction has little patience with others on SQLite.
  await dialect.writer.transaction().execute((transaction) => recordAudit(transaction, row));
}
