/** The admin API: mount it at /admin. The order of this file is the order in which a request goes through it. */
import {
  type AdminKeys,
  type DaemonStatus,
  ENTRY_STREAM,
  openApiDocument,
  ROUTES,
  type Route,
  type RouteName,
} from '@receptionist/admin-api';
import { Problem, type Tenant } from '@receptionist/core';
import type { Store } from '@receptionist/store';
import express, { type RequestHandler, type Router } from 'express';
import type { Wake } from '../escalation/wake.ts';
import type { FlagReader } from '../flags/reader.ts';
import type { Replayer } from '../learning/replayer.ts';
import type { Log } from '../observability/log.ts';
import { version } from '../version.ts';
import { audit } from './audit.ts';
import { createAuthentication } from './authentication.ts';
import { createChange } from './changes.ts';
import { conversations } from './conversations.ts';
import type { Change, Handlers, Read } from './endpoints.ts';
import { events } from './events.ts';
import { fallback } from './fallback.ts';
import { flags } from './flags.ts';
import { createJoin } from './join.ts';
import { createReplay, lessons } from './learning.ts';
import { missedCalls } from './missed-calls.ts';
import { onCall } from './oncall.ts';
import { plans } from './plans.ts';
import { report } from './report.ts';
import { bodyReader, checkedParams, checkedQuery } from './requests.ts';
import { rollouts } from './rollouts.ts';
import { createStatus } from './status.ts';
import type { EntryStream } from './stream.ts';
import { tenants } from './tenants.ts';

const HANDLERS: Omit<Handlers, 'getStatus' | 'joinEntry' | 'replayEntry'> = {
  ...tenants,
  ...plans,
  ...flags,
  ...rollouts,
  ...events,
  ...missedCalls,
  ...fallback,
  ...lessons,
  ...report,
  ...conversations,
  ...onCall,
  ...audit,
};

export interface AdminOptions {
  store: Store;
  /** Null: the admin API is switched off. */
  keys: AdminKeys | null;
  /** The clock that tokens and failures are judged by; changes take the store's. */
  now: () => Date;
  log: Log;
  wake: Wake;
  /** Is told of each change that can change flags. */
  flagReader: Pick<FlagReader, 'changed'>;
  /** Whether calls of ours can be placed in the name of the tenant. */
  canCall: (tenant: Tenant) => boolean;
  /** How the daemon is, for `adminctl doctor`. */
  examine: () => Promise<DaemonStatus>;
  entryStream: Pick<EntryStream, 'follow'>;
  replay: Replayer;
}

/**
 * Expects of the app: the request's id in `res.locals.request_id`, `trust proxy` (`req.ip` is what is limited and audited),
 * and at its end the problem handler, because whatever is refused here is thrown.
 */
export function createAdminRouter({
  keys,
  now,
  log,
  canCall,
  examine,
  entryStream,
  replay,
  ...wired
}: AdminOptions): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  if (keys === null) {
    router.use(disabled);
  } else {
    router.get('/openapi.json', openApi());
    router.use(createAuthentication({ keys, now, log }));
    // Before the entries: to their address the word is an id.
    router.get(expressPath(ENTRY_STREAM), entryStream.follow);
    const wiredHandlers = { ...createStatus(examine), ...createJoin({ canCall }), ...createReplay(replay) };
    const handlers = { ...HANDLERS, ...wiredHandlers };
    for (const [name, route] of Object.entries(ROUTES) as [RouteName, Route][]) {
      const verb = route.method.toLowerCase() as Lowercase<Route['method']>;
      router[verb](expressPath(route), ...steps(wired, route, handlers[name]));
    }
    for (const [path, methods] of methodsByPath()) router.all(path, methodNotAllowed(methods));
    router.use(notFound);
  }
  return router;
}

/** What handlers need besides the request. */
export type Wired = Pick<AdminOptions, 'store' | 'wake' | 'flagReader'>;

/** The table of routes and that of handlers agree name by name; what they agree on is lost in a loop over both. */
function steps(wired: Wired, route: Route, handler: Handlers[RouteName]): RequestHandler[] {
  if (!route.changes) return [createRead(wired.store, route, handler as Read<Route>)];
  return [...bodyReader(route), createChange(wired, route, handler as Change<Route>)];
}

function createRead(store: Store, route: Route, read: Read<Route>): RequestHandler {
  return async (req, res) => {
    const asked = { params: checkedParams(req), query: checkedQuery(route, req), time: store.now };
    res.json(await read(store.read, asked));
  };
}

/** `/admin/tenants/{tenant_id}` → `/tenants/:tenant_id`. */
function expressPath({ path }: Route): string {
  return path.slice('/admin'.length).replace(/\{(\w+)\}/g, ':$1');
}

function methodsByPath(): Map<string, string[]> {
  const routes = Map.groupBy(Object.values<Route>(ROUTES), expressPath);
  return new Map([...routes].map(([path, ofPath]) => [path, ofPath.map(({ method }) => method)]));
}

function openApi(): RequestHandler {
  let document: unknown;
  return (_req, res) => {
    document ??= openApiDocument(version);
    res.json(document);
  };
}

const disabled: RequestHandler = () => {
  throw new Problem(
    'admin_disabled',
    'The daemon has no ADMIN_PRIVATE_KEY, so nobody can administer it. Run adminctl init, and restart the daemon with the line it prints.',
  );
};

function methodNotAllowed(methods: string[]): RequestHandler {
  const allow = methods.join(', ');
  return (req, res) => {
    res.set('Allow', allow);
    throw new Problem(
      'method_not_allowed',
      `${req.originalUrl.split('?')[0]} has no ${req.method}, only ${allow}.`,
    );
  };
}

const notFound: RequestHandler = (req) => {
  const path = req.originalUrl.split('?')[0];
  throw new Problem('not_found', `There is nothing at ${path}. GET /admin/openapi.json lists every address.`);
};
