/** From a statement to what it does. What no rule asks for is `other`. */
import type { Node } from 'libpg-query';
import type { Act, Statement } from './acts.ts';
import { statementsInBlock } from './blocks.ts';
import type { Dialect, NodeKind, NodeOf, Parse } from './parser.ts';
import { linesOfParts } from './parts.ts';
import { readAlterTable } from './read-alter.ts';
import { COMMAND_READERS } from './read-commands.ts';
import { OBJECT_READERS } from './read-objects.ts';
import { ROW_READERS } from './read-rows.ts';
import { readSqliteOnly } from './read-sqlite.ts';
import { TABLE_READERS } from './read-tables.ts';
import type { SqlText } from './statements.ts';
import { nodesOf, rangeVars, strings } from './tree.ts';

export type Readers = { readonly [K in NodeKind]?: (node: NodeOf<K>, text: string) => Act[] };

const READERS: Readers = { ...TABLE_READERS, ...OBJECT_READERS, ...ROW_READERS, ...COMMAND_READERS };

/** @throws Error with the parser's words for what is not SQL */
export function readStatement({ text, line }: SqlText, dialect: Dialect, parse: Parse): Statement {
  const byWords = dialect === 'sqlite' ? readSqliteOnly(text) : null;
  if (byWords) return { line, text, acts: [byWords], lines: [line], qualified: [] };
  const node = parse(text, dialect);
  const parts = partsOf(node, text, parse);
  if (dialect === 'sqlite' && parts.length > 1)
    throw new Error('one ALTER TABLE of SQLite changes one thing');
  const lines = parts.length > 1 ? linesOfParts(text, parts.length) : [0];
  const located = parts.flatMap((acts, part) =>
    acts.map((act) => ({ act, line: line + (lines[part] ?? 0) })),
  );
  return {
    line,
    text,
    acts: located.length > 0 ? located.map(({ act }) => act) : [{ do: 'other', guarded: true }],
    lines: located.map((each) => each.line),
    qualified: namesWithSchema(node),
  };
}

/** The acts by the parts of an `alter table`; everything else is one part. */
function partsOf(node: Node, text: string, parse: Parse): Act[][] {
  if ('AlterTableStmt' in node) return readAlterTable(node.AlterTableStmt);
  if ('DoStmt' in node) return [readBlock(node.DoStmt, parse)];
  const inner = nodesOf(node, 'CommonTableExpr').flatMap(({ ctequery }) =>
    ctequery ? read(ROW_READERS, ctequery, text) : [],
  );
  return [[...inner, ...read(READERS, node, text)]];
}

function read(readers: Readers, node: Node, text: string): Act[] {
  const [[kind, value] = ['', {}]] = Object.entries(node);
  // The table's type ties each kind to its node; an entry of a union has lost that tie.
  const reader = readers[kind as NodeKind] as ((node: unknown, text: string) => Act[]) | undefined;
  return reader?.(value, text) ?? [];
}

/** What is no SQL is PL/pgSQL's own, and does nothing that a rule asks for. */
function readBlock({ args }: NodeOf<'DoStmt'>, parse: Parse): Act[] {
  const [body = ''] = (args ?? []).flatMap((node) =>
    'DefElem' in node && node.DefElem.defname === 'as' && node.DefElem.arg ? strings([node.DefElem.arg]) : [],
  );
  return statementsInBlock(body).flatMap((text) => {
    try {
      return partsOf(parse(text, 'postgres'), text, parse).flat();
    } catch {
      return [];
    }
  });
}

function namesWithSchema(node: Node): string[] {
  const named = rangeVars(node).flatMap(({ schemaname, relname }) =>
    schemaname ? [`${schemaname}.${relname}`] : [],
  );
  return 'DropStmt' in node ? [...named, ...droppedWithSchema(node.DropStmt)] : named;
}

function droppedWithSchema({ objects = [], removeType }: NodeOf<'DropStmt'>): string[] {
  // These stand behind their table.
  if (removeType && ['OBJECT_TRIGGER', 'OBJECT_RULE', 'OBJECT_POLICY'].includes(removeType)) return [];
  const names = objects.map((object) => ('List' in object ? strings(object.List.items) : []));
  return names.filter(({ length }) => length > 1).map((name) => name.join('.'));
}
