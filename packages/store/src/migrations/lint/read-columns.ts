/** Columns and constraints out of Postgres' parse tree. */
import type { Constraint as ConstraintNode, ConstrType, Node, TypeName } from 'libpg-query';
import type { Column, Constraint } from './acts.ts';
import type { NodeOf } from './parser.ts';
import { lastName, nodesOf, notNullColumns, strings } from './tree.ts';

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
export const STEADY = new Set(
  `abs age array_fill btrim ceil concat concat_ws current_database current_schema current_setting date_part date_trunc
  daterange decode encode extract floor format int4range int8range json_build_array json_build_object
  jsonb_build_array jsonb_build_object left length lower lpad ltrim make_date make_interval make_time make_timestamptz
  md5 mod now numrange power repeat replace right round rpad rtrim sha256 statement_timestamp string_to_array substr
  substring timezone to_char to_date to_json to_jsonb to_number to_timestamp transaction_timestamp trunc tsrange
  tstzrange upper`.split(/\s+/),
);

export function readColumn({ colname = '', typeName, constraints = [] }: NodeOf<'ColumnDef'>): Column {
  const own = constraints.flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
  const has = (type: ConstrType) => own.some(({ contype }) => contype === type);
  const type = readType(typeName);
  const stated = own.find(({ contype }) => contype === 'CONSTR_DEFAULT')?.raw_expr;
  const byDefault = isNull(stated) ? undefined : stated;
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
  const own = column === undefined ? listed : [column];
  const asked = type === 'check' ? columnsIn(node.raw_expr) : own;
  return [
    {
      type,
      name: node.conname ?? null,
      columns: listed.length > 0 ? listed : asked,
      // A check may say what SET NOT NULL looks for.
      notNull: type === 'not null' || type === 'primary key' ? asked : notNullColumns(node.raw_expr),
      validated: !node.skip_validation,
      usingIndex: Boolean(node.indexname),
      target: node.pktable?.relname ?? null,
      since: type === 'not null' && column === undefined ? 18 : null,
    },
  ];
}

function columnsIn(expression: Node | undefined): string[] {
  return [...new Set(nodesOf(expression, 'ColumnRef').map(({ fields }) => lastName(fields)))];
}

export function readType(type: TypeName | undefined): Pick<Column, 'type' | 'limits'> {
  const limits = (type?.typmods ?? []).flatMap((node) =>
    'A_Const' in node ? [node.A_Const.ival?.ival ?? 0] : [],
  );
  return { type: lastName(type?.names), limits };
}

/** A function that is not known may be anything. */
function isVolatile(expression: Node): boolean {
  return nodesOf(expression, 'FuncCall').some(({ funcname }) => !STEADY.has(lastName(funcname)));
}

/** `default null` is none. */
function isNull(expression: Node | undefined): boolean {
  if (expression && 'TypeCast' in expression) return isNull(expression.TypeCast.arg);
  return expression !== undefined && 'A_Const' in expression && Boolean(expression.A_Const.isnull);
}
