/** What went wrong, for whoever typed a command: in words without a stack, and as an exit code. docs/errors.md lists those. */
import { Problem, type ProblemCode } from '@receptionist/core';
import { ConfigError } from './config.ts';
import { ListenError } from './http/server.ts';

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  conflict: 5,
  unreachable: 6,
  no: 7,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Those that an operator meets here; the others are answers to requests. */
const EXIT_CODE_OF: Partial<Record<ProblemCode, ExitCode>> = {
  already_exists: EXIT.conflict,
  conflict: EXIT.conflict,
  invalid_parameter: EXIT.usage,
  not_found: EXIT.notFound,
  unavailable: EXIT.unreachable,
};

export function exitCodeOf(error: unknown): ExitCode {
  return (error instanceof Problem && EXIT_CODE_OF[error.code]) || EXIT.failed;
}

/** A sentence a line. */
export function explain(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.mistakes;
  if (error instanceof Problem || error instanceof ListenError) return [error.message];
  return [`this should not happen: ${error instanceof Error ? error.message : error}`];
}

/** For a script. */
export function failureOf(error: unknown): { code: string; message: string; hint: null } {
  const code = error instanceof Problem ? error.code : 'failed';
  return { code, message: explain(error).join('\n'), hint: null };
}
