import { EXIT } from '../failure.ts';
import type { Desk } from './desk.ts';
import type { Outcome } from './outcome.ts';

export async function drift({ tools }: Desk): Promise<Outcome> {
  const found = await tools.drift();
  const { compared_to, differences } = found;
  return {
    document: found,
    lines: differences.flatMap(({ kind, name, difference, expected, found, fix }) => [
      `${kind} ${name}: ${difference}`,
      ...(expected === null ? [] : [`  should be  ${expected}`]),
      ...(found === null ? [] : [`  is         ${found}`]),
      `  mend it:   ${fix}`,
    ]),
    notes: differences.length === 0 ? [`The schema is as ${compared_to ?? 'no migration'} leaves it.`] : [],
    code: differences.length === 0 ? EXIT.done : EXIT.no,
  };
}
