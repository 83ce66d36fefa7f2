/**
 * Everything that is said differently to Postgres than to SQLite. Nothing here outlives its transaction on the server (no
 * settings of the session, no named statements, no LISTEN), so that a pooler in transaction mode may stand in between.
 */
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  type PostgresPool,
  type PostgresPoolClient,
  PostgresQueryCompiler,
  sql,
} from 'kysely';
import pg from 'pg';
import { storableText } from './columns.ts';
import type { Dialect } from './dialect.ts';
import { MIGRATOR_NAME } from './migrations/daemons.ts';
import { lockHolder } from './migrations/postgres-lock-holder.ts';
import {
  createPostgresMigrator,
  LOCK_TIMEOUT,
  type MigratorConnections,
} from './migrations/postgres-migrator.ts';
import { type PostgresAddress, readPostgresAddress } from './postgres-address.ts';
import { explain, isConflict, LateError, type Listener } from './postgres-errors.ts';
import type { Db, Tables } from './schema.ts';
import type { StoreLog } from './store.ts';

/** How long we wait for Postgres. A caller waits too, and hears an apology after the first of these. */
interface Patience {
  /** For a connection: a new one, or one that others are using. */
  connectMs: number;
  /** For the answer to a statement, before the connection is given up: Postgres itself gives up before that. */
  answerMs: number;
  /** What Postgres keeps to in each transaction. */
  limits: Readonly<
    Record<'statement_timeout' | 'lock_timeout' | 'idle_in_transaction_session_timeout', string>
  > & { search_path?: string };
}

const PATIENCE: Patience = {
  connectMs: 2_000,
  answerMs: 2_500,
  limits: { statement_timeout: '2s', lock_timeout: '1500ms', idle_in_transaction_session_timeout: '10s' },
};
/** A schema change takes its time. But while it waits for a lock, everybody waits behind it: rather often than long. */
const MIGRATION_PATIENCE: Patience = {
  connectMs: 10_000,
  answerMs: 2 ** 31 - 1,
  limits: { statement_timeout: '0', lock_timeout: LOCK_TIMEOUT, idle_in_transaction_session_timeout: '60s' },
};
/** It waits, and does nothing, for as long as others work under it. */
const LOCK_PATIENCE: Patience = {
  ...MIGRATION_PATIENCE,
  limits: { ...MIGRATION_PATIENCE.limits, idle_in_transaction_session_timeout: '0' },
};

export interface PostgresOptions {
  url: string;
  /** The same database past a pooler, for migrations. */
  directUrl?: string | undefined;
  poolSize: number;
  /** Who we are, for whoever looks at the connections. */
  applicationName?: string | undefined;
  log?: StoreLog | undefined;
}

/** Connects at the first query. @throws Problem `invalid_parameter` for an address that cannot be one */
export function openPostgres({
  url,
  directUrl = url,
  poolSize,
  applicationName = MIGRATOR_NAME,
  log,
}: PostgresOptions): Dialect {
  const address = readPostgresAddress(url);
  const { db, close } = connect({ address, poolSize, applicationName, patience: PATIENCE, log });
  const migratorAddress = readPostgresAddress(directUrl);
  return {
    name: 'postgres',
    writer: db,
    reader: db,
    async now() {
      const { now } = await db
        .selectNoFrom(sql<string>`clock_timestamp()`.as('now'))
        .executeTakeFirstOrThrow();
      return now;
    },
    async commitNothing() {
      // Who has a number of their own is written down when they commit.
      await db.transaction().execute((trx) => sql`select pg_current_xact_id()`.execute(trx));
    },
    isConflict,
    tableNames: (schema) => tableNames(db, schema),
    columnNames,
    migrating: (schema) => lockHolder(db, schema),
    connectMigrator: (options = {}) =>
      createPostgresMigrator((purpose) => connectMigrator(migratorAddress, purpose, options.schema), options),
    close,
  };
}

/** Of our schema or another, without those that belong to an extension. */
async function tableNames(db: Db, schema?: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relnamespace = (select oid from pg_namespace where nspname = ${schema ?? sql`current_schema()`}) and relkind in ('r', 'p')
      and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e')
    order by relname`.execute(db);
  return rows.map(({ name }) => name);
}

async function columnNames(db: Db, table: string, schema?: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select attname as name from pg_attribute join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
    where nspname = ${schema ?? sql`current_schema()`} and relname = ${table} and attnum > 0 and not attisdropped`.execute(
    db,
  );
  return rows.map(({ name }) => name);
}

function connectMigrator(address: PostgresAddress, purpose: 'work' | 'lock', schema: string | undefined) {
  const patience = purpose === 'lock' ? LOCK_PATIENCE : MIGRATION_PATIENCE;
  return connect({
    address,
    // Work has a second one, to see who is in its way.
    poolSize: purpose === 'lock' ? 1 : 2,
    patience: schema === undefined ? patience : inSchema(patience, schema),
    applicationName: MIGRATOR_NAME,
  });
}

function inSchema(patience: Patience, schema: string): Patience {
  return { ...patience, limits: { ...patience.limits, search_path: `"${schema}"` } };
}

interface ConnectOptions {
  address: PostgresAddress;
  poolSize: number;
  applicationName: string;
  patience: Patience;
  log?: StoreLog | undefined;
}

function connect({ address, poolSize, applicationName, patience, log }: ConnectOptions): MigratorConnections {
  const listener = { shown: address.shown, isDaemon: applicationName !== MIGRATOR_NAME };
  const pool = new pg.Pool({
    connectionString: address.connectionString,
    ssl: address.ssl,
    max: poolSize,
    connectionTimeoutMillis: patience.connectMs,
    keepAlive: true,
    fallback_application_name: applicationName,
    types: { getTypeParser },
  });
  // Unhandled, either of these would end the process: a connection breaks while it is idle, or between two queries.
  pool.on('error', (error) =>
    log?.warn({ error }, 'an idle connection to the database broke; the next query makes another'),
  );
  pool.on('connect', (client) => client.on('error', () => {}));
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new LimitedDriver(guarded(pool, listener, patience), patience),
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  return { db, isPooled: () => isPooled(pool, listener), close: () => pool.end() };
}

/** A pooler gives each client a key of its own to cancel with, and not the server's, of which the process id is part. */
async function isPooled(pool: pg.Pool, listener: Listener): Promise<boolean> {
  try {
    const client = await pool.connect();
    try {
      const { rows } = await client.query('select pg_backend_pid() as pid');
      return rows[0].pid !== (client as pg.PoolClient & { processID: number }).processID;
    } finally {
      client.release();
    }
  } catch (error) {
    throw explain(error, listener);
  }
}

/** Begins each transaction with its limits, in one message: they end with it. */
class LimitedDriver extends PostgresDriver {
  readonly #begin: CompiledQuery;

  constructor(pool: PostgresPool, { limits }: Patience) {
    super({ pool });
    const settings = Object.entries(limits).map(([name, value]) =>
      // A list of names is not one name.
      name === 'search_path' ? `set local ${name} = ${value}` : `set local ${name} = '${value}'`,
    );
    this.#begin = CompiledQuery.raw(['begin', ...settings].join('; '));
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(this.#begin);
  }
}

/** The pool as Kysely wants it, with parameters that Postgres takes and errors that a person understands. */
function guarded(pool: pg.Pool, listener: Listener, { answerMs }: Patience): PostgresPool {
  const explained = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw explain(error, listener);
    }
  };
  return {
    options: {},
    end: () => pool.end(),
    async connect() {
      const client = await explained(pool.connect());
      const query = (text: string, values: readonly unknown[]) =>
        explained(answer(client, answerMs, text, values));
      // Kysely would also ask with cursors, for streams; nothing here does.
      return {
        query: query as unknown as PostgresPoolClient['query'],
        release: (discard) => client.release(discard),
      };
    },
  };
}

/** A connection on which no answer came in time is given up, and the query with it: nobody knows what it would say next. */
async function answer(client: pg.PoolClient, ms: number, text: string, values: readonly unknown[]) {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    client.connection.stream.destroy();
  }, ms);
  try {
    return await client.query(text, values.map(storable));
  } catch (error) {
    throw late ? new LateError(`no answer in ${ms} ms`, { cause: error }) : error;
  } finally {
    clearTimeout(timer);
  }
}

function storable(value: unknown): unknown {
  return typeof value === 'string' ? storableText(value) : value;
}

const { builtins } = pg.types;

/** As SQLite has them: instants and JSON are text, and a count is a number. */
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [builtins.INT8]: Number,
  [builtins.NUMERIC]: Number,
  [builtins.JSONB]: (text) => text,
  [builtins.TIMESTAMPTZ]: (text) => pg.types.getTypeParser(builtins.TIMESTAMPTZ)(text).toISOString(),
};

const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  PARSERS[oid] ?? pg.types.getTypeParser(oid, format as 'text');
