/** A database with as many entries as years of work leave, most of them resolved. */
import { type AdminClient, ROUTES } from '@receptionist/admin-api';
import { until } from '../../harness/real-time.ts';
import { execute, query } from '../../harness/sql.ts';
import { northside } from '../../harness/tenants.ts';

const PATIENCE_MS = 10_000;

/** One entry that is open and one that is resolved, made as they are in life. */
export async function makeModels(admin: AdminClient): Promise<Models> {
  await admin.call(ROUTES.createTenant, { body: northside() });
  const open = await file(admin);
  const resolved = await file(admin);
  const params = { entry_id: resolved };
  await admin.call(ROUTES.resolveEntry, { params, body: { notes: 'called back, all is well' } });
  return { open, resolved };
}

interface Models {
  open: string;
  resolved: string;
}

/** Copies them until there are so many of each; the daemon must not run. */
export async function multiply(
  databaseUrl: string,
  models: Models,
  counts: { open: number; resolved: number },
): Promise<void> {
  await copy(databaseUrl, models.open, counts.open);
  await copy(databaseUrl, models.resolved, counts.resolved);
  // As autovacuum does in production; a transaction of its own.
  if (!databaseUrl.startsWith('sqlite:')) await execute(databaseUrl, 'vacuum analyze human_fallback');
}

async function file(admin: AdminClient): Promise<string> {
  const { event_id } = await admin.call(ROUTES.createEscalation, {
    params: { tenant_id: 't1' },
    body: { caller: '+14155550123', reason: 'complaint', reason_detail: 'the crown came off again' },
  });
  let filed: string | null = null;
  await until('it is filed', PATIENCE_MS, async () => {
    ({ entry_id: filed } = await admin.call(ROUTES.getEvent, { params: { event_id } }));
    return filed !== null;
  });
  return filed ?? '';
}

/** An entry and its event name each other, so the references are not checked while they are copied. */
async function copy(databaseUrl: string, entry_id: string, count: number): Promise<void> {
  const onSqlite = databaseUrl.startsWith('sqlite:');
  const numbers = onSqlite
    ? `with recursive numbers(n) as (select 2 union all select n + 1 from numbers where n < ${count})`
    : `with numbers as (select generate_series(2, ${count}) as n)`;
  const ending = onSqlite ? "printf('%08d', n)" : "lpad(n::text, 8, '0')";
  const fresh = (column: string) => `substr(${column}, 1, length(${column}) - 8) || ${ending}`;
  const insert = async (table: string) => {
    const [row = {}] = await query(databaseUrl, `select * from ${table} where entry_id = '${entry_id}'`);
    const columns = Object.keys(row);
    const values = columns.map((column) =>
      column === 'entry_id' || column === 'event_id' ? fresh(column) : column,
    );
    return `insert into ${table} (${columns}) ${numbers}
      select ${values} from ${table}, numbers where entry_id = '${entry_id}';`;
  };
  const unchecked = onSqlite ? 'pragma foreign_keys = off;' : 'set session_replication_role = replica;';
  await execute(
    databaseUrl,
    [unchecked, await insert('escalate_events'), await insert('human_fallback')].join('\n'),
  );
}
