/** Who holds what migrations wait for on Postgres. */
import { sql } from 'kysely';
import type { Db } from '../schema.ts';
import { outlineOf } from './statements.ts';

/** A transaction lets go of it with its end, also that of its process; and behind a pooler it keeps its connection. */
export const lockKey = (schema: string | undefined) =>
  sql`hashtextextended('receptionist migrates ' || ${schema ?? sql`current_schema()`}, 0)`;

/** Who migrates, in words; null where nobody does. */
export async function lockHolder(db: Db, schema?: string): Promise<string | null> {
  const { rows } = await sql<Holder>`
    select ${HOLDER}, coalesce(
      (select string_agg(working.query, '; ') from pg_stat_activity working
       where working.datname = a.datname and working.application_name = a.application_name and working.pid <> a.pid
         and working.state = 'active' and working.pid <> pg_backend_pid()),
      a.query) as query
    from pg_locks l join pg_stat_activity a using (pid), (select ${lockKey(schema)} as key) wanted
    where l.locktype = 'advisory' and l.granted and l.objsubid = 1
      and l.database = (select oid from pg_database where datname = current_database())
      and l.classid::bigint = ((wanted.key >> 32) & 4294967295) and l.objid::bigint = (wanted.key & 4294967295)`.execute(
    db,
  );
  return rows[0] ? inWords(rows[0]) : null;
}

/** Who keeps a process of the server waiting, in words; null where nobody does. */
export async function blockerOf(db: Db, pid: number): Promise<string | null> {
  const { rows } = await sql<Holder>`
    select ${HOLDER}, a.query from pg_stat_activity a where a.pid = any(pg_blocking_pids(${pid})) order by since limit 1`.execute(
    db,
  );
  return rows[0] ? inWords(rows[0]) : null;
}

interface Holder {
  pid: number;
  user: string | null;
  application: string | null;
  since: string | null;
  query: string | null;
}

const HOLDER = sql`a.pid, a.usename as "user", a.application_name as application, coalesce(a.xact_start, a.backend_start) as since`;

function inWords({ pid, user, application, since, query }: Holder): string {
  const program = application
    ? `${application} (pid ${pid}, user ${user ?? 'unknown'})`
    : `pid ${pid}, user ${user ?? 'unknown'}`;
  return `${program}, since ${since ?? 'an unknown time'}, with: ${outlineOf(query ?? '')}`;
}
