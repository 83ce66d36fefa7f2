/** How a problem looks on the wire: RFC 9457, with the status that core has for its code. */
import type { ProblemAnswer } from '@receptionist/admin-api';
import { PROBLEMS, Problem } from '@receptionist/core';
import type { ErrorRequestHandler, Response } from 'express';
import type { Log } from '../observability/log.ts';

/** One sentence for every refused token: why it was refused helps only the one who forged it. */
const UNAUTHORIZED =
  'The bearer token was not accepted. Make a new one for each request, signed with the ADMIN_PRIVATE_KEY of this daemon.';

const INTERNAL =
  'Something failed on our side, and nothing was changed. The log says more under this request_id.';

export function sendProblem(res: Response, problem: Problem): void {
  const { code, details, errors } = problem;
  const { status, title } = PROBLEMS[code];
  const detail = code === 'unauthorized' ? UNAUTHORIZED : problem.message;
  const request_id: string = res.locals.request_id;
  const answer: ProblemAnswer = {
    ...(code === 'unauthorized' ? {} : details),
    type: `urn:receptionist:problem:${code}`,
    title,
    status,
    detail,
    code,
    request_id,
    ...(errors.length === 0 ? {} : { errors: [...errors] }),
  };
  if (code === 'unauthorized') res.set('WWW-Authenticate', 'Bearer error="invalid_token"');
  res.status(status).type('application/problem+json').send(JSON.stringify(answer));
}

/** The last handler: what we can explain is explained; the rest is logged, and hidden from the other side. */
export function createProblemHandler({ log }: { log: Log }): ErrorRequestHandler {
  return (error, _req, res, _next) => {
    const problem = asProblem(error);
    if (problem.code === 'internal') log.error({ error }, 'request failed');
    if (res.headersSent) res.destroy();
    else sendProblem(res, problem);
  };
}

/** Express and its body reader mark what is the other side's fault with a `status`. */
function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof URIError) {
    return new Problem(
      'invalid_parameter',
      'The address is broken: two hex digits of UTF-8 must follow a "%".',
    );
  }
  const { status, limit } = error as { status?: number; limit?: number };
  if (status === 413)
    return new Problem(
      'body_too_large',
      `A body may have ${Math.round((limit ?? 102_400) / 1_024)} kB here.`,
    );
  if (status === 415)
    return new Problem('unsupported_media_type', 'Send the body as it is, or as gzip, deflate or br.');
  if (status === 400) return new Problem('invalid_body', 'The body broke off, or its compression is broken.');
  return new Problem('internal', INTERNAL, { cause: error });
}
