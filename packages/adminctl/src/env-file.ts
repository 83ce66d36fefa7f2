/** `~/.adminctl.env`: read only where nobody else can, and explained where a line is broken. */
import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import { parse } from 'dotenv';
import { CommandError } from './failure.ts';

export type Environment = Record<string, string | undefined>;

/** The file named by the flag, else by the environment, else the one at home. */
export function envFilePath(named: string | undefined, env: Environment): string {
  return named || env['ADMINCTL_ENV_FILE'] || path.join(homedir(), '.adminctl.env');
}

/**
 * Settings of the file; none where there is no file.
 * @throws CommandError `unsafe_file` when others may read it, or a line is not a setting
 */
export function readEnvFile(file: string): Environment {
  const text = readPrivate(file);
  if (text === null) return {};
  const broken = brokenLine(text);
  if (broken)
    throw new CommandError(
      'unsafe_file',
      `${file}:${broken.line}: ${broken.why}`,
      'Mend the line: NAME=value',
    );
  return parse(text);
}

/** The text of a file that only its owner can read, or null where there is none. */
function readPrivate(file: string): string | null {
  const descriptor = openIfThere(file);
  if (descriptor === null) return null;
  try {
    refuseUnlessPrivate(file, fstatSync(descriptor));
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function openIfThere(file: string): number | null {
  try {
    return openSync(file, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new CommandError(
      'unsafe_file',
      `${file} cannot be read (${code}).`,
      `Look at it: ls -l ${quoted(file)}`,
    );
  }
}

function refuseUnlessPrivate(file: string, stats: Stats): void {
  if (!stats.isFile())
    throw new CommandError('unsafe_file', `${file} is not a file.`, 'Name another: --env-file FILE');
  const me = process.getuid?.();
  if (me !== undefined && stats.uid !== me) {
    throw new CommandError(
      'unsafe_file',
      `${file} belongs to user ${stats.uid}, not to you (${me}): its keys are not yours to trust.`,
      `Take it over: sudo chown ${me} ${quoted(file)}`,
    );
  }
  // Windows has no such modes and reports 0666 for every file.
  if (me !== undefined && (stats.mode & 0o077) !== 0) {
    throw new CommandError(
      'unsafe_file',
      `${file} has mode ${modeText(stats.mode)}: others on this machine can get at the key in it.`,
      `Run: chmod 600 ${quoted(file)}`,
    );
  }
}

/** As a shell takes it. */
function quoted(file: string): string {
  return /^[\w./~-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
}

/** dotenv passes over what it does not understand. Never quotes the line: it may be the key. */
function brokenLine(text: string): { line: number; why: string } | null {
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const why = whyBroken(line.trim());
    if (why) return { line: index + 1, why };
  }
  return null;
}

function whyBroken(line: string): string | null {
  if (line === '' || line.startsWith('#')) return null;
  const value = /^(?:export\s+)?[A-Za-z_]\w*\s*=\s*(.*)$/.exec(line)?.[1];
  if (value === undefined) return 'this line is not a setting.';
  const quote = /^["'`]/.exec(value)?.[0];
  return quote && !value.slice(1).includes(quote) ? `the quote ${quote} is never closed.` : null;
}

/** False, and nothing written, when something is there. */
export function createEnvFile(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw new CommandError('failed', `${file} cannot be written (${code}).`, 'Name another: --env-file FILE');
  }
}

/** Whole or not at all, and never for a moment with the mode of the old one. */
export function replaceEnvFile(file: string, text: string): void {
  const fresh = `${file}.${process.pid}`;
  createEnvFile(fresh, text);
  renameSync(fresh, file);
}

/** What is there: age, mode, and which settings, without their values. */
export function describeEnvFile(file: string): string {
  const { mtime, mode } = statSync(file);
  const names = [...readFileSync(file, 'utf8').matchAll(/^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/gm)].map(
    ([, name]) => name,
  );
  const holds = names.length > 0 ? `It sets ${names.join(', ')}.` : 'It sets nothing.';
  return `${file} exists, of ${mtime.toISOString().slice(0, 10)}, mode ${modeText(mode)}. ${holds}`;
}

function modeText(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, '0');
}

export function loginName(): string | null {
  try {
    return userInfo().username || null;
  } catch {
    // A container's user may have a number and no name.
    return null;
  }
}
