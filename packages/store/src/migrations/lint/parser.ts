/**
 * Postgres' own parser, compiled to WebAssembly: 1.8 MB and 80 ms, loaded with the first file. SQLite's statements are near
 * enough to be read by it too; its triggers are not, and are read by their words.
 */
import type { Node } from 'libpg-query';

export type Dialect = 'postgres' | 'sqlite';

type KeyOfEach<Union> = Union extends unknown ? keyof Union : never;
export type NodeKind = KeyOfEach<Node>;
export type NodeOf<K extends NodeKind> = Extract<Node, Record<K, unknown>>[K];

export type Parse = (statement: string, dialect: Dialect) => Node;

/** The answer throws an Error with Postgres' words for what it cannot read. */
export async function loadParser(): Promise<Parse> {
  const { loadModule, parseSync } = await import('libpg-query');
  await loadModule();
  return (statement, dialect) => {
    const sql = withoutPlaceholders(dialect === 'sqlite' ? asPostgres(statement) : statement);
    const node = parseSync(sql).stmts?.[0]?.stmt;
    if (!node) throw new Error('the statement is empty');
    return node;
  };
}

/** A backfill's `:after` and `:upto` are values, as far as the grammar goes. */
function withoutPlaceholders(sql: string): string {
  return sql.replace(/(?<![:\w]):(after|upto)\b/g, 'null');
}

function asPostgres(sql: string): string {
  return sql
    .replace(/\)\s*(strict|without\s+rowid)(\s*,\s*(strict|without\s+rowid))?\s*$/i, ')')
    .replace(/\bautoincrement\b/gi, '')
    .replace(/^insert\s+or\s+\w+/i, 'insert')
    .replace(/^replace\s+into/i, 'insert into')
    .replace(/\s+not\s+indexed\b|\s+indexed\s+by\s+\w+/gi, '');
}
