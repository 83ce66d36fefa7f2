/** What a schema consists of, whatever the database. */

/** In the order in which they are shown: what tables are made of, tables with what belongs to them, what is made of tables. */
const KINDS = [
  'type',
  'sequence',
  'function',
  'table',
  'column',
  'constraint',
  'index',
  'trigger',
  'rule',
  'policy',
  'view',
] as const;
export type ObjectKind = (typeof KINDS)[number];

export interface SchemaObject {
  kind: ObjectKind;
  /** Of a column, constraint, index, trigger, rule or policy: whose. */
  table: string | null;
  name: string;
  /** As SQL says it. */
  definition: string;
  /** `invalid`: an index whose building was broken off. `disabled`: a trigger or rule that does not fire, a reference that is not kept. */
  state: 'ok' | 'invalid' | 'disabled';
}

/** What the engine makes for itself: the same in every version's database, or altered by the engine when it next runs. */
export const ENGINE_TABLES: readonly string[] = ['schema_migrations', 'schema_backfills', 'daemons'];

type Identity = Pick<SchemaObject, 'kind' | 'table' | 'name'>;

/** Sorts a table before what belongs to it. */
export function inReadingOrder(a: Identity, b: Identity): number {
  return (
    part(a) - part(b) ||
    compare(a.table ?? a.name, b.table ?? b.name) ||
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
    compare(a.name, b.name)
  );
}

function part({ kind }: Identity): number {
  if (kind === 'view') return 2;
  return KINDS.indexOf(kind) < KINDS.indexOf('table') ? 0 : 1;
}

/** By code units, whatever the language of the machine. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
