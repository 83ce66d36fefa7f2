/** Where two schemas are not the same, object by object, with what repairs it. */
import type { DialectName } from '../dialect.ts';
import { fixFor } from './schema-fixes.ts';
import { inReadingOrder, type ObjectKind, type SchemaObject } from './schema-object.ts';

export interface Difference {
  kind: ObjectKind;
  /** With its table before it, where it belongs to one. */
  name: string;
  difference: 'missing' | 'extra' | 'differs';
  /** Null: it should not be there. */
  expected: string | null;
  /** Null: it is not there. */
  found: string | null;
  /** A statement, or what to do in words where one is not enough. */
  fix: string;
}

/** What has one name in both, or in one of them. */
export interface Pair extends Pick<SchemaObject, 'kind' | 'table' | 'name'> {
  expected: SchemaObject | undefined;
  found: SchemaObject | undefined;
}

export function compareSchemas(
  expected: readonly SchemaObject[],
  live: readonly SchemaObject[],
  dialect: DialectName,
): Difference[] {
  const pairs = pairUp(expected, live);
  // A table that only one has: its columns and indexes need not be named too.
  const half = new Set(
    pairs.filter((pair) => pair.kind === 'table' && !isInBoth(pair)).map(({ name }) => name),
  );
  return pairs
    .filter((pair) => !isSame(pair) && !half.has(pair.table ?? ''))
    .toSorted(inMendingOrder)
    .map((pair) => toDifference(pair, fixFor(pair, { dialect, expected })));
}

/** What should not be there goes first, each before what it leans on; but what a column may be made of goes last. */
function inMendingOrder(a: Pair, b: Pair): number {
  const isExtra = stageOf(a) !== 1;
  return stageOf(a) - stageOf(b) || (isExtra ? inReadingOrder(b, a) : inReadingOrder(a, b));
}

function stageOf({ kind, expected }: Pair): 0 | 1 | 2 {
  if (expected) return 1;
  return kind === 'type' || kind === 'sequence' || kind === 'function' ? 2 : 0;
}

function pairUp(expected: readonly SchemaObject[], live: readonly SchemaObject[]): Pair[] {
  const found = new Map(live.map((object) => [keyOf(object), object]));
  const known = new Set(expected.map(keyOf));
  return [
    ...expected.map((object) => ({ ...identity(object), expected: object, found: found.get(keyOf(object)) })),
    ...live
      .filter((object) => !known.has(keyOf(object)))
      .map((object) => ({ ...identity(object), expected: undefined, found: object })),
  ];
}

function identity({ kind, table, name }: SchemaObject) {
  return { kind, table, name };
}

function keyOf({ kind, table, name }: SchemaObject): string {
  return JSON.stringify([kind, table, name]);
}

function isInBoth({ expected, found }: Pair): boolean {
  return expected !== undefined && found !== undefined;
}

function isSame({ expected, found }: Pair): boolean {
  if (!expected || !found) return false;
  return expected.state === found.state && spaceless(expected) === spaceless(found);
}

/** SQLite keeps what was typed, and `on turns(at)` is `on turns (at)`. */
function spaceless({ definition }: SchemaObject): string {
  return definition.replaceAll(/\s*([(),])\s*/g, '$1');
}

function toDifference(pair: Pair, fix: string): Difference {
  const { kind, table, name, expected, found } = pair;
  return {
    kind,
    name: table === null ? name : `${table}.${name}`,
    difference: differenceOf(pair),
    expected: expected ? shown(expected) : null,
    found: found ? shown(found) : null,
    fix,
  };
}

function differenceOf({ expected, found }: Pair): Difference['difference'] {
  if (!expected) return 'extra';
  return found ? 'differs' : 'missing';
}

function shown({ kind, name, definition, state }: SchemaObject): string {
  const text = definition || `${kind} ${name}`;
  return state === 'ok' ? text : `${text} (${state})`;
}
