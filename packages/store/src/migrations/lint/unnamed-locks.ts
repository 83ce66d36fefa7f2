/** Locks on tables that a statement does not name: where a foreign key points, the partitions of a table, who has a domain. */
import type { Act } from './acts.ts';
import { type Lock, locksOfAct } from './locks.ts';
import type { KnownConstraint, KnownSchema, KnownTable } from './schema-so-far.ts';

export function unnamedLocks(act: Act, schema: KnownSchema): Lock[] {
  if (act.do === 'check domain') return onDomain(schema, act.name);
  return [...onTargets(act, schema), ...onPartitions(act, schema)];
}

/** A foreign key has triggers over there, which go or are made anew with it. */
function onTargets(act: Act, schema: KnownSchema): Lock[] {
  return foreignKeysTouchedBy(act, schema).flatMap(({ target }) =>
    target === null ? [] : [{ table: target, lock: 'ACCESS EXCLUSIVE', scans: false }],
  );
}

function foreignKeysTouchedBy(act: Act, { tables }: KnownSchema): KnownConstraint[] {
  if (act.do === 'drop' && act.what === 'table') {
    return act.names.flatMap((name) => foreignKeysOf(tables.get(name)));
  }
  if (act.do === 'drop constraint') {
    const dropped = tables.get(act.table)?.constraints.get(act.name);
    return dropped?.type === 'foreign key' ? [dropped] : [];
  }
  if (act.do !== 'drop column' && act.do !== 'change type') return [];
  return foreignKeysOf(tables.get(act.table)).filter(({ columns }) => columns.includes(act.column));
}

function foreignKeysOf(table: KnownTable | undefined): KnownConstraint[] {
  return [...(table?.constraints.values() ?? [])].filter(({ type }) => type === 'foreign key');
}

/** What is done to a partitioned table alone. */
const NOT_HANDED_DOWN: readonly Act['do'][] = [
  'create table',
  'attach partition',
  'detach partition',
  'rename',
  'alter table',
];

function onPartitions(act: Act, schema: KnownSchema): Lock[] {
  if (NOT_HANDED_DOWN.includes(act.do)) return [];
  return locksOfAct(act).flatMap((lock) =>
    partitionsOf(schema, lock.table).map(({ name }) => ({ ...lock, table: name })),
  );
}

export function partitionsOf({ tables }: KnownSchema, table: string | null): KnownTable[] {
  return [...tables.values().filter(({ partitionOf }) => partitionOf.has(table ?? ''))];
}

function onDomain({ tables }: KnownSchema, domain: string): Lock[] {
  const having = tables
    .values()
    .filter(({ columns }) => columns.values().some(({ type }) => type === domain));
  return [...having].map(({ name }) => ({ table: name, lock: 'SHARE', scans: true }));
}
