import type { Request, RequestHandler, Response } from 'express';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';

/** One line a request. It has the route, not the address: a query holds what somebody searched for. */
export function accessLog({ log, metrics }: { log: Log; metrics: Metrics }): RequestHandler {
  return (req, res, next) => {
    const started = performance.now();
    res.on('close', () => {
      const { method } = req;
      const route = routeOf(req, res);
      const status = res.writableFinished ? res.statusCode : 'aborted';
      metrics.httpRequests.inc({ method, route, status: String(status) });
      const ms = Math.round(performance.now() - started);
      // The request's own log fields may be gone when its connection closes.
      const line = { request_id: res.locals.request_id, method, route, status, ms };
      if (PROBES.includes(route)) log.debug(line, 'request');
      else log.info(line, 'request');
    });
    next();
  };
}

/** Asked for every few seconds, by machines. */
const PROBES = ['/health', '/ready', '/metrics'];

function routeOf(req: Request, res: Response): string {
  const path: unknown = req.route?.path;
  return typeof path === 'string' ? (res.locals.mount ?? '') + path : 'none';
}
