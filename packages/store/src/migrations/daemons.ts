/**
 * Who runs on this database: each daemon says every few seconds that it is there and which migrations its code knows, so that
 * nothing is taken away that one of them still needs.
 */
import type { Instant } from '@receptionist/core';
import { sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import type { Db } from '../schema.ts';

export interface DaemonsTable {
  instance_id: string;
  role: string;
  version: string;
  /** The id of the newest migration that its code knows. */
  knows: string;
  /** The same of the files of tenants' schemas, which count by themselves; null: it did not say. */
  knows_of_tenants: string | null;
  /** `[]`: nobody says anything here any more. Daemons of versions beside this one write it, and read it as JSON. */
  needs_until: string;
  host: string;
  pid: number;
  started_at: Instant;
  seen_at: Instant;
}

/** Each has its own files, numbers and gates: the shared schema, and those of tenants. */
export type Series = 'shared' | 'tenants';

/** A daemon as it introduces itself. */
export type DaemonIdentity = Pick<DaemonsTable, 'instance_id' | 'role' | 'version' | 'host' | 'pid'>;

export type RunningDaemon = Omit<DaemonsTable, 'needs_until'>;

/** Connections of a daemon that is not in the table: of a version before there was one, or of one that could not write to it. */
export interface UnknownConnections {
  application_name: string;
  connections: number;
  since: Instant;
}

export interface Daemons {
  /** It is there; the first time and every BEAT_MS. */
  beat(daemon: DaemonIdentity): Promise<void>;
  /** It stops in order. */
  leave(instance_id: string): Promise<void>;
  /** Those that were seen lately; [] where the table is not there yet. */
  list(): Promise<RunningDaemon[]>;
  /** Those that know migrations beyond this one, and so may need them; in words. */
  newerThan(id: string, series?: Series): Promise<string[]>;
  /** Always none on SQLite, which does not know who has the file open. */
  unknownConnections(): Promise<UnknownConnections[]>;
}

export const BEAT_MS = 10_000;
const GONE_AFTER_MS = 60_000;

/** The name of a daemon's connections; a bare prefix is that of versions which did not register. */
export const DAEMON_NAME = 'receptionistd';
/** Of tools: no daemon. */
export const MIGRATOR_NAME = 'receptionistd migrate';

export function nameConnections(instance_id: string): string {
  return `${DAEMON_NAME}/${instance_id}`;
}

export interface DaemonsOptions {
  dialect: Dialect;
  now: () => Promise<Instant>;
  /** The id of the newest migration that this code knows. */
  knows: () => Promise<string>;
  /** Of tenants' schemas, where there can be such. */
  knowsOfTenants?: (() => Promise<string>) | undefined;
}

export function createDaemons({ dialect, now, knows, knowsOfTenants }: DaemonsOptions): Daemons {
  async function beat(daemon: DaemonIdentity): Promise<void> {
    const seen = { seen_at: await now(), ...(await knowledgeOfTenants()) };
    const row = { ...daemon, knows: await knows(), needs_until: '[]', ...seen };
    await dialect.writer.transaction().execute(async (trx) => {
      await trx
        .insertInto('daemons')
        .values({ ...row, started_at: seen.seen_at })
        .onConflict((conflict) => conflict.column('instance_id').doUpdateSet(seen))
        .execute();
      await trx.deleteFrom('daemons').where('seen_at', '<=', goneBefore(seen.seen_at)).execute();
    });
  }

  /** Nothing until the next `migrate up` has made the column: the contracts of tenants wait so long. */
  async function knowledgeOfTenants(): Promise<Pick<DaemonsTable, 'knows_of_tenants'> | null> {
    if (!knowsOfTenants || !(await saysOfTenants(dialect, dialect.reader))) return null;
    return { knows_of_tenants: await knowsOfTenants() };
  }

  async function leave(instance_id: string): Promise<void> {
    await dialect.writer
      .transaction()
      .execute((trx) => trx.deleteFrom('daemons').where('instance_id', '=', instance_id).execute());
  }

  async function list(): Promise<RunningDaemon[]> {
    if (!(await dialect.tableNames()).includes('daemons')) return [];
    return runningDaemons(dialect.reader, await now());
  }

  async function unknownConnections(): Promise<UnknownConnections[]> {
    if (dialect.name === 'sqlite') return [];
    const known = new Set((await list()).map(({ instance_id }) => nameConnections(instance_id)));
    const { rows } = await sql<UnknownConnections>`
      select application_name, count(*) as connections, min(backend_start) as since from pg_stat_activity
      where datname = current_database() and (application_name = ${DAEMON_NAME} or starts_with(application_name, ${nameConnections('')}))
        -- A pooler's connection keeps the name of who used it last; a daemon asks something every second.
        and (state is distinct from 'idle' or state_change > ${goneBefore(await now())}::timestamptz)
      group by application_name order by application_name`.execute(dialect.reader);
    return rows.filter(({ application_name }) => !known.has(application_name));
  }

  async function newerThan(id: string, series: Series = 'shared'): Promise<string[]> {
    const mayNeed = (known: string | null) => known === null || known > id;
    return (await list()).filter((daemon) => mayNeed(newestKnown(daemon, series))).map(describeDaemon);
  }

  return { beat, leave, list, newerThan, unknownConnections };
}

/** Those that were seen lately, of a table that is there. */
export async function runningDaemons(db: Db, at: Instant): Promise<RunningDaemon[]> {
  const rows = await db
    .selectFrom('daemons')
    .selectAll()
    .where('seen_at', '>', goneBefore(at))
    .orderBy('started_at')
    .orderBy('instance_id')
    .execute();
  return rows.map(({ needs_until: _, knows_of_tenants = null, ...row }) => ({ ...row, knows_of_tenants }));
}

/** Whether a contract migration would take something away that it needs. */
export function needsOldShape(daemon: RunningDaemon, contractId: string, series: Series = 'shared'): boolean {
  const known = newestKnown(daemon, series);
  return known === null || known < contractId;
}

/** Null: it did not say, and may need anything. */
function newestKnown({ knows, knows_of_tenants }: RunningDaemon, series: Series): string | null {
  return series === 'shared' ? knows : knows_of_tenants;
}

/** In words for the operator. */
export function describeDaemon(daemon: RunningDaemon): string {
  const { instance_id, role, version, knows, knows_of_tenants, host, pid } = daemon;
  const known = `${knows || 'no migration'}${knows_of_tenants ? ` and tenants/${knows_of_tenants}` : ''}`;
  return `${instance_id} (${role}, version ${version}, knows ${known}, ${host} pid ${pid})`;
}

function goneBefore(at: Instant): Instant {
  return new Date(Date.parse(at) - GONE_AFTER_MS).toISOString();
}

/** Gives that of an older version, on Postgres, the place for what daemons know of tenants' files. */
export async function renewDaemons(
  dialect: Pick<Dialect, 'columnNames' | 'reader' | 'writer'>,
): Promise<void> {
  const { reader, writer, columnNames } = dialect;
  const columns = await columnNames(reader, 'daemons');
  if (columns.length === 0 || columns.includes('knows_of_tenants')) return;
  await sql`alter table daemons add column if not exists knows_of_tenants text`.execute(writer);
}

async function saysOfTenants({ columnNames }: Pick<Dialect, 'columnNames'>, db: Db): Promise<boolean> {
  return (await columnNames(db, 'daemons')).includes('knows_of_tenants');
}

/** Makes it, or gives that of an older version what it lacks. Instants are text, as in schema_migrations. */
export async function ensureDaemons(dialect: Pick<Dialect, 'columnNames'>, db: Db): Promise<void> {
  await db.schema
    .createTable('daemons')
    .ifNotExists()
    .addColumn('instance_id', 'text', (column) => column.primaryKey())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('knows', 'text', (column) => column.notNull())
    .addColumn('needs_until', 'text', (column) => column.notNull())
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('pid', 'integer', (column) => column.notNull())
    .addColumn('started_at', 'text', (column) => column.notNull())
    .addColumn('seen_at', 'text', (column) => column.notNull())
    .execute();
  if (!(await saysOfTenants(dialect, db)))
    await db.schema.alterTable('daemons').addColumn('knows_of_tenants', 'text').execute();
}
