/** The statements inside of a `do $$ … $$`, as far as PL/pgSQL's own words can be taken off them. */
import { splitStatements } from '../statements.ts';

/** What may stand before a statement: a comment, a label, or the beginning of a block, a condition or a loop. */
const OPENING =
  /^(?:--[^\n]*\n|\/\*[\s\S]*?\*\/|<<\w+>>|(?:declare|begin|loop|else|exception)\b|(?:if|elsif|elseif|case|when)\b[\s\S]*?\bthen\b|(?:for|foreach|while)\b[\s\S]*?\bloop\b)\s*/i;
const EXECUTED = /^execute\s+(?:format\s*\(\s*)?(?:'((?:[^']|'')*)'|\$(\w*)\$([\s\S]*?)\$\2\$)/i;

export function statementsInBlock(body: string): string[] {
  return splitStatements(body)
    .map(withoutOpenings)
    .filter((statement) => statement !== '' && !/^end\b/i.test(statement))
    .map(asSql);
}

function withoutOpenings(statement: string): string {
  const rest = statement.replace(OPENING, '');
  return rest === statement ? rest : withoutOpenings(rest);
}

/** What `execute` is given, with a name or a value in the places of `format`; `perform` is a `select`. */
function asSql(statement: string): string {
  const [, text, , dollared] = EXECUTED.exec(statement) ?? [];
  const sql = text?.replaceAll("''", "'") ?? dollared;
  return (
    sql?.replaceAll(/%(?:\d+\$)?L/g, "'…'").replaceAll(/%(?:\d+\$)?[Is]/g, 'some_name') ??
    statement.replace(/^perform\b/i, 'select')
  );
}
