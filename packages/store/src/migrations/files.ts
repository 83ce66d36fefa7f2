/** The numbered SQL files of a dialect: `NNNN_name.sql`, headed by `-- id:`, `-- phase:` and what else they have to say. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { Problem } from '@receptionist/core';
import type { Phase } from './migrations.ts';

export interface MigrationFile {
  id: string;
  phase: Phase;
  /** SHA-256 of the whole file, in hex; line ends and a mark before the text, which some editors change, do not count. */
  checksum: string;
  /** Ids of earlier ones, without which this one waits. */
  needs: string[];
  /** False: statement by statement, each by itself. */
  transaction: boolean;
  /** What the lint is told not to mind. */
  allow: { rule: string; reason: string }[];
  script: string;
  /** The query that proves a backfill. */
  verify: string | null;
  /** The way back; empty where there is nothing to take back. */
  down: string | null;
  /** What a backfill goes through, in the order of its key. */
  backfill: { table: string; key: string[]; batch: number } | null;
  /** How long a contract waits after the switch. */
  grace_ms: number;
}

const PHASES: readonly string[] = ['expand', 'backfill', 'switch', 'contract'] satisfies Phase[];
const HEADERS = ['id', 'phase', 'needs', 'transaction', 'allow', 'table', 'key', 'batch', 'grace'] as const;
const FILE_NAME = /^\d{4}_[a-z0-9_]+\.sql$/;
const HOUR_MS = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: HOUR_MS, d: 24 * HOUR_MS };

/** In the order in which they apply. @throws Problem `internal` for files that are missing or contradict one another */
export async function readMigrationFiles(folder: URL): Promise<MigrationFile[]> {
  const names = await sqlFiles(folder);
  if (names.length === 0) {
    throw new Problem('internal', `There are no migrations in ${folder.pathname}. Install the program anew.`);
  }
  const files = await Promise.all(
    names.map(async (name) => parseMigration(name, await readText(name, folder))),
  );
  const [fault] = faultsBetween(files);
  if (fault) throw broken(fault.name, fault.what);
  return addWaysBack(files, new URL('down/', folder));
}

/** The id of the last one that these files know. */
export async function newestMigration(folder: URL): Promise<string> {
  return (await readMigrationFiles(folder)).at(-1)?.id ?? '';
}

/** Names, in the order in which they apply; none for a folder that is not there. */
export async function sqlFiles(folder: URL): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** @throws Problem `internal` */
export async function readText(name: string, folder: URL): Promise<string> {
  try {
    return await readFile(new URL(name, folder), 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unreadable';
    throw broken(name, `in ${folder.pathname} cannot be read (${code})`);
  }
}

/** A file that was released without its way back must not be edited: it stands below `down/`. */
export async function addWaysBack(files: MigrationFile[], folder: URL): Promise<MigrationFile[]> {
  const names = await sqlFiles(folder);
  return Promise.all(
    files.map(async (file) => {
      if (file.down !== null || !names.includes(`${file.id}.sql`)) return file;
      return { ...file, down: await readText(`${file.id}.sql`, folder) };
    }),
  );
}

/** @throws Problem `internal` */
export function parseMigration(name: string, content: string): MigrationFile {
  if (content.includes('\uFFFD')) throw broken(name, 'is not UTF-8');
  const text = content.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const { head, script, verify, down } = sections(text);
  const headers = readHeaders(name, head);
  const [id = '', phase = ''] = [headers.id[0], headers.phase[0]];
  if (!FILE_NAME.test(name)) throw broken(name, 'is not named NNNN_name.sql');
  if (id === '') throw broken(name, `does not say who it is; begin it with "-- id: ${name.slice(0, -4)}"`);
  if (`${id}.sql` !== name) throw broken(name, `has "-- id: ${id}"; it must be the file's name without .sql`);
  if (!isPhase(phase)) throw broken(name, `has the phase "${phase}"; it must be one of ${PHASES.join(', ')}`);
  return {
    id,
    phase,
    checksum: createHash('sha256').update(text).digest('hex'),
    needs: headers.needs.flatMap(list),
    transaction: readTransaction(name, headers.transaction[0]),
    allow: headers.allow.map(readAllow),
    script,
    verify,
    down,
    backfill: readBackfill(name, headers),
    grace_ms: readGrace(name, headers.grace[0]),
  };
}

type Sections = Pick<MigrationFile, 'script' | 'verify' | 'down'> & { head: string[] };

function sections(text: string): Sections {
  const [script = '', ...rest] = text.split(/^(?=-- (?:verify|down)[ \t]*$)/m);
  const section = (name: string) =>
    rest.find((part) => part.startsWith(`-- ${name}`))?.replace(/^.*\n?/, '') ?? null;
  const lines = script.split('\n');
  const first = lines.findIndex((line) => line !== '' && !line.startsWith('--'));
  return {
    head: first === -1 ? lines : lines.slice(0, first),
    script,
    verify: section('verify'),
    down: section('down'),
  };
}

type Headers = Record<(typeof HEADERS)[number], string[]>;

/** A comment that begins with one small word and a colon is a header. */
function readHeaders(name: string, head: string[]): Headers {
  const headers = Object.fromEntries(HEADERS.map((header) => [header, [] as string[]])) as Headers;
  for (const line of head) {
    const [, header, value = ''] = /^-- ([a-z_]+):(.*)$/.exec(line) ?? [];
    if (header === undefined) continue;
    if (!isHeader(header))
      throw broken(name, `has the header "${header}"; there are only ${HEADERS.join(', ')}`);
    headers[header].push(value.trim());
  }
  for (const header of HEADERS) {
    const mayRepeat = header === 'needs' || header === 'allow';
    if (!mayRepeat && headers[header].length > 1) throw broken(name, `has the header "${header}" twice`);
  }
  return headers;
}

function isHeader(header: string): header is keyof Headers {
  return (HEADERS as readonly string[]).includes(header);
}

function isPhase(phase: string): phase is Phase {
  return PHASES.includes(phase);
}

function list(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function readTransaction(name: string, value = 'yes'): boolean {
  if (value !== 'yes' && value !== 'no')
    throw broken(name, `has "-- transaction: ${value}"; it must be yes or no`);
  return value === 'yes';
}

function readAllow(value: string): { rule: string; reason: string } {
  const [rule = '', ...reason] = value.split(/\s+/);
  return { rule, reason: reason.join(' ') };
}

function readBackfill(name: string, { table, key, batch }: Headers): MigrationFile['backfill'] {
  if (!table[0]) {
    if (key[0] ?? batch[0])
      throw broken(name, 'has "-- key:" or "-- batch:" and no "-- table:" that it walks through');
    return null;
  }
  const columns = list(key[0] ?? '');
  if (columns.length === 0) throw broken(name, 'has "-- table:" and no "-- key:", its unique, ordered key');
  const size = batch[0] ?? '1000';
  if (!/^[1-9]\d{0,5}$/.test(size))
    throw broken(name, `has "-- batch: ${size}"; it must be a number of rows from 1`);
  return { table: table[0], key: columns, batch: Number(size) };
}

function readGrace(name: string, value = '24h'): number {
  const [, amount, unit = 's'] = /^(\d+)([smhd])?$/.exec(value) ?? [];
  if (amount === undefined || (value !== '0' && value === amount))
    throw broken(name, `has "-- grace: ${value}"; it must be 0 or a time such as 30m, 24h or 7d`);
  return Number(amount) * (UNITS[unit] ?? 0);
}

/** What is wrong with a file, as the end of a sentence that begins with its name. */
export interface Fault {
  name: string;
  what: string;
}

/** What no file has by itself alone. */
export function faultsBetween(files: readonly MigrationFile[]): Fault[] {
  return [...sameNumbers(files), ...wrongNeeds(files)];
}

function sameNumbers(files: readonly MigrationFile[]): Fault[] {
  const byNumber = Map.groupBy(files, (file) => file.id.slice(0, 4));
  return [...byNumber].flatMap(([number, [first, ...others]]) =>
    others.map(({ id }) => ({
      name: `${id}.sql`,
      what: `has the number ${number}, as ${first?.id}.sql has`,
    })),
  );
}

/** What is needed comes earlier, so that there is always an order. */
function wrongNeeds(files: readonly MigrationFile[]): Fault[] {
  const known = new Map(files.map((file) => [file.id, file]));
  return files.flatMap(({ id, needs }) =>
    needs.flatMap((need) => {
      const what = wrongNeed(known, need, id);
      return what === null ? [] : [{ name: `${id}.sql`, what }];
    }),
  );
}

function wrongNeed(known: Map<string, MigrationFile>, need: string, id: string): string | null {
  if (!known.has(need)) return `needs ${need}, of which there is no file`;
  if (need === id) return 'needs itself';
  if (need < id) return null;
  if (leadsTo(known, need, id)) return `needs ${need}, which needs ${id}: neither could ever be applied`;
  return `needs ${need}, which comes later; give it a number after that`;
}

function leadsTo(
  known: Map<string, MigrationFile>,
  from: string,
  to: string,
  seen = new Set<string>(),
): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return (known.get(from)?.needs ?? []).some((need) => leadsTo(known, need, to, seen));
}

function broken(name: string, what: string): BrokenMigration {
  return new BrokenMigration({ name, what });
}

export class BrokenMigration extends Problem {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super('internal', `The migration ${fault.name} ${fault.what}. Nothing was applied.`);
    this.fault = fault;
  }
}
