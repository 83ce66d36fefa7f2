/** Takes a script apart where a statement ends, which a semicolon inside of a text, a comment or a trigger's body is not. */

const TOKEN =
  /--[^\n]*|\/\*|e'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$(?:[a-z_]\w*)?\$).*?\1|[a-z_\u0080-\uffff][\w$\u0080-\uffff]*|./gisu;
/** They have a body, of `begin`, statements and `end`. */
const WITH_BODY = /^create\s+(or\s+replace\s+)?(temp(orary)?\s+)?(trigger|function|procedure)\b/i;

/** Without the comments before them, and without their semicolons. */
export function splitStatements(script: string): string[] {
  const statements: string[] = [];
  let start: number | null = null;
  let depth = 0;
  const tokens = new RegExp(TOKEN);
  for (let match = tokens.exec(script); match; match = tokens.exec(script)) {
    const [token] = match;
    if (token === '/*') tokens.lastIndex = endOfComment(script, match.index);
    if (token === '/*' || token.startsWith('--') || (start === null && /^[\s;]$/.test(token))) continue;
    start ??= match.index;
    if (WITH_BODY.test(script.slice(start, start + 60))) depth += nesting(token, depth);
    if (token !== ';' || depth > 0) continue;
    statements.push(script.slice(start, match.index).trimEnd());
    start = null;
  }
  if (start !== null) statements.push(script.slice(start).trimEnd());
  return statements;
}

function nesting(token: string, depth: number): number {
  switch (token.toLowerCase()) {
    case 'begin':
      return 1;
    case 'case':
      return depth > 0 ? 1 : 0;
    case 'end':
      return depth > 0 ? -1 : 0;
    default:
      return 0;
  }
}

/** In Postgres they nest. */
function endOfComment(script: string, start: number): number {
  const ends = /\/\*|\*\//g;
  ends.lastIndex = start;
  let depth = 0;
  for (let match = ends.exec(script); match; match = ends.exec(script)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return ends.lastIndex;
  }
  return script.length;
}

/** For a message: what a statement does, in 80 characters, without what is said in it. */
export function outlineOf(statement: string): string {
  const masked = statement.replaceAll(/'(?:[^']|'')*'?/g, '?').replaceAll(/\b\d+(\.\d+)?\b/g, '?');
  const line = masked.replaceAll(/\s+/g, ' ').trim();
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`;
}
