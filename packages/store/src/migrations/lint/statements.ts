import { splitStatements } from '../statements.ts';

export interface SqlText {
  readonly text: string;
  readonly line: number;
}

/** The statements with the lines on which they begin. */
export function locateStatements(script: string): SqlText[] {
  let from = 0;
  return splitStatements(script).map((text) => {
    const start = script.indexOf(text, from);
    from = start + text.length;
    return { text, line: lineAt(script, start) };
  });
}

/** Where a line begins with `beginning`; 1 where none does. */
export function lineOf(text: string, beginning: string): number {
  const line = text.split('\n').findIndex((each) => each.trimStart().startsWith(beginning));
  return Math.max(0, line) + 1;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
