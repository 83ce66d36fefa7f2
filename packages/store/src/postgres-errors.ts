import { Problem } from '@receptionist/core';

/**
 * By the error's code (SQLSTATE or the operating system's) or, where pg gives none, its message; the first that fits. With a
 * third part it passes, and that says when.
 */
const EXPLANATIONS: readonly [found: RegExp, explanation: string, once?: string][] = [
  [/^(ECONNREFUSED|ENOENT$)/, 'takes no connections. Start Postgres, or check DATABASE_URL.', 'Postgres answers'],
  [/^(ENOTFOUND|EAI_AGAIN)/, 'has a host name that is not known here. Check DATABASE_URL.'],
  [/^timeout exceeded/, 'gave us no connection in time: it does not answer, or all of ours are in use (DATABASE_POOL_SIZE).', 'there is one'],
  [/^(LATE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|Connection terminated due to)/, 'does not answer in time. Look at its load and the network.', 'it answers'],
  [/^08P01/, 'is behind a pooler that did not let us through. Look at what it said, and at DATABASE_URL.', 'the pooler does'],
  [/^(57P0[1-3]|08|ECONNRESET|EPIPE|Connection terminated|Client (has|was))/, 'broke the connection: it is starting, stopping or gone.', 'it is back'],
  [/^(57014|55P03|25P0[34])/, 'took too long: other work holds the rows, or the machine is overloaded. Nothing was written.'],
  [/^(40001|40P01)/, 'undid the change several times, because others changed the same rows at the same time. Try again.'],
  [/^53100/, 'cannot grow: its disk is full. Nothing was written. Make room.', 'there is some'],
  [/^53/, 'is short of memory or connections. Look at its max_connections and at DATABASE_POOL_SIZE.'],
  [/^25006/, 'only reads: it is a replica, or was made read-only. Check DATABASE_URL.'],
  [/^28P01/, 'refused user or password. Check DATABASE_URL.'],
  [/^28/, 'refused us. Its pg_hba.conf decides; where it wants encryption, add sslmode=require to DATABASE_URL.'],
  [/^3D000/, 'is not there. Make it (createdb NAME), or check DATABASE_URL.'],
  [/^(42P01|42703)/, 'is not up to date. Run: receptionistd migrate up'],
  [/^42501/, 'does not let us: the user in DATABASE_URL lacks a right. Make it the owner of the database.'],
  [/^3F000/, 'has no schema for us. Check the search_path of the user.'],
  [/^(The server does not support SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_|ERR_TLS|ERR_SSL)/, 'cannot be reached safely. Check sslmode and sslrootcert in DATABASE_URL.'],
]; // biome-ignore format: a table

/** A query that Postgres did not answer in time; the connection was given up. */
export class LateError extends Error {
  readonly code = 'LATE';
}

/** Whom an error is told, and which database it is about. */
export interface Listener {
  /** The address, without its password. */
  shown: string;
  /** It tries again by itself; a command does not. */
  isDaemon: boolean;
}

/** A Problem `unavailable` for what an operator can mend; any other error comes back as it is: it is ours. */
export function explain(error: unknown, { shown, isDaemon }: Listener): unknown {
  const code = codeOf(error);
  const [, explanation, once] = EXPLANATIONS.find(([found]) => found.test(code)) ?? [];
  if (!explanation) return error;
  const next =
    once === undefined ? '' : ` ${isDaemon ? 'It goes on by itself' : 'Run it again'} once ${once}.`;
  const said = error instanceof Error && error.message ? error.message : code;
  return new Problem('unavailable', `The database ${shown} ${explanation}${next} It said: ${said}`, {
    cause: error,
  });
}

/** Serialization failure, deadlock, or a row that another transaction made since we looked. */
export function isConflict(error: unknown): boolean {
  return /^(40001|40P01|23505)/.test(codeOf(error));
}

export function isLockTimeout(error: unknown): boolean {
  return codeOf(error) === '55P03';
}

export function isDeadlock(error: unknown): boolean {
  return codeOf(error) === '40P01';
}

/** Also of the error that a Problem explains. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if (error instanceof Problem) return codeOf(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
