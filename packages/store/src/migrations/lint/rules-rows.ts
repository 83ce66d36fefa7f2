/** Rows: what loses them, holds them for long, or depends on what stands in them. */
import type { Act } from './acts.ts';
import type { RuleName } from './catalogue.ts';
import { locksOfAct } from './locks.ts';
import { type ActRule, isInUse, type Scene, tableOf } from './rule.ts';

export const ROW_RULES = {
  truncate: (scene) => {
    const { act } = scene;
    const inUse = act.do === 'truncate' ? act.tables.filter((table) => isInUse(scene, table)) : [];
    return inUse.length > 0 ? `${inUse.join(', ')} is emptied` : null;
  },
  'drop-cascade': ({ act }) => ('cascade' in act && act.cascade ? 'CASCADE stands behind a drop' : null),
  'change-without-batches': (scene) => {
    const { act, file } = scene;
    if ((act.do !== 'update' && act.do !== 'delete') || !isInUse(scene, act.table)) return null;
    if (file.phase === 'backfill' && act.where !== null) return null;
    return `The rows of ${act.table} are ${act.do}d${act.where === null ? ', all of them,' : ''} in one statement`;
  },
  'rows-and-shape-together': (scene) => {
    const { act, before, file } = scene;
    const rows = rowsOf(scene, act);
    if (rows === null || !file.transaction) return null;
    const changed = before.flatMap(locksOfAct).find(({ table, lock }) => {
      const isShape = lock === 'ACCESS EXCLUSIVE' || lock === 'SHARE';
      return isShape && table !== null && isInUse(scene, table);
    });
    return changed ? `Rows of ${rows} are read or written after ${changed.table} was changed` : null;
  },
  'unique-over-old-rows': (scene) => {
    const { act, file } = scene;
    if (act.do !== 'create index' || !act.unique || !isInUse(scene, act.table)) return null;
    const isNew = (name: string | null) =>
      name !== null && tableOf(scene, act.table)?.columns.get(name)?.addedIn === file.id;
    // A column of the same file is null in all old rows, and nulls are never equal.
    if (act.columns.some(isNew) || act.whereNotNull.some(isNew)) return null;
    return `The index ${act.name ?? ''} is unique over rows that ${act.table} has already`;
  },
  'checked-domain': ({ act }) => (act.do === 'check domain' ? `The domain ${act.name} has a check` : null),
  'assigned-twice': ({ act }) => {
    const assigned = 'assigned' in act ? act.assigned : [];
    const twice = assigned.find((column, index) => assigned.indexOf(column) !== index);
    return twice === undefined ? null : `${twice} is assigned twice`;
  },
  'table-rebuilt': (scene) => {
    const { act } = scene;
    return act.do === 'rename' && act.what === 'table' && !isInUse(scene, act.from)
      ? `The table ${act.to} is made anew`
      : null;
  },
} satisfies Partial<Record<RuleName, ActRule>>;

/** The table in use whose rows the act reads or writes. */
function rowsOf(scene: Scene, act: Act): string | null {
  if (act.do === 'update' || act.do === 'delete') return isInUse(scene, act.table) ? act.table : null;
  if (act.do !== 'insert') return null;
  return act.from.find((table) => isInUse(scene, table)) ?? null;
}
