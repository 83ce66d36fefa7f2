/** Ways through Postgres' parse tree that every reader goes. */
import type { Node } from 'libpg-query';
import type { NodeKind, NodeOf } from './parser.ts';

export type RangeVar = NodeOf<'RangeVar'>;

export function strings(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => {
    if ('String' in node) return [node.String.sval ?? ''];
    return 'List' in node ? strings(node.List.items) : [];
  });
}

/** The name itself, without its schema. */
export function lastName(nodes: readonly Node[] | undefined): string {
  return strings(nodes).at(-1) ?? '';
}

export function columnOf(node: Node | undefined): string | null {
  if (!node || !('ColumnRef' in node)) return null;
  return strings(node.ColumnRef.fields).at(-1) ?? null;
}

/** The nodes of a kind, however deep they stand. */
export function nodesOf<K extends NodeKind>(node: unknown, kind: K): NodeOf<K>[] {
  if (Array.isArray(node)) return node.flatMap((each) => nodesOf(each, kind));
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    const inner = nodesOf(value, kind);
    return key === kind ? [value as NodeOf<K>, ...inner] : inner;
  });
}

/** The tables that are read or written anywhere inside. */
export function tablesOf(node: unknown): string[] {
  return rangeVars(node).map(({ relname = '' }) => relname);
}

/** By their shape, because a statement's own table stands there without the name of its kind. */
export function rangeVars(node: unknown): RangeVar[] {
  if (Array.isArray(node)) return node.flatMap(rangeVars);
  if (typeof node !== 'object' || node === null) return [];
  if ('relname' in node) return [node as RangeVar];
  return Object.values(node).flatMap(rangeVars);
}

/** `(full)`, `(full true)` and `(full 1)` are the same, and `(full off)` is as if it were left out. */
export function hasOption(options: readonly Node[] | undefined, name: string): boolean {
  return (options ?? []).some((node) => {
    if (!('DefElem' in node) || node.DefElem.defname !== name) return false;
    const { arg } = node.DefElem;
    if (arg && 'String' in arg) return !/^(false|off)$/i.test(arg.String.sval ?? '');
    return !(arg && 'Integer' in arg) || Boolean(arg.Integer.ival);
  });
}

/** The columns that a condition keeps from being null. */
export function notNullColumns(where: Node | undefined): string[] {
  if (where && 'BoolExpr' in where && where.BoolExpr.boolop === 'AND_EXPR') {
    return (where.BoolExpr.args ?? []).flatMap(notNullColumns);
  }
  if (!where || !('NullTest' in where) || where.NullTest.nulltesttype !== 'IS_NOT_NULL') return [];
  const column = columnOf(where.NullTest.arg);
  return column === null ? [] : [column];
}
