/** What is allowed with a reason: in the file itself, or, where a release has brought the file, in lint-allow.json. */
import { RULES } from './catalogue.ts';
import type { Found, LintedFile } from './rule.ts';
import { lineOf } from './statements.ts';

/** Name of a file, which twins share, or `postgres-tenant/` and its name → rule → reason. */
type AllowList = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Place {
  readonly file: string;
}

export type FoundInFile = Found & Place;

interface Allowance extends Place {
  readonly rule: string;
  readonly reason: string;
  readonly line: number;
  readonly covers: (found: FoundInFile) => boolean;
}

/** What is left of the findings, and what is wrong with the allowances. */
export function weigh(
  found: readonly FoundInFile[],
  files: readonly LintedFile[],
  list: { file: string; text: string },
): FoundInFile[] {
  const allowances = [...files.flatMap(inFile), ...inList(list)];
  const left = found.filter((each) => !allowances.some((allowance) => isAllowedBy(allowance, each)));
  return [...left, ...allowances.flatMap((allowance) => faultsOf(allowance, found))];
}

function inFile({ file, text, allow }: LintedFile): Allowance[] {
  return allow.map(({ rule, reason }) => ({
    file,
    rule,
    reason,
    line: lineOf(text, `-- allow: ${rule}`),
    covers: (found) => found.file === file,
  }));
}

function inList({ file, text }: { file: string; text: string }): Allowance[] {
  const list: AllowList = JSON.parse(text);
  return Object.entries(list).flatMap(([name, rules]) =>
    Object.entries(rules).map(([rule, reason]) => ({
      file,
      rule,
      reason,
      line: lineOf(text, `"${name}"`),
      covers: (found: FoundInFile) => [name, `postgres/${name}`, `sqlite/${name}`].includes(found.file),
    })),
  );
}

function isAllowedBy({ rule, covers }: Allowance, found: FoundInFile): boolean {
  return found.rule === rule && covers(found);
}

function faultsOf(allowance: Allowance, found: readonly FoundInFile[]): FoundInFile[] {
  const { file, line, rule, reason } = allowance;
  const faults: FoundInFile[] = [];
  if (reason.trim() === '') {
    faults.push({ file, line, rule: 'allow-without-reason', found: `${rule} is allowed without a reason` });
  }
  if (!found.some((each) => isAllowedBy(allowance, each))) {
    const known = Object.hasOwn(RULES, rule) ? 'finds nothing here' : 'is no rule';
    faults.push({ file, line, rule: 'allow-unused', found: `${rule} is allowed and ${known}` });
  }
  return faults;
}
