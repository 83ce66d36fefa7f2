/** Which changes of a column's type Postgres makes without a look at its rows. */
import type { ChangedType, Column } from './acts.ts';

/** Whether the change is one of the catalogue alone, and no row is read. */
export function isWidened(
  from: Pick<Column, 'type' | 'limits'>,
  { type, limits, computed }: ChangedType,
): boolean {
  const isText = TEXTS.has(from.type) && TEXTS.has(type);
  if (computed || !(isText || (from.type === type && LIMITED.has(type)))) return false;
  const [longest, scale] = limits;
  if (longest === undefined) return true;
  const [before, scaleBefore] = from.limits;
  return before !== undefined && longest >= before && scale === scaleBefore;
}

const TEXTS = new Set(['text', 'varchar']);
/** Their limit is looked at when a value is written, and is no part of it. */
const LIMITED = new Set(['numeric', 'varbit', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval']);
