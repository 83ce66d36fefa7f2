/** Columns and constraints out of Postgres' parse tree. */
import type { Constraint as ConstraintNode, ConstrType, Node, TypeName } from 'libpg-query';
import type { Column, Constraint } from './acts.ts';
import type { NodeOf } from './parser.ts';

const CONSTRAINTS: Partial<Record<ConstrType, Constraint['type']>> = {
  CONSTR_CHECK: 'check',
  CONSTR_NOTNULL: 'not null',
  CONSTR_UNIQUE: 'unique',
  CONSTR_PRIMARY: 'primary key',
  CONSTR_FOREIGN: 'foreign key',
  CONSTR_EXCLUSION: 'exclusion',
};

const SERIAL = /^(small|big)?serial\d?$/;
/** The same for the whole statement, so that Postgres computes it once and writes no row. */
const STABLE = new Set(['now', 'transaction_timestamp', 'statement_timestamp', 'current_setting']);

export function readColumn({ colname = '', typeName, constraints = [] }: NodeOf<'ColumnDef'>): Column {
  const own = constraints.flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
  const has = (type: ConstrType) => own.some(({ contype }) => contype === type);
  const type = readType(typeName);
  const byDefault = own.find(({ contype }) => contype === 'CONSTR_DEFAULT')?.raw_expr;
  return {
    name: colname,
    ...type,
    notNull: has('CONSTR_NOTNULL') || has('CONSTR_PRIMARY'),
    defaultTo: byDefault === undefined ? 'nothing' : isVolatile(byDefault) ? 'volatile' : 'constant',
    filled: readFilling(type.type, own),
    constraints: own.flatMap((each) => readConstraint(each, colname)),
  };
}

function readFilling(type: string, constraints: readonly ConstraintNode[]): Column['filled'] {
  if (SERIAL.test(type) || constraints.some(({ contype }) => contype === 'CONSTR_IDENTITY'))
    return 'identity';
  const generated = constraints.find(({ contype }) => contype === 'CONSTR_GENERATED');
  if (!generated) return null;
  return generated.generated_kind === 'v' ? 'virtual' : 'generated';
}

/** @param column that it stands beside, for one that names no columns itself */
export function readConstraint(node: ConstraintNode, column?: string): Constraint[] {
  const type = node.contype && CONSTRAINTS[node.contype];
  if (!type) return [];
  const listed = strings(node.fk_attrs ?? node.keys);
  const proven = type === 'check' ? provenNotNull(node.raw_expr) : null;
  return [
    {
      // A check that says no more than "not null" is what SET NOT NULL looks for.
      type: proven === null ? type : 'not null',
      name: node.conname ?? null,
      columns: proven !== null ? [proven] : listed.length > 0 || column === undefined ? listed : [column],
      validated: !node.skip_validation,
      usingIndex: Boolean(node.indexname),
      target: node.pktable?.relname ?? null,
      since: type === 'not null' && column === undefined ? 18 : null,
    },
  ];
}

function provenNotNull(check: Node | undefined): string | null {
  if (!check || !('NullTest' in check) || check.NullTest.nulltesttype !== 'IS_NOT_NULL') return null;
  return columnOf(check.NullTest.arg);
}

export function columnOf(node: Node | undefined): string | null {
  if (!node || !('ColumnRef' in node)) return null;
  return strings(node.ColumnRef.fields).at(-1) ?? null;
}

export function readType(type: TypeName | undefined): Pick<Column, 'type' | 'length'> {
  const [first] = type?.typmods ?? [];
  const length = first && 'A_Const' in first ? (first.A_Const.ival?.ival ?? null) : null;
  return { type: strings(type?.names).at(-1) ?? '', length };
}

function isVolatile(expression: Node): boolean {
  return callsOf(expression).some((name) => !STABLE.has(name));
}

/** The functions that an expression calls. */
function callsOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(callsOf);
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([kind, value]) => {
    const inner = callsOf(value);
    return kind === 'FuncCall'
      ? [...strings((value as NodeOf<'FuncCall'>).funcname).slice(-1), ...inner]
      : inner;
  });
}

export function strings(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => {
    if ('String' in node) return [node.String.sval ?? ''];
    return 'List' in node ? strings(node.List.items) : [];
  });
}
