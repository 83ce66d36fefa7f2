/** What went wrong, in the one shape that people and scripts get: code, message, what to do, and the exit code. */
import { styleText } from 'node:util';
import { PROBLEMS, Problem } from '@receptionist/core';
import { EXIT_CODE_OF, type ExitCode, type FailureCode } from './exit-codes.ts';

/** A failure of ours, on this side of the wire. The message says what was found and what it means, the hint what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: FailureCode;
  readonly hint: string | null;

  constructor(code: FailureCode, message: string, hint: string | null = null) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

export interface Failure {
  code: FailureCode;
  message: string;
  hint: string | null;
}

const HINTS: Partial<Record<FailureCode, string>> = {
  unauthorized: 'Compare ADMIN_PRIVATE_KEY here and at the daemon, and the clocks of both machines.',
  admin_disabled: 'Set ADMIN_PRIVATE_KEY at the daemon (`adminctl init` prints the line) and start it again.',
  already_acknowledged: 'Talk to them, or take it over: adminctl fallback assign ID --to YOU',
  invalid_transition: 'See where it stands: adminctl fallback show ID',
  rate_limited: 'Too many refused tokens came from your address. Wait a minute.',
};

export function explain(error: unknown): Failure {
  if (error instanceof CommandError) return { code: error.code, message: error.message, hint: error.hint };
  if (error instanceof Problem) return explainProblem(error);
  if (!(error instanceof Error)) return { code: 'failed', message: String(error), hint: null };
  // By name: importing the class would load the client, and zod with it, before `--version` is answered.
  if (error.name === 'Unreachable') return { code: 'unreachable', message: error.message, hint: null };
  if (error.name === 'ExitPromptError') return { code: 'interrupted', message: 'Interrupted.', hint: null };
  return { code: 'failed', message: error.message, hint: null };
}

function explainProblem({ code, message, errors, details }: Problem): Failure {
  const places = errors.map(({ path, message }) => `\n  ${path || 'body'}: ${message}`).join('');
  return {
    code,
    message: errors.length > 1 ? `${PROBLEMS[code].title}:${places}` : message,
    hint:
      code === 'internal'
        ? `Look for request ${details['request_id']} in the daemon's log.`
        : (HINTS[code] ?? null),
  };
}

export function exitCodeOf({ code }: Failure): ExitCode {
  return EXIT_CODE_OF[code];
}

/** Says it, on stdout as JSON or on stderr in words, and leaves the exit code for when the program ends by itself. */
export function tellFailure(error: unknown, { json }: { json: boolean }): void {
  const failure = explain(error);
  process.exitCode = exitCodeOf(failure);
  if (json) console.log(JSON.stringify({ error: failure }, null, 2));
  else console.error(inWords(failure));
}

export function inWords({ message, hint }: Failure): string {
  const error = styleText('red', 'Error:', { stream: process.stderr });
  return hint ? `${error} ${message}\n${hint}` : `${error} ${message}`;
}
