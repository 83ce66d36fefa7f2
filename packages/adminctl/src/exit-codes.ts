/** What a script learns from the exit code: one table from the code of a failure. docs/errors.md lists both. */
import type { ProblemCode } from '@receptionist/core';

export const EXIT_CODES = {
  0: 'done',
  1: 'failed',
  2: 'wrong usage: an unknown command, flag or value',
  3: 'not found',
  4: 'not authorised, or no key',
  5: 'conflict: somebody else has it, its state forbids it, it exists already',
  6: 'cannot reach the daemon, its database or a tool',
  7: 'the answer is "no"',
  130: 'interrupted',
} as const;
export type ExitCode = keyof typeof EXIT_CODES;

/** What fails on this side of the wire. */
export type LocalCode =
  | 'usage'
  | 'failed'
  | 'no_key'
  | 'unsafe_file'
  | 'file_exists'
  | 'unreachable'
  | 'interrupted';

export type FailureCode = ProblemCode | LocalCode;

export const EXIT_CODE_OF: Readonly<Record<FailureCode, ExitCode>> = {
  usage: 2,
  failed: 1,
  no_key: 4,
  unsafe_file: 4,
  file_exists: 5,
  unreachable: 6,
  interrupted: 130,

  unauthorized: 4,
  forbidden: 4,
  admin_disabled: 4,
  not_found: 3,
  method_not_allowed: 1,
  invalid_body: 2,
  invalid_parameter: 2,
  already_exists: 5,
  already_acknowledged: 5,
  invalid_transition: 5,
  conflict: 5,
  idempotency_conflict: 5,
  body_too_large: 2,
  unsupported_media_type: 1,
  rate_limited: 1,
  internal: 1,
  unavailable: 6,
};
