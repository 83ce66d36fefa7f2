/**
 * What can go wrong in a way that we explain: a closed list of codes and one error class.
 * HTTP status, exit code and the sentence a caller hears are tables over these codes, each where it is used.
 */

export const PROBLEMS = {
  unauthorized: { status: 401, title: 'The token was not accepted' },
  forbidden: { status: 403, title: 'The token has no right to this' },
  not_found: { status: 404, title: 'Nothing has that name here' },
  method_not_allowed: { status: 405, title: 'This address has no such method' },
  invalid_body: { status: 400, title: 'The body does not fit' },
  invalid_parameter: { status: 400, title: 'A parameter does not fit' },
  already_exists: { status: 409, title: 'It exists already' },
  already_acknowledged: { status: 409, title: 'Somebody else has it' },
  invalid_transition: { status: 409, title: 'The entry is not in a state that allows this' },
  conflict: { status: 409, title: 'Somebody changed it meanwhile' },
  idempotency_conflict: { status: 409, title: 'The Idempotency-Key was used for another request' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The content type is not one that this address reads' },
  rate_limited: { status: 429, title: 'Too many failures' },
  internal: { status: 500, title: 'Something failed on our side' },
  admin_disabled: { status: 503, title: 'The admin API is switched off' },
  unavailable: { status: 503, title: 'Not reachable at the moment' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** A mistake at one place of a body or of a query; `path` as in `services.0.minutes`. */
export interface FieldError {
  path: string;
  message: string;
}

/**
 * Something went wrong and we can say what. `message` is written for the person who caused or must mend it: what was
 * found, what it means, what to do. It never holds a secret.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[];
  /** Further members of the answer, such as `holder` or `entry_status`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ProblemCode,
    message: string,
    more: { errors?: readonly FieldError[]; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, 'cause' in more ? { cause: more.cause } : undefined);
    this.code = code;
    this.errors = more.errors ?? [];
    this.details = more.details ?? {};
  }
}
