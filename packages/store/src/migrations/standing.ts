/** Where a database stands, held against the files: read before anything is done, and again under the lock. */
import { Problem } from '@receptionist/core';
import packageJson from '../../package.json' with { type: 'json' };
import type { Dialect } from '../dialect.ts';
import { type MigrationFile, readMigrationFiles } from './files.ts';
import { type LedgerRow, readLedger } from './ledger.ts';
import type { MigrationStatus } from './migrations.ts';
import { ENGINE_TABLES } from './schema-object.ts';

export interface Standing {
  files: MigrationFile[];
  rows: Map<string, LedgerRow>;
  /** Of those that are known here. */
  done: Set<string>;
  /** Nobody was ever here. */
  isEmpty: boolean;
}

export interface Place {
  dialect: Dialect;
  folder: URL;
  /** A tenant's; without it ours. */
  schema?: string | undefined;
}

/** @throws Problem when the files are wrong, or the database has been where they do not lead */
export async function readStanding({ dialect, folder, schema }: Place): Promise<Standing> {
  const files = await readMigrationFiles(folder);
  const ledger = await readOurLedger(dialect, schema);
  const rows = new Map(ledger.map((row) => [row.id, row]));
  refuseUnknown(files, ledger);
  const done = new Set(files.map(({ id }) => id).filter((id) => rows.get(id)?.state === 'done'));
  return { files, rows, done, isEmpty: ledger.length === 0 };
}

/** @throws Problem `unavailable` for a database that was filled without us */
export async function readOurLedger(dialect: Dialect, schema?: string): Promise<LedgerRow[]> {
  const ledger = await readLedger(dialect, schema);
  if (ledger.length > 0) return ledger;
  const tables = await dialect.tableNames(schema);
  const others = tables.filter((name) => !ENGINE_TABLES.includes(name));
  if (others.length === 0) return ledger;
  // Somebody may have migrated between the two looks: tables are committed together with what the ledger says of them.
  const since = await readLedger(dialect, schema);
  if (since.length > 0) return since;
  throw unusable(
    `holds other tables (${others.slice(0, 3).join(', ')}) and no migration of ours: it is another program's. Check DATABASE_URL; or, where these tables are as our migrations make them, run receptionistd migrate baseline`,
  );
}

const STATES: readonly string[] = ['done', 'running', 'dirty', 'planned'];

function refuseUnknown(files: MigrationFile[], ledger: LedgerRow[]): void {
  const known = new Map(files.map((file) => [file.id, file]));
  const last = files.at(-1)?.id ?? '';
  for (const { id, phase, checksum, app_version, state, applied_at } of ledger) {
    const file = known.get(id);
    if (!STATES.includes(state)) {
      throw unusable(
        `has the migration ${id} in the state "${state}", which this version (${packageJson.version}) does not know; ${app_version} wrote it. Run that version, or mend its row in schema_migrations`,
      );
    }
    if (Number.isNaN(Date.parse(applied_at))) {
      throw unusable(
        `has the migration ${id} as applied at "${applied_at}", which is no time. Mend its row in schema_migrations`,
      );
    }
    // Everything before a contract is made so that the version before can live with it.
    if (!file && id > last && (phase !== 'contract' || state === 'planned')) continue;
    if (!file && id > last) {
      throw unusable(
        `has the migration ${id} from a newer version (${app_version}), which took away what this version needs. Run that version or a newer one`,
      );
    }
    if (!file) {
      throw unusable(`has the migration ${id}, whose file is missing here. Restore the file ${id}.sql`);
    }
    if (state === 'done' && file.checksum !== checksum) {
      throw unusable(
        `has the migration ${id}, whose file was edited since. Undo the edit and write a new migration`,
      );
    }
  }
}

function unusable(what: string): Problem {
  return new Problem('unavailable', `The database ${what}. Nothing was changed.`);
}

/** In the order in which they apply; what a newer version applied comes last. */
export function toStatuses({ files, rows }: Standing, holder: string | null): MigrationStatus[] {
  const known = new Set(files.map(({ id }) => id));
  const newer = [...rows.values()].filter(({ id }) => !known.has(id));
  return [
    ...files.map(({ id, phase }) => toStatus({ id, phase, from_newer: false }, rows.get(id), holder)),
    ...newer.map((row) =>
      toStatus({ id: row.id, phase: row.phase as MigrationFile['phase'], from_newer: true }, row, holder),
    ),
  ];
}

function toStatus(
  file: Pick<MigrationStatus, 'id' | 'phase' | 'from_newer'>,
  row: LedgerRow | undefined,
  migrating: string | null,
): MigrationStatus {
  const state = stateOf(row, migrating !== null);
  const [applied_at, duration_ms] =
    state === 'applied' && row ? [row.applied_at, row.duration_ms] : [null, null];
  const error = state === 'dirty' ? (row?.error ?? 'the process that ran it ended before it') : null;
  const holder = state === 'running' ? migrating : null;
  const way_out = error && (file.from_newer ? wayOutOfNewer(row) : wayOut(file.id));
  return { ...file, state, applied_at, duration_ms, holder, error, way_out };
}

function stateOf(row: LedgerRow | undefined, isMigrating: boolean): MigrationStatus['state'] {
  switch (row?.state) {
    case 'done':
      return 'applied';
    case 'dirty':
      return 'dirty';
    case 'running':
      return isMigrating ? 'running' : 'dirty';
    default:
      return 'pending';
  }
}

/** What is left of it stands in a file that is not here. */
function wayOutOfNewer(row: LedgerRow | undefined): string {
  return `Run receptionistd migrate up of version ${row?.app_version}, which began it.`;
}

export function wayOut(id: string): string {
  return `Mend what the error names, then run: receptionistd migrate up. It goes on in ${id} where it stopped.`;
}
