/** Where the parts of `alter table NAME part, part` begin, which the parse tree does not say. */

const NAME = String.raw`(?:"(?:[^"]|"")*"|[\w$\u0080-\uffff]+)`;
const TOKEN = new RegExp(
  String.raw`--[^\n]*|/\*[\s\S]*?\*/|'(?:[^']|'')*'|(\$\w*\$)[\s\S]*?\1|${NAME}(?:\s*\.\s*${NAME})*|\S`,
  'gu',
);
const BEFORE_NAME = /^(alter|foreign|materialized|table|view|index|sequence|type|if|exists|only)$/i;

/** Lines after the statement's first, one for each part; none where the text does not have so many. */
export function linesOfParts(statement: string, count: number): number[] {
  const tokens = [...statement.matchAll(TOKEN)].filter(([token]) => !/^(--|\/\*)/.test(token));
  const name = tokens.findIndex(([token]) => !BEFORE_NAME.test(token));
  const first = tokens[name + 1]?.[0] === '*' ? name + 2 : name + 1;
  let depth = 0;
  const begins = tokens.filter(([token], index) => {
    if (/^[([]$/.test(token)) depth += 1;
    if (/^[)\]]$/.test(token)) depth -= 1;
    return index === first || (depth === 0 && index > first && tokens[index - 1]?.[0] === ',');
  });
  if (begins.length !== count) return [];
  return begins.map(({ index }) => statement.slice(0, index).split('\n').length - 1);
}
