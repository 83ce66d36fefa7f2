/** A change: once for each token, once for each Idempotency-Key, and never without its audit row. All or nothing. */
import { createHash } from 'node:crypto';
import type { Route } from '@receptionist/admin-api';
import { type Instant, Problem } from '@receptionist/core';
import type { KeptAnswer, Store, Verbs } from '@receptionist/store';
import type { Request, RequestHandler, Response } from 'express';
import { identityOf } from './authentication.ts';
import type { Change, Changed } from './endpoints.ts';
import { bodyOf, checkedBody, checkedParams, checkedQuery } from './requests.ts';
import type { Wired } from './router.ts';

const ANSWERS_ARE_KEPT_MS = 24 * 60 * 60 * 1000;

/** The nouns of the audit whose change can change flags. */
const DECIDES_FLAGS = /^(flag|plan|rollout|tenant)\./;

export function createChange(
  { store, wake, flagReader }: Wired,
  route: Route,
  change: Change<Route>,
): RequestHandler {
  return async (req, res) => {
    const request = changeRequest(route, req, res);
    const now = await store.now();
    const work = async (tx: Verbs) => {
      await tx.useTokenOnce(request.identity.jti, request.identity.expires_at.toISOString());
      const kept = await keptAnswer(tx, request, now);
      if (kept) return { status: kept.status, answer: kept.body, ring: null, action: null };
      const { actor, params, query, body } = request;
      const changed = await change(tx, { params, query, body, actor, now });
      return record(tx, request, changed, now);
    };
    const { status, answer, ring, action } = await (request.dryRun
      ? foretell(store, work)
      : store.transact(work));
    if (action && DECIDES_FLAGS.test(action)) flagReader.changed();
    if (ring && !request.dryRun) wake.ring(ring.kind, ring.id);
    res.status(status).json(answer);
  };
}

/** What is foretold is what would happen: the change is made for its answer, and taken back with its transaction. */
async function foretell<T>(store: Store, work: (tx: Verbs) => Promise<T>): Promise<T> {
  try {
    return await store.transact<T>(async (tx) => {
      throw new TakenBack(await work(tx));
    });
  } catch (error) {
    if (error instanceof TakenBack) return error.result;
    throw error;
  }
}

class TakenBack<T> extends Error {
  readonly result: T;

  constructor(result: T) {
    super('A dry run is taken back.');
    this.result = result;
  }
}

type ChangeRequest = ReturnType<typeof changeRequest>;

function changeRequest(route: Route, req: Request, res: Response) {
  const idempotencyKey = idempotencyKeyOf(req);
  const params = checkedParams<Route>(req);
  const query = checkedQuery(route, req);
  const json = bodyOf(req);
  const identity = identityOf(res);
  return {
    identity,
    actor: identity.user,
    params,
    query,
    dryRun: 'dry_run' in query && query.dry_run === true,
    body: checkedBody(route, json),
    idempotencyKey,
    hash: createHash('sha256')
      .update(JSON.stringify([req.method, req.originalUrl, json]))
      .digest('hex'),
    usualStatus: route.statuses[0],
    origin: { request_id: String(res.locals.request_id), address: req.ip ?? null },
  };
}

function idempotencyKeyOf(req: Request): string | null {
  const key = req.get('idempotency-key');
  if (key === undefined) return null;
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw new Problem('invalid_parameter', 'Idempotency-Key must have 1 to 255 printable ASCII characters.');
}

async function keptAnswer(
  tx: Verbs,
  { actor, idempotencyKey, hash }: ChangeRequest,
  now: Instant,
): Promise<KeptAnswer | null> {
  const kept = idempotencyKey === null ? null : await tx.findAnswer(actor, idempotencyKey, now);
  if (kept === null || kept.request_hash === hash) return kept;
  throw new Problem(
    'idempotency_conflict',
    `The Idempotency-Key ${JSON.stringify(idempotencyKey)} was used for another request in the last 24 hours. Take a new one.`,
  );
}

async function record(tx: Verbs, request: ChangeRequest, changed: Changed<unknown>, now: Instant) {
  const { actor, idempotencyKey, hash, usualStatus, origin } = request;
  const { answer, status = usualStatus, audit, ring = null } = changed;
  await tx.recordAudit({ at: now, actor, ...audit, ...origin });
  if (idempotencyKey !== null) {
    const expires_at = new Date(Date.parse(now) + ANSWERS_ARE_KEPT_MS).toISOString();
    await tx.keepAnswer(actor, idempotencyKey, { request_hash: hash, status, body: answer, expires_at });
  }
  return { status, answer, ring, action: audit.action };
}
