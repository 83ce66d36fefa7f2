/** What SQLite has and Postgres' grammar does not: read by its words, or put into Postgres' words. */
import type { Act } from './acts.ts';
import { dropped } from './read-objects.ts';

const NAME = String.raw`(?:main\s*\.\s*)?["\`[]?(\w+)["\`\]]?`;
const CREATE_TRIGGER = new RegExp(
  String.raw`^create\s+(?:temp(?:orary)?\s+)?trigger\s+(if\s+not\s+exists\s+)?${NAME}[\s\S]*?\bon\s+${NAME}([\s\S]*?)\bbegin\b([\s\S]*)$`,
  'i',
);
const DROP_TRIGGER = new RegExp(String.raw`^drop\s+trigger\s+(if\s+exists\s+)?${NAME}`, 'i');
const CREATE_VIRTUAL = /^create\s+virtual\s+table\s+(if\s+not\s+exists\s+)?/i;

export function readSqliteOnly(text: string): Act | null {
  const trigger = CREATE_TRIGGER.exec(text);
  if (trigger) return readTrigger(trigger);
  const dropTrigger = DROP_TRIGGER.exec(text);
  if (dropTrigger) return dropped('trigger', [dropTrigger[2] ?? ''], { guarded: Boolean(dropTrigger[1]) });
  const virtual = CREATE_VIRTUAL.exec(text);
  // An index of words beside a table: it can be made anew from that.
  if (virtual) return { do: 'other', guarded: Boolean(virtual[1]) };
  if (/^pragma\b/i.test(text)) return { do: 'set', name: /^pragma\s+(\w+)/i.exec(text)?.[1] ?? '' };
  if (/^reindex\b/i.test(text)) return { do: 'other', guarded: true };
  if (/^vacuum\b/i.test(text)) {
    return { do: 'lock whole', command: 'vacuum', tables: [], lock: 'ACCESS EXCLUSIVE' };
  }
  return null;
}

function readTrigger([, guarded, name = '', table = '', condition = '', body = '']: RegExpExecArray): Act {
  const conditional = /\bwhen\b/i.test(condition);
  return {
    do: 'create trigger',
    table,
    name,
    runs: '',
    guarded: Boolean(guarded),
    conditional,
    loopSafe: conditional,
    writes: /\b(update|insert|delete|replace)\b/i.test(body),
  };
}

/** What is quoted or a comment stays as it is. */
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//.source;

/** In the order in which they apply. */
const IN_POSTGRES_WORDS: readonly (readonly [RegExp, string])[] = [
  [/`((?:[^`]|``)*)`|\[([^\]]*)\]/, '"$1$2"'],
  [/\)\s*(?:(?:strict|without\s+rowid)\s*,?\s*)+$/, ')'],
  [/\bautoincrement\b/, ''],
  [/\bprimary\s+key\s+(?:asc|desc)\b/, 'primary key'],
  [/\bon\s+conflict\s+(?:rollback|abort|fail|ignore|replace)\b/, ''],
  [/\b(insert|update)\s+or\s+(?:rollback|abort|fail|ignore|replace)\b/, '$1'],
  [/^replace\s+into\b/, 'insert into'],
  [/^begin\s+(?:deferred|immediate|exclusive)\b/, 'begin'],
  [/\s+not\s+indexed\b|\s+indexed\s+by\s+\w+/, ''],
  [/\b(?:glob|regexp|match)\b(?=\s*')/, 'like'],
  [/==/, '='],
  [/\bis\s+not\b(?!\s+(?:null|true|false|distinct|unknown)\b)/, '<>'],
  [/\bis\b(?!\s+(?:not|null|true|false|distinct|unknown)\b)/, '='],
];
/** In a table a column may be `name type as (…)`. */
const COMPUTED: readonly [RegExp, string] = [
  /(?<!\balways\s+)\bas\s*\((?!\s*(?:select|with|values)\b)/,
  'generated always as (',
];

export function inPostgresWords(sql: string): string {
  const isTable = /^(create\s+(temp(orary)?\s+)?|alter\s+)table\b/i.test(sql);
  return [...IN_POSTGRES_WORDS, ...(isTable ? [COMPUTED] : [])].reduce(
    (text, [pattern, words]) => replaceOutsideQuotes(text, pattern, words),
    sql,
  );
}

function replaceOutsideQuotes(text: string, pattern: RegExp, words: string): string {
  const either = new RegExp(`(?<quoted>${QUOTED})|${pattern.source}`, 'gi');
  return text.replace(either, (whole, ...rest) => {
    const { quoted } = rest.at(-1) as { quoted?: string };
    // `$1` and `$2` count from behind the quoted group.
    return quoted === undefined ? words.replace(/\$(\d)/g, (_, place) => rest[Number(place)] ?? '') : whole;
  });
}
