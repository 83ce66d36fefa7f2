/** What a file promises by its header, and what it owes to the files beside it. */
import type { Act } from './acts.ts';
import type { Found, LintedFile } from './rule.ts';
import { lineOf } from './statements.ts';

/** Version → id of the last migration that it brought, oldest first. */
export type Releases = Readonly<Record<string, string>>;

export function checkFile(file: LintedFile, all: readonly LintedFile[], releases: Releases): Found[] {
  return [
    ...checkTwin(file, all),
    ...checkContract(file, releases),
    ...checkBackfill(file),
    ...checkWayBack(file),
  ];
}

/** The folder of the tenants' schemas has no other side: SQLite has no schemas. */
const TWIN_FOLDERS: Readonly<Record<string, string>> = { postgres: 'sqlite', sqlite: 'postgres' };

function checkTwin({ folder, id, phase, text }: LintedFile, all: readonly LintedFile[]): Found[] {
  const other = TWIN_FOLDERS[folder];
  if (other === undefined) return [];
  const twin = all.find((each) => each.folder === other && each.id === id);
  if (!twin) return [{ rule: 'twin-missing', line: 1, found: `There is no ${other}/${id}.sql` }];
  if (twin.phase === phase) return [];
  const found = `The phase is ${phase} here and ${twin.phase} in ${twin.file}`;
  return [{ rule: 'twin-differs', line: lineOf(text, '-- phase:'), found }];
}

function checkContract({ id, phase, needs, grace_ms, text }: LintedFile, releases: Releases): Found[] {
  if (phase !== 'contract') return [];
  if (needs.length === 0) {
    return [{ rule: 'contract-ungated', line: 1, found: 'The contract needs no migration before it' }];
  }
  const found: Found[] = [];
  if (grace_ms === 0) {
    const line = lineOf(text, '-- grace:');
    found.push({ rule: 'contract-without-grace', line, found: 'There is no time of grace' });
  }
  const together = needs.find((need) => releaseOf(need, releases) >= releaseOf(id, releases));
  if (together !== undefined) {
    const line = lineOf(text, '-- needs:');
    found.push({ rule: 'contract-with-expand', line, found: `${together} comes in the same release` });
  }
  return found;
}

/** The place of the release that brought it; the next one for what no release has brought yet. */
function releaseOf(id: string, releases: Releases): number {
  const lasts = Object.values(releases);
  const place = lasts.findIndex((last) => id <= last);
  return place < 0 ? lasts.length : place;
}

function checkBackfill({ phase, statements, backfill, verify }: LintedFile): Found[] {
  const [statement] = statements;
  // One without statements is the twin of a backfill that the other database alone needs.
  if (phase !== 'backfill' || !statement) return [];
  const missing = [
    ...(backfill ? [] : ['-- table: and -- key:']),
    ...(verify === null ? ['-- verify'] : []),
    ...(statements.length === 1 ? [] : ['a script of one statement']),
    ...[':after', ':upto'].filter((placeholder) => !statement.text.includes(placeholder)),
    ...(statement.acts.every(leavesFinishedRows) ? [] : ['a condition that finished rows do not meet']),
  ];
  if (missing.length === 0) return [];
  const found = `The backfill lacks ${missing.join(', ')}`;
  return [{ rule: 'backfill-not-resumable', line: statement.line, found }];
}

/** A row that was written asks for nothing more: its condition names what is written, or a conflict is let be. */
function leavesFinishedRows(act: Act): boolean {
  if (act.do === 'insert') return act.conflictHandled || /\bnot\s+exists\b/i.test(act.where ?? '');
  if (act.do !== 'update') return false;
  return act.assigned.some((column) => new RegExp(`\\b${column}\\b`).test(act.where ?? ''));
}

function checkWayBack({ phase, down }: LintedFile): Found[] {
  if (phase === 'contract' || down !== null) return [];
  return [{ rule: 'no-way-back', line: 1, found: 'There is no section -- down' }];
}

/** Some backfill of the same folder compares the table's two shapes. */
export function isVerified(table: string, folder: string, all: readonly LintedFile[]): boolean {
  return all.some((file) => file.folder === folder && file.backfill?.table === table && file.verify?.trim());
}
