/**
 * What PagerDuty tells us: somebody has acknowledged an incident there, and with it our entry. PagerDuty sends again what is
 * not answered with 2xx, so that everything which is understood and changes nothing is a 200 as well.
 */
import { type OnCall, Problem, type ProblemCode } from '@receptionist/core';
import type { Store, Verbs } from '@receptionist/store';
import express, { type Request, type Response, type Router } from 'express';
import { type AskedMove, auditedMove, holdTold } from '../admin/audited-move.ts';
import { readJson } from '../admin/json.ts';
import type { Wake } from '../escalation/wake.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { within } from '../within.ts';
import { onlyPost } from './only-post.ts';
import { type Acknowledgement, readAcknowledgement } from './pagerduty-acknowledgement.ts';
import { isSignedByPagerDuty } from './pagerduty-signature.ts';

/** PagerDuty waits for 5 s. */
const DEADLINE_MS = 4_000;
/** Whoever acknowledged so long ago does not mean the entry as it is now. */
const STALE_AFTER_MS = 48 * 60 * 60 * 1_000;
/** An event is known for longer than PagerDuty sends it again, and longer than it counts. */
const KNOWN_FOR_MS = 7 * 24 * 60 * 60 * 1_000;

/** It came before, or somebody was faster. */
const NOTHING_TO_DO: readonly ProblemCode[] = [
  'unauthorized',
  'already_acknowledged',
  'invalid_transition',
  'not_found',
];

export function createPagerDutyRouter({
  store,
  secret,
  wake,
  log,
  metrics,
}: {
  store: Store;
  /** Undefined: every request is refused. */
  secret: string | undefined;
  wake: Wake;
  log: Log;
  metrics: Metrics;
}): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  const body = express.raw({ type: () => true, limit: '1mb', inflate: false });
  router.route('/webhook').post(body, authenticate, answer).all(onlyPost('PagerDuty'));
  return router;

  function authenticate(req: Request, res: Response, next: () => void): void {
    const signatures = req.get('x-pagerduty-signature');
    const why = refusal(signatures, bytesOf(req));
    if (why === null) {
      next();
      return;
    }
    metrics.signatureRefusals.inc({ why: `pagerduty_${why}` });
    log.warn({ why }, 'a request was not signed by PagerDuty; if it was, check PAGERDUTY_WEBHOOK_SECRET');
    res.status(401).type('text/plain').send('The signature of this request was not accepted.\n');
  }

  function refusal(signatures: string | undefined, bytes: Buffer): string | null {
    if (secret === undefined) return 'no_secret';
    if (!signatures) return 'no_signature';
    return isSignedByPagerDuty(signatures, bytes, secret) ? null : 'wrong_signature';
  }

  async function answer(req: Request, res: Response): Promise<void> {
    const acknowledgement = readAcknowledgement(readJson(bytesOf(req)));
    if (acknowledgement) {
      const origin = { request_id: String(res.locals.request_id), address: req.ip ?? null };
      await within(DEADLINE_MS, take(acknowledgement, origin)).catch((error) => {
        const { event_id, entry_id } = acknowledgement;
        log.error({ error, event_id, entry_id }, 'an acknowledgement in PagerDuty could not be recorded');
        throw new Problem('unavailable', 'It could not be recorded. Please send it again.', { cause: error });
      });
    }
    res.status(200).end();
  }

  async function take(acknowledgement: Acknowledgement, origin: AskedMove['origin']): Promise<void> {
    const { event_id, entry_id, at } = acknowledgement;
    const now = await store.now();
    if (Date.parse(now) - Date.parse(at) > STALE_AFTER_MS) return;
    const expires_at = new Date(Date.parse(now) + KNOWN_FOR_MS).toISOString();
    try {
      const actor = await store.transact(async (tx) => {
        await tx.useTokenOnce(`pagerduty:${event_id}`, expires_at);
        return acknowledge(tx, acknowledgement, { now, origin });
      });
      if (actor === null) return;
      wake.ring('entry', entry_id);
      log.info({ entry_id, actor }, 'acknowledged in PagerDuty');
    } catch (error) {
      if (!(error instanceof Problem && NOTHING_TO_DO.includes(error.code))) throw error;
    }
  }
}

/** @returns who has the entry now; null where there is nothing to acknowledge any more */
async function acknowledge(
  tx: Verbs,
  { entry_id, round, who }: Acknowledgement,
  { now, origin }: Pick<AskedMove, 'now' | 'origin'>,
): Promise<string | null> {
  const told = await holdTold(tx, entry_id);
  if (told?.round !== round || told.entry.status !== 'open') return null;
  const actor = actorFor(who, await tx.getOnCall());
  await auditedMove(tx, { entry_id, move: { move: 'acknowledge' }, actor, now, origin });
  return actor;
}

function actorFor(who: string, { people }: OnCall): string {
  const person = people.find(({ user }) => user.toLowerCase() === who.toLowerCase());
  return person?.user ?? `pagerduty:${who}`;
}

function bytesOf({ body }: Request): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
