/**
 * Postgres' own parser, compiled to WebAssembly: 1.8 MB and 80 ms, loaded with the first file. SQLite's statements are
 * asked of SQLite's grammar, and are near enough to be read by Postgres' too; its triggers are not, and are read by their words.
 */
import type { Database } from 'better-sqlite3';
import type { Node } from 'libpg-query';
import { inPostgresWords } from './read-sqlite.ts';

export type Dialect = 'postgres' | 'sqlite';

type KeyOfEach<Union> = Union extends unknown ? keyof Union : never;
export type NodeKind = KeyOfEach<Node>;
export type NodeOf<K extends NodeKind> = Extract<Node, Record<K, unknown>>[K];

export type Parse = (statement: string, dialect: Dialect) => Node;

/** The answer throws an Error with Postgres' words for what it cannot read. */
export async function loadParser(): Promise<Parse> {
  const { loadModule, parseSync } = await import('libpg-query');
  await loadModule();
  const { default: Sqlite } = await import('better-sqlite3');
  const sqlite = new Sqlite(':memory:');
  return (statement, dialect) => {
    if (dialect === 'sqlite') askSqlite(sqlite, statement);
    const sql = withoutPlaceholders(dialect === 'sqlite' ? inPostgresWords(statement) : statement);
    const node = parseSync(sql).stmts?.[0]?.stmt;
    if (!node) throw new Error('the statement is empty');
    return node;
  };
}

/** Only its grammar is asked: the tables are not there. */
function askSqlite(sqlite: Database, statement: string): void {
  try {
    sqlite.prepare(statement);
  } catch (error) {
    if (error instanceof Error && /syntax error|unrecognized token|incomplete input/.test(error.message))
      throw error;
  }
}

/** A backfill's `:after` and `:upto` are values, as far as the grammar goes. */
function withoutPlaceholders(sql: string): string {
  return sql.replace(/(?<![:\w]):(after|upto)\b/g, 'null');
}
