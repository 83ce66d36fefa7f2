import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { withLogFields } from '../observability/log.ts';

/** Kept where the other side sent a sensible one, so that it finds our lines by its own id. */
export const requestId: RequestHandler = (req, res, next) => {
  const sent = req.headers['x-request-id'];
  const request_id = typeof sent === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(sent) ? sent : randomUUID();
  res.locals.request_id = request_id;
  res.setHeader('X-Request-Id', request_id);
  withLogFields({ request_id }, next);
};
