/**
 * SQLite keeps the text of each statement, with its comments and line ends, and changes it where a table is altered. What a
 * check says stands nowhere else, so it is read from there.
 */
import { ENGINE_TABLES, type SchemaObject } from './schema-object.ts';

export interface SqliteSchemaRow {
  type: string;
  name: string;
  tbl_name: string;
  /** Null: SQLite made it by itself, as the index of a unique constraint. */
  sql: string | null;
}

export function readSqliteSchema(rows: readonly SqliteSchemaRow[]): SchemaObject[] {
  return rows
    .filter(({ name, tbl_name }) => !name.startsWith('sqlite_') && !ENGINE_TABLES.includes(tbl_name))
    .flatMap(({ type, name, tbl_name, sql }) => {
      if (sql === null) return [];
      if (type === 'table') return readTable(name, sql);
      const table = type === 'view' ? null : tbl_name;
      return [object({ kind: kindOf(type), table, name, definition: canonical(sql) })];
    });
}

type Described = Pick<SchemaObject, 'kind' | 'table' | 'name' | 'definition'>;

function object(described: Described): SchemaObject {
  return { ...described, state: 'ok' };
}

function kindOf(type: string): 'index' | 'trigger' | 'view' {
  if (type === 'index' || type === 'trigger' || type === 'view') return type;
  throw new Error(`SQLite has a ${type}, which the dump does not know`);
}

function readTable(table: string, sql: string): SchemaObject[] {
  const { head, members, tail } = splitTable(tokensOf(sql));
  const virtual = head[1] === 'virtual' ? `virtual ${join(head.slice(3))}` : '';
  return [
    object({ kind: 'table', table: null, name: table, definition: virtual || join(tail) }),
    ...members.map((tokens) => readMember(table, tokens)),
  ];
}

const CONSTRAINT = ['constraint', 'primary', 'unique', 'check', 'foreign'];

function readMember(table: string, tokens: readonly string[]): SchemaObject {
  const [first = '', second = ''] = tokens;
  const definition = join(tokens);
  if (!CONSTRAINT.includes(first))
    return object({ kind: 'column', table, name: unquoted(first), definition });
  // Most have no name, and are what they say.
  return object({
    kind: 'constraint',
    table,
    name: first === 'constraint' ? second : definition,
    definition,
  });
}

function unquoted(name: string): string {
  return /^["`[]/.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name;
}

/** `create table x ( a, b ) strict`: what is before the members, they, and what comes after. */
function splitTable(tokens: readonly string[]) {
  const open = tokens.indexOf('(');
  const members: string[][] = [[]];
  let depth = 1;
  let at = open + 1;
  for (; at < tokens.length; at++) {
    const token = tokens[at] ?? '';
    if (token === '(') depth++;
    if (token === ')') depth--;
    if (depth === 0) break;
    if (depth === 1 && token === ',') members.push([]);
    else members.at(-1)?.push(token);
  }
  return { head: tokens.slice(0, open), members, tail: tokens.slice(at + 1) };
}

function canonical(sql: string): string {
  return join(tokensOf(sql));
}

const TOKEN =
  /(?<skipped>\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<text>'(?:[^']|'')*')|(?<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|(?<word>[\p{L}\p{N}_$.]+)|(?<sign><>|<=|>=|==|!=|\|\||->>|->|.)/gsu;
const PLAIN_NAME = /^[a-z_][a-z0-9_]*$/;

/** Without comments; words in lower case; names without quotes where they need none: renaming a table adds them. */
function tokensOf(sql: string): string[] {
  return [...sql.matchAll(TOKEN)].flatMap(({ 0: token, groups = {} }) => {
    const { skipped, quoted, word } = groups;
    if (skipped !== undefined) return [];
    if (word !== undefined) return [word.toLowerCase()];
    if (quoted === undefined) return [token];
    const name = quoted.slice(1, -1);
    return [PLAIN_NAME.test(name) ? name : quoted];
  });
}

/** After these a parenthesis begins a list or an expression; after other words it begins the arguments of a function. */
const BEFORE_PARENTHESIS =
  /^(?:check|in|key|unique|values|and|or|not|as|case|when|then|else|on|exists|is|like|between|set|select|from|where|=|<>|<|>|<=|>=|\+|-|\*|\/|\|\|)$/;

function join(tokens: readonly string[]): string {
  let text = '';
  for (const [i, token] of tokens.entries()) {
    const previous = tokens[i - 1];
    if (previous !== undefined && needsSpace(previous, token, tokens[i - 2])) text += ' ';
    text += token;
  }
  return text;
}

function needsSpace(previous: string, token: string, beforeThat: string | undefined): boolean {
  if (previous === '(' || token === ')' || token === ',' || token === ';') return false;
  if (token !== '(') return true;
  // `references plans (plan)`, `on human_fallback (created_at)`: a table and its columns.
  return (
    BEFORE_PARENTHESIS.test(previous) ||
    previous === ',' ||
    ['references', 'on', 'into'].includes(beforeThat ?? '')
  );
}
