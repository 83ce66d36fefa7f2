/** Every request goes through this list, from top to bottom. */
import { Problem } from '@receptionist/core';
import express, { type Express, type RequestHandler, type Router } from 'express';
import { createProblemHandler } from '../admin/problems.ts';
import { holdMusic } from '../hand-off/hold-music.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { version } from '../version.ts';
import { accessLog } from './access-log.ts';
import type { Readiness } from './readiness.ts';
import { requestId } from './request-id.ts';

export interface AppParts {
  log: Log;
  metrics: Metrics;
  trustProxy: number;
  readiness: () => Promise<Readiness>;
  metricsPage: RequestHandler;
  /** By the path they are mounted at. */
  routers: Readonly<Record<string, Router>>;
}

export function createApp({ log, metrics, trustProxy, readiness, metricsPage, routers }: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', trustProxy);

  app.use(requestId);
  app.use(accessLog({ log, metrics }));
  app.use(securityHeaders);
  app.get('/health', (_req, res) => {
    res.json({ status: 'ok', version });
  });
  app.get('/ready', async (_req, res) => {
    const { ready, parts } = await readiness();
    res.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not_ready', parts });
  });
  app.get('/metrics', metricsPage);
  app.get('/audio/hold-music.wav', sendHoldMusic());
  for (const [path, router] of Object.entries(routers)) app.use(path, rememberMount, router);
  app.use(notFound);
  app.use(createProblemHandler({ log }));
  return app;
}

/** For the access log: once a router has thrown, Express no longer knows where it was mounted. */
const rememberMount: RequestHandler = (req, res, next) => {
  res.locals.mount = req.baseUrl;
  next();
};

/** Nothing here is a page, and nothing may be kept by a cache on the way. */
const securityHeaders: RequestHandler = (_req, res, next) => {
  res.set({
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  });
  next();
};

/** Unsigned, as Twilio fetches what it plays; kept there, so that the next caller hears it at once. */
function sendHoldMusic(): RequestHandler {
  let music: Buffer | null = null;
  return (_req, res) => {
    // 40 ms, which most starts need not wait for.
    music ??= holdMusic();
    res.set('Cache-Control', 'public, max-age=86400').type('audio/wav').send(music);
  };
}

const notFound: RequestHandler = (req) => {
  throw new Problem('not_found', `There is nothing at ${req.path}.`);
};
