/** SQL for a new column that takes the place of an old one: triggers in both directions, backfill, verification, contract. */
import { Problem } from '@receptionist/core';
import type { DialectName } from '../dialect.ts';
import { loadParser } from './lint/parser.ts';
import { readFolder } from './lint/read-folder.ts';
import { type KnownTable, schemaAfter } from './lint/schema-so-far.ts';
import type { Phase } from './migrations.ts';

export interface Replacement {
  table: string;
  key: readonly string[];
  before: string;
  after: string;
  /** As Postgres calls them. */
  types: { before: string; after: string };
  /** What the old column has, and the new one lacks until somebody sees to it. */
  lacks: { indexes: readonly string[]; notNull: boolean; fallback: boolean };
}

const WORDS =
  /^([a-z_][a-z0-9_]*)\.([a-z_][a-z0-9_]*)=([a-z_][a-z0-9_]*):([a-z][a-z0-9 ]*(?:\([0-9, ]+\))?)$/;

/** Looks up in the files before it what the table's key and the old column's type are. @throws Problem `invalid_parameter` */
export async function describeReplacement(
  words: string,
  { migrations, folder }: { migrations: URL; folder: 'postgres' | 'postgres-tenant' },
): Promise<Replacement> {
  const [, tableName = '', before = '', after = '', type = ''] = WORDS.exec(words) ?? [];
  if (tableName === '') {
    throw wrong(
      `"${words}" says no replacement. Write table.old=new:type, such as turns.took_ms=took_us:bigint.`,
    );
  }
  const { files } = await readFolder(migrations, folder, await loadParser());
  const { tables } = schemaAfter(files);
  const table = tables.get(tableName);
  if (!table)
    throw wrong(`No migration makes a table "${tableName}". There are: ${[...tables.keys()].join(', ')}.`);
  return {
    table: tableName,
    ...columnsOf(table, before, after),
    before,
    after,
    types: { before: typeOf(table, before), after: type },
    lacks: lacking(table, before),
  };
}

function columnsOf(
  { name, columns, primaryKey }: KnownTable,
  before: string,
  after: string,
): Pick<Replacement, 'key'> {
  if (!columns.has(before)) {
    throw wrong(`The table ${name} has no column "${before}". It has: ${[...columns.keys()].join(', ')}.`);
  }
  if (columns.has(after))
    throw wrong(`The table ${name} has a column "${after}" already. Choose another name.`);
  if (primaryKey.columns.includes(before)) {
    throw wrong(
      `${name}.${before} is part of the primary key, by which the backfill goes: replace the table instead.`,
    );
  }
  if (primaryKey.columns.length === 0) {
    throw wrong(`The table ${name} has no primary key for the backfill to go by. Write its files by hand.`);
  }
  return { key: primaryKey.columns };
}

function typeOf({ columns }: KnownTable, name: string): string {
  const { type = 'text', limits = [] } = columns.get(name) ?? {};
  return limits.length > 0 ? `${type}(${limits.join(', ')})` : type;
}

function lacking({ columns, indexes }: KnownTable, name: string): Replacement['lacks'] {
  const column = columns.get(name);
  return {
    indexes: [...indexes].filter(([, index]) => index.columns.includes(name)).map(([index]) => index),
    notNull: column?.notNull ?? false,
    fallback: column !== undefined && column.defaultTo !== 'nothing',
  };
}

function wrong(message: string): Problem {
  return new Problem('invalid_parameter', message);
}

/** What follows the head of the file. */
export function replacementScript(replacement: Replacement, phase: Phase, dialect: DialectName): string {
  return SCRIPTS[phase](toWords(replacement, dialect), dialect);
}

/** What the scripts are put together from. */
interface Words extends Replacement {
  /** Type of the new column in this dialect. */
  type: string;
  /** Of `prefix`.old, as the new column has it, and the other way round. */
  forward: (prefix: string) => string;
  back: (prefix: string) => string;
  range: string;
  names: { fillNew: string; fillOld: string };
}

function toWords(replacement: Replacement, dialect: DialectName): Words {
  const { table, key, before, after, types } = replacement;
  const to =
    dialect === 'postgres' ? types : { before: sqliteType(types.before), after: sqliteType(types.after) };
  const cast = (value: string, type: string) =>
    to.before === to.after ? value : `cast(${value} as ${type})`;
  const keys = key.length === 1 ? key.join() : `(${key.join(', ')})`;
  return {
    ...replacement,
    type: to.after,
    forward: (prefix) => cast(`${prefix}${before}`, to.after),
    back: (prefix) => cast(`${prefix}${after}`, to.before),
    range: `${keys} > :after and ${keys} <= :upto`,
    names: { fillNew: `${table}_fills_${after}`, fillOld: `${table}_fills_${before}` },
  };
}

/** SQLite's strict tables know five types; the rest of Postgres' are text there. */
function sqliteType(type: string): string {
  if (/^(int|big|small|bool)/.test(type)) return 'integer';
  return /^(float|double|real|numeric|decimal)/.test(type) ? 'real' : 'text';
}

const SCRIPTS: Readonly<Record<Phase, (words: Words, dialect: DialectName) => string>> = {
  expand: (words, dialect) => `
-- Takes the place of ${words.before}.${reminders(words)}
alter table ${words.table} add column ${words.after} ${words.type};

-- Whoever writes one of the two writes both, until the contract. Where both come, the new one counts.
${dialect === 'postgres' ? postgresTriggers(words) : sqliteTriggers(words)}
-- down
${triggersGone(words, dialect)}alter table ${words.table} drop column ${words.after};
`,
  backfill: (words) => `-- table: ${words.table}
-- key: ${words.key.join(', ')}
-- batch: 1000

-- What was written before the triggers were there.
update ${words.table} set ${words.after} = ${words.forward('')}
where ${words.range} and ${words.after} is null and ${words.before} is not null;

-- verify
select '${words.after}' as name, ${words.forward('')} as old, ${words.after} as new
from ${words.table}
where ${words.range} and ${words.after} is distinct from ${words.forward('')};

-- down
-- Nothing to undo: the column goes with the expand.
`,
  switch: ({ before, after }) => `
-- That this stands in schema_migrations is the switch: the code reads ${after} from then on, and ${before} before.

-- down
-- Without this row the code reads ${before} again.
`,
  contract: (words, dialect) => `-- grace: 24h

-- Nobody reads or writes ${words.before} any more. Comes with a later release than the files before.
${triggersGone(words, dialect)}${indexesGone(words, dialect)}alter table ${words.table} drop column ${words.before};
`,
};

function reminders({ before, after, lacks }: Words): string {
  const lines = [
    ...(lacks.indexes.length > 0
      ? [
          `What ${lacks.indexes.join(', ')} is to ${before}, ${after} needs too: in a file with "-- transaction: no".`,
        ]
      : []),
    ...(lacks.notNull
      ? [`${before} is never null: once it is filled, ${after} can promise that as well.`]
      : []),
    ...(lacks.fallback
      ? [`${before} has a default: until ${after} has it too, whoever means null has to write it to both.`]
      : []),
  ];
  return lines.map((line) => `\n-- ${line}`).join('');
}

/** What a trigger assigns calls no trigger, so these end; `update of` sees what the writer named, a change to null too. */
function postgresTriggers({ table, before, after, forward, back, names }: Words): string {
  const fill = (
    name: string,
    column: string,
    value: string,
  ) => `create function ${name}() returns trigger language plpgsql as $$
begin
  new.${column} := ${value};
  return new;
end
$$;
`;
  return `${fill(names.fillNew, after, forward('new.'))}${fill(names.fillOld, before, back('new.'))}create trigger ${names.fillNew}_1 before insert on ${table} for each row
  when (new.${after} is null and new.${before} is not null) execute function ${names.fillNew}();
create trigger ${names.fillOld}_1 before insert on ${table} for each row
  when (new.${after} is not null) execute function ${names.fillOld}();
create trigger ${names.fillNew}_2 before update of ${before} on ${table} for each row
  when (new.${before} is distinct from old.${before} and new.${after} is not distinct from old.${after})
  execute function ${names.fillNew}();
create trigger ${names.fillOld}_2 before update of ${after} on ${table} for each row
  when (${forward('new.')} is distinct from new.${after}) execute function ${names.fillOld}();
`;
}

/** What a trigger updates calls the other one, which finds both equal and does nothing. */
function sqliteTriggers({ table, key, before, after, forward, back, names }: Words): string {
  const row = key.map((column) => `${column} = new.${column}`).join(' and ');
  const trigger = (
    name: string,
    event: string,
    when: string,
    set: string,
  ) => `create trigger ${name} after ${event} on ${table}
  when ${when}
begin
  update ${table} set ${set} where ${row};
end;
`;
  const setNew = `${after} = ${forward('new.')}`;
  const setOld = `${before} = ${back('new.')}`;
  const differ = `new.${after} is distinct from ${forward('new.')}`;
  return [
    trigger(`${names.fillNew}_1`, 'insert', `new.${after} is null and new.${before} is not null`, setNew),
    trigger(`${names.fillOld}_1`, 'insert', `new.${after} is not null and ${differ}`, setOld),
    trigger(
      `${names.fillNew}_2`,
      `update of ${before}`,
      `new.${before} is distinct from old.${before} and new.${after} is not distinct from old.${after} and ${differ}`,
      setNew,
    ),
    trigger(`${names.fillOld}_2`, `update of ${after}`, differ, setOld),
  ].join('');
}

/** Postgres takes them away with the column; SQLite refuses. */
function indexesGone({ lacks }: Words, dialect: DialectName): string {
  return dialect === 'sqlite' ? lacks.indexes.map((name) => `drop index if exists ${name};\n`).join('') : '';
}

function triggersGone({ table, names }: Words, dialect: DialectName): string {
  const triggers = [names.fillNew, names.fillOld].flatMap((name) => [`${name}_1`, `${name}_2`]);
  if (dialect === 'sqlite') return triggers.map((name) => `drop trigger ${name};\n`).join('');
  const functions = [names.fillNew, names.fillOld].map((name) => `drop function ${name}();\n`);
  return [...triggers.map((name) => `drop trigger ${name} on ${table};\n`), ...functions].join('');
}
