/** What breaks the version that still runs. In phase contract most of it is in its place: the engine waits until nobody needs it. */
import type { Act, Drop, DropTarget, Renamed } from './acts.ts';
import type { RuleName } from './catalogue.ts';
import { type ActRule, constraintOf, isInUse, type Scene, tableOf, thingsInWords } from './rule.ts';
import { tableOfIndex } from './schema-so-far.ts';

export const COMPATIBILITY_RULES = {
  'drop-column': beforeContract((scene) => {
    const { act } = scene;
    return act.do === 'drop column' && isInUse(scene, act.table)
      ? `${act.table}.${act.column} is dropped`
      : null;
  }),
  'drop-table': beforeContract((scene) => {
    const gone = dropped(scene, 'table').filter((name) => isInUse(scene, name) && !isRebuilt(scene, name));
    return gone.length > 0 ? `${thingsInWords('table', gone)} dropped` : null;
  }),
  'drop-schema': (scene) => {
    const gone = [...dropped(scene, 'schema'), ...dropped(scene, 'database')];
    return gone.length > 0 ? `${gone.join(', ')} is dropped whole` : null;
  },
  'rename-column': (scene) => {
    const { act } = scene;
    const isOurs = act.do === 'rename' && act.table !== null && !isInUse(scene, act.table);
    return isOurs ? null : renamed(scene, ['column']);
  },
  'rename-table': (scene) => {
    const { act } = scene;
    // What the file has made may take the name of what it has dropped: SQLite's way to change a table.
    return act.do === 'rename' && isInUse(scene, act.from)
      ? renamed(scene, ['table', 'view', 'sequence'])
      : null;
  },
  'rename-schema': (scene) => renamed(scene, ['schema', 'database']),
  'rename-enum-value': (scene) => renamed(scene, ['enum value']),
  'drop-not-null': beforeContract((scene) => columnChange(scene, 'drop not null', 'may be null from now on')),
  'drop-default': beforeContract((scene) => columnChange(scene, 'drop default', 'loses its default')),
  'drop-unique': beforeContract(dropUnique),
  'change-signature': changeSignature,
  'change-enum': (scene) => {
    const { act } = scene;
    if (act.do !== 'add enum value' || (act.placed && act.guarded && !isUsedLater(scene, act.value)))
      return null;
    return `The value ${act.value} is added to an enum`;
  },
} satisfies Partial<Record<RuleName, ActRule>>;

function beforeContract(rule: ActRule): ActRule {
  return (scene) => (scene.file.phase === 'contract' ? null : rule(scene));
}

function dropped({ act }: Scene, what: DropTarget): readonly string[] {
  return act.do === 'drop' && act.what === what ? act.names : [];
}

/** Something of the file takes its name afterwards. */
function isRebuilt({ file }: Scene, table: string): boolean {
  return file.statements.some(({ acts }) =>
    acts.some((act) => act.do === 'rename' && act.what === 'table' && act.to === table),
  );
}

function renamed({ act }: Scene, kinds: readonly Renamed[]): string | null {
  if (act.do !== 'rename' || !kinds.includes(act.what)) return null;
  const where = act.what === 'column' && act.table !== null ? `${act.table}.` : '';
  return `The ${act.what} ${where}${act.from} is renamed to ${act.to}`;
}

function columnChange(scene: Scene, change: Act['do'], outcome: string): string | null {
  const { act } = scene;
  if (act.do !== change || !('column' in act) || !('table' in act) || act.table === null) return null;
  return isInUse(scene, act.table) ? `${act.table}.${String(act.column)} ${outcome}` : null;
}

function dropUnique(scene: Scene): string | null {
  const { act, schema } = scene;
  if (act.do === 'drop constraint') {
    return mayBeUnique(scene, act) ? `The constraint ${act.name} of ${act.table} is dropped` : null;
  }
  if (act.do === 'rename' && act.what === 'constraint' && act.table !== null) {
    return mayBeUnique(scene, { table: act.table, name: act.from, guarded: false })
      ? `The constraint ${act.from} of ${act.table} is renamed`
      : null;
  }
  const index = dropped(scene, 'index').find((name) => tableOfIndex(schema, name)?.indexes.get(name)?.unique);
  return index ? `The unique index ${index} is dropped` : null;
}

/** One that no file has made may be of any kind, unless the files have made its table and it need not be there. */
function mayBeUnique(scene: Scene, dropped: { table: string; name: string; guarded: boolean }): boolean {
  const type = constraintOf(scene, dropped)?.type;
  if (type === undefined) return !(dropped.guarded && tableOf(scene, dropped.table));
  return type === 'unique' || type === 'primary key' || type === 'exclusion';
}

function changeSignature(scene: Scene): string | null {
  const { act, schema, file } = scene;
  if (act.do === 'create view' && act.replaces && schema.views.has(act.name)) {
    return `The view ${act.name} is replaced`;
  }
  if (act.do === 'create function') {
    const known = schema.functions.get(act.name);
    return act.replaces && known !== undefined && known.signature !== act.signature
      ? `The parameters or the result of ${act.name} change`
      : null;
  }
  const moved = renamed(scene, ['function', 'type']);
  if (moved !== null) return moved;
  if (file.phase === 'contract' || !isDropOfCode(act)) return null;
  return `The ${act.what} ${act.names.join(', ')} is dropped`;
}

const CODE: readonly DropTarget[] = ['view', 'function', 'type', 'sequence'];

function isDropOfCode(act: Act): act is Drop {
  return act.do === 'drop' && CODE.includes(act.what);
}

function isUsedLater({ file, statement }: Scene, value: string): boolean {
  return (
    file.transaction &&
    file.statements.some((other) => other !== statement && other.text.includes(`'${value}'`))
  );
}
