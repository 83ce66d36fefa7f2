/** Who is asking: before anything else of a request is looked at. */
import { type AdminKeys, checkToken, type TokenCheck } from '@receptionist/admin-api';
import { Problem } from '@receptionist/core';
import type { Request, RequestHandler, Response } from 'express';
import type { Log } from '../observability/log.ts';
import { createFailureLimit } from './failure-limit.ts';

export type Identity = Omit<Extract<TokenCheck, { accepted: true }>, 'accepted'>;

export function identityOf(res: Response): Identity {
  return res.locals.identity;
}

/**
 * A valid token is always let through: the limit is on failures, and whoever shares an address with a guesser must not
 * be locked out by them.
 */
export function createAuthentication({
  keys,
  now,
  log,
}: {
  keys: AdminKeys;
  now: () => Date;
  log: Log;
}): RequestHandler {
  const failures = createFailureLimit({ now, perMinute: 3000, addresses: 10_000 });

  return async (req, res, next) => {
    const check = await checkToken(bearerToken(req), keys, now());
    if (check.accepted) {
      res.locals.identity = check satisfies Identity;
      return next();
    }
    const address = req.ip ?? 'unknown';
    const retryAfter = failures.count(address);
    log.warn({ why: check.why, address }, 'admin token refused');
    if (retryAfter === null) throw new Problem('unauthorized', check.why);
    res.set('Retry-After', String(retryAfter));
    throw new Problem(
      'rate_limited',
      `Too many tokens from ${address} were refused. Wait ${retryAfter} s, and mend the key.`,
    );
  };
}

/** Empty where there is none, or more than one: a proxy and we might not choose the same. */
function bearerToken(req: Request): string {
  const [header, ...others] = req.headersDistinct.authorization ?? [];
  const [, token] = /^Bearer +(\S+)$/i.exec(header ?? '') ?? [];
  return others.length === 0 ? (token ?? '') : '';
}
