/** Rows: what loses them, holds them for long, or depends on what stands in them. */
import type { Act } from './acts.ts';
import type { RuleName } from './catalogue.ts';
import { locksOfAct } from './locks.ts';
import {
  type ActRule,
  indexInWords,
  isInUse,
  type Scene,
  subjectOf,
  tableOf,
  thingsInWords,
} from './rule.ts';

export const ROW_RULES = {
  truncate: (scene) => {
    const { act } = scene;
    const inUse = act.do === 'truncate' ? act.tables.filter((table) => isInUse(scene, table)) : [];
    return inUse.length > 0 ? `${thingsInWords('table', inUse)} emptied` : null;
  },
  'drop-cascade': ({ act }) =>
    'cascade' in act && act.cascade ? `${subjectOf(act)} is dropped with CASCADE` : null,
  'change-without-batches': (scene) => {
    const { act, file } = scene;
    if ((act.do !== 'update' && act.do !== 'delete') || !isInUse(scene, act.table)) return null;
    if (file.phase === 'backfill' && act.where !== null) return null;
    return `The rows of ${act.table} are ${act.do}d${act.where === null ? ', all of them,' : ''} in one statement`;
  },
  'rows-and-shape-together': (scene) => {
    const { act, before, file, statement } = scene;
    if (!file.transaction) return null;
    const rows = rowsOf(scene, act);
    const changed = rows === null ? null : firstOf(before, (each) => shapeOf(scene, each));
    if (changed) return `Rows of ${rows} are read or written after ${changed} was changed`;
    const shape = act === statement.acts[0] ? shapeOf(scene, act) : null;
    const written = shape === null ? null : firstOf(before, (each) => changedRows(scene, each));
    return written ? `${shape} is changed after rows of ${written} were written` : null;
  },
  'unique-over-old-rows': (scene) => {
    const { act, file } = scene;
    if (act.do !== 'create index' || !act.unique || !isInUse(scene, act.table)) return null;
    const isNew = (name: string | null) =>
      name !== null && tableOf(scene, act.table)?.columns.get(name)?.addedIn === file.id;
    // A column of the same file is null in all old rows, and nulls are never equal.
    if (act.columns.some(isNew) || act.whereNotNull.some(isNew)) return null;
    return `${indexInWords(act)} is unique over rows that are there already`;
  },
  'checked-domain': ({ act }) => (act.do === 'check domain' ? `The domain ${act.name} has a check` : null),
  'assigned-twice': ({ act }) => {
    const lists = 'assigned' in act ? act.assigned : [];
    const twice = lists.flatMap((list) => list.filter((column, at) => list.indexOf(column) !== at))[0];
    return twice === undefined ? null : `${twice} is assigned twice`;
  },
  'table-rebuilt': (scene) => {
    const { act } = scene;
    return act.do === 'rename' && act.what === 'table' && !isInUse(scene, act.from)
      ? `The table ${act.to} is made anew`
      : null;
  },
} satisfies Partial<Record<RuleName, ActRule>>;

function firstOf<T>(acts: readonly Act[], find: (act: Act) => T | null): T | null {
  for (const act of acts) {
    const found = find(act);
    if (found !== null) return found;
  }
  return null;
}

/** The table in use that it changes, so that nobody writes meanwhile. */
function shapeOf(scene: Scene, act: Act): string | null {
  const changed = locksOfAct(act).find(({ table, lock }) => {
    const isShape = lock === 'ACCESS EXCLUSIVE' || lock === 'SHARE';
    return isShape && table !== null && isInUse(scene, table);
  });
  return changed?.table ?? null;
}

function changedRows(scene: Scene, act: Act): string | null {
  if (act.do !== 'update' && act.do !== 'delete') return null;
  return isInUse(scene, act.table) ? act.table : null;
}

/** The table in use whose rows the act reads or writes. */
function rowsOf(scene: Scene, act: Act): string | null {
  if (act.do !== 'insert') return changedRows(scene, act);
  return act.from.find((table) => isInUse(scene, table)) ?? null;
}
