import { Problem } from '@receptionist/core';

/** By the beginning of SQLite's code or the whole of the operating system's; the first that fits. */
const EXPLANATIONS: readonly [code: RegExp, explanation: string][] = [
  [/^SQLITE_(BUSY|LOCKED)/, 'is locked by another process that does not let go. Nothing was written. Find it with fuser, or try again.'],
  [/^(SQLITE_FULL|ENOSPC|EDQUOT)/, 'cannot grow: the disk is full. Nothing was written. Make room: then a daemon goes on by itself, and a command can be run again.'],
  [/^(SQLITE_(CANTOPEN|READONLY|PERM)|EACCES|EPERM|EROFS)/, 'cannot be opened for writing. It must be a file that this user owns, in a folder of theirs, with those beside it (-wal, -shm, -migrating).'],
  [/^(ENOTDIR|EISDIR|EEXIST|ELOOP|ENAMETOOLONG)/, 'cannot be made there: the path is not one of a file. Check DATABASE_URL.'],
  [/^SQLITE_NOTADB/, 'is not an SQLite database. Check DATABASE_URL; the file was left as it is.'],
  [/^SQLITE_CORRUPT/, 'is damaged. Stop the daemon, keep a copy of the file and restore the last backup.'],
  [/^SQLITE_IOERR/, 'cannot be read or written: the disk reports an error. Check the disk and the system log.'],
]; // biome-ignore format: a table

export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));
}

/** A Problem `unavailable` for what an operator can mend; any other error comes back as it is: it is ours. */
export function explain(error: unknown, file: string): unknown {
  const code = codeOf(error);
  const [, explanation] = EXPLANATIONS.find(([pattern]) => pattern.test(code)) ?? [];
  if (explanation) return new Problem('unavailable', `The database ${file} ${explanation}`, { cause: error });
  if (error instanceof Error && /^no such (table|column)/.test(error.message)) {
    const message = `The database ${file} is not up to date (${error.message}). Run: receptionistd migrate up`;
    return new Problem('unavailable', message, { cause: error });
  }
  return error;
}

/** Also of the error that a Problem explains. */
function codeOf(error: unknown): string {
  if (error instanceof Problem) return codeOf(error.cause);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
