/** What a file promises by its header, and what it owes to the files beside it. */
import type { Act, Statement } from './acts.ts';
import type { Found, LintedFile } from './rule.ts';
import { lineOf } from './statements.ts';

/** Version → id of the last migration that it brought, oldest first; `tenants/ID` of the last for tenants' schemas, which count by themselves. */
export type Releases = Readonly<Record<string, string | readonly string[]>>;

/** What stands beside a file. */
export interface House {
  readonly all: readonly LintedFile[];
  /** Files that are there, and that the engine would not take. */
  readonly refused: ReadonlySet<string>;
  readonly releases: Releases;
}

export function checkFile(file: LintedFile, house: House): Found[] {
  return [
    ...checkTwin(file, house),
    ...checkContract(file, house.releases),
    ...checkBackfill(file),
    ...checkBackfilledTable(file),
    ...checkWayBack(file),
  ];
}

/** The folder of the tenants' schemas has no other side: SQLite has no schemas. */
const TWIN_FOLDERS: Readonly<Record<string, string>> = { postgres: 'sqlite', sqlite: 'postgres' };

function checkTwin({ folder, id, phase, text }: LintedFile, { all, refused }: House): Found[] {
  const other = TWIN_FOLDERS[folder];
  if (other === undefined || refused.has(`${other}/${id}.sql`)) return [];
  const twin = all.find((each) => each.folder === other && each.id === id);
  if (!twin) return [{ rule: 'twin-missing', line: 1, found: `There is no ${other}/${id}.sql` }];
  if (twin.phase === phase) return [];
  const found = `The phase is ${phase} here and ${twin.phase} in ${twin.file}`;
  return [{ rule: 'twin-differs', line: lineOf(text, '-- phase:'), found }];
}

function checkContract(
  { id, folder, phase, needs, grace_ms, text }: LintedFile,
  releases: Releases,
): Found[] {
  if (phase !== 'contract') return [];
  if (needs.length === 0) {
    return [{ rule: 'contract-ungated', line: 1, found: 'The contract needs no migration before it' }];
  }
  const found: Found[] = [];
  if (grace_ms === 0) {
    const line = lineOf(text, '-- grace:');
    found.push({ rule: 'contract-without-grace', line, found: 'There is no time of grace' });
  }
  const release = (of: string) => releaseOf(of, folder, releases);
  const together = needs.find((need) => release(need) >= release(id));
  if (together !== undefined) {
    const line = lineOf(text, '-- needs:');
    found.push({ rule: 'contract-with-expand', line, found: `${together} comes in the same release` });
  }
  return found;
}

/** The place of the release that brought it; the next one for what no release has brought yet. */
function releaseOf(id: string, folder: string, releases: Releases): number {
  const isTenants = folder === 'postgres-tenant';
  const lasts = Object.values(releases).map((brought) =>
    [brought].flat().find((last) => last.startsWith(TENANTS) === isTenants),
  );
  const place = lasts.findIndex((last) => last !== undefined && id <= last.replace(TENANTS, ''));
  return place < 0 ? lasts.length : place;
}

const TENANTS = 'tenants/';

function checkBackfill({ phase, statements, backfill, verify, text }: LintedFile): Found[] {
  const [statement] = statements;
  // One without anything is the twin of a backfill that the other database alone needs.
  if (phase !== 'backfill' || (!statement && !backfill)) return [];
  const missing = [
    ...(backfill ? [] : ['-- table: and -- key:']),
    ...(verify?.trim() ? [] : ['-- verify']),
    ...(statements.length === 1 ? batchLacks(statement) : ['a script of one statement']),
  ];
  if (missing.length === 0) return [];
  const found = `The backfill lacks ${missing.join(', ')}`;
  return [{ rule: 'backfill-not-resumable', line: statement?.line ?? lineOf(text, '-- phase:'), found }];
}

function checkBackfilledTable({ backfill, statements }: LintedFile): Found[] {
  const [statement] = statements;
  const [act] = statement?.acts ?? [];
  const changed = act?.do === 'update' || act?.do === 'delete' ? act.table : null;
  if (!statement || !backfill || changed === null || changed === backfill.table) return [];
  const found = `It goes through ${backfill.table}, and changes ${changed}`;
  return [{ rule: 'backfill-of-another-table', line: statement.line, found }];
}

function batchLacks(statement: Statement | undefined): string[] {
  const { text = '', acts = [] } = statement ?? {};
  return [
    ...[':after', ':upto'].filter((placeholder) => !text.includes(placeholder)),
    ...(acts.every(leavesFinishedRows) ? [] : ['a condition that finished rows do not meet']),
  ];
}

/** A row that was written asks for nothing more: its condition names what is written, or a conflict is let be. */
function leavesFinishedRows(act: Act): boolean {
  if (act.do === 'insert') return act.conflictHandled || /\bnot\s+exists\b/i.test(act.where ?? '');
  if (act.do !== 'update') return false;
  return act.assigned.flat().some((column) => new RegExp(`\\b${column}\\b`).test(act.where ?? ''));
}

function checkWayBack({ phase, down }: LintedFile): Found[] {
  if (phase === 'contract' || down !== null) return [];
  return [{ rule: 'no-way-back', line: 1, found: 'There is no section -- down' }];
}

/** Some backfill of the same folder compares the table's two shapes. */
export function isVerified(table: string, folder: string, all: readonly LintedFile[]): boolean {
  return all.some((file) => file.folder === folder && file.backfill?.table === table && file.verify?.trim());
}
