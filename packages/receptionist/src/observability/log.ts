/** Structured logs: one JSON object a line, without phone numbers and secrets. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { maskPhone } from '@receptionist/core';
import pino from 'pino';
import { version } from '../version.ts';

export type Log = pino.Logger;

/** What the lines of one request (or of one cycle of the engine) have in common. */
const surroundings = new AsyncLocalStorage<Record<string, unknown>>();

export function withLogFields<T>(fields: Record<string, unknown>, work: () => T): T {
  return surroundings.run(fields, work);
}

/** `write` gets each line, masked, with its line break. */
export function createLog({
  level,
  secrets,
  write,
}: {
  level: string;
  secrets: readonly string[];
  write: (line: string) => void;
}): Log {
  const mask = masker(secrets);
  const options: pino.LoggerOptions = {
    level,
    base: { service: 'receptionistd', version },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: {
      error: (error) => describeError(error, { stack: level === 'debug' || level === 'trace' }),
    },
    // A copy: pino writes the fields of the line into what it gets.
    mixin: () => ({ ...surroundings.getStore() }),
  };
  return pino(options, { write: (line: string) => write(mask(line)) });
}

/**
 * Masks the finished line rather than named fields: nothing that is nested, renamed or part of a sentence slips through.
 */
function masker(secrets: readonly string[]): (line: string) => string {
  // As they stand inside JSON. Very short ones would tear holes into ordinary words.
  const written = secrets
    .filter((secret) => secret.length >= 8)
    .map((secret) => JSON.stringify(secret).slice(1, -1));
  return (line) => {
    const withoutSecrets = written.reduce((masked, secret) => masked.replaceAll(secret, '[secret]'), line);
    return withoutSecrets.replace(/\+[1-9]\d{6,14}(?!\d)/g, maskPhone);
  };
}

/** An error for the log: what and why, down its causes. */
function describeError(error: unknown, show: { stack: boolean }): unknown {
  if (!(error instanceof Error)) return String(error);
  return {
    type: error.name,
    message: error.message,
    ...('code' in error ? { code: error.code } : {}),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause, show) }),
    ...(show.stack ? { stack: error.stack } : {}),
  };
}
