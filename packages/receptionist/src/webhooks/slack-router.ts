/**
 * What Slack asks of us. A request that is not from Slack gets 401 and leaves no trace; every other one is answered within
 * three seconds, whatever goes wrong inside: whoever pressed sees what became of it, never a warning sign without words.
 */
import { createHash } from 'node:crypto';
import type { Store } from '@receptionist/store';
import express, { type Request, type Response, type Router } from 'express';
import type { Wake } from '../escalation/wake.ts';
import type { SlackAccess } from '../notify/slack-connection.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { LateError, within } from '../within.ts';
import { onlyPost } from './only-post.ts';
import { createSlackInteractions, type InteractionAnswer } from './slack-interactions.ts';
import { type Interaction, payloadOf, readInteraction } from './slack-payloads.ts';
import { refuseSlackRequest, type SlackRefusal } from './slack-signature.ts';
import { FORM_IS_LATE } from './slack-words.ts';

/** Slack gives up after 3 s; the rest is for the way. */
const ANSWER_MS = 2_500;

const ADVICE: Readonly<Record<SlackRefusal, string>> = {
  no_secret:
    'set SLACK_SIGNING_SECRET to the signing secret of the Slack app; until then every press is refused',
  unsigned: 'it had no signature that could be read, so it was not from Slack',
  stale: 'it was older or newer than 5 minutes; if it was from Slack, check the clock of this machine',
  forged: 'if it was from Slack, check SLACK_SIGNING_SECRET against "Basic Information" of the Slack app',
};

export function createSlackRouter({
  store,
  signingSecret,
  slack,
  runbook,
  wake,
  log,
  metrics,
  now,
}: {
  store: Store;
  signingSecret: string | undefined;
  slack: SlackAccess;
  /** An address, or the name of a file. */
  runbook: string;
  wake: Wake;
  log: Log;
  metrics: Metrics;
  now: () => Date;
}): Router {
  const take = createSlackInteractions({ store, slack, runbook, wake, log });
  let saidNoSecret = false;

  const router = express.Router({ caseSensitive: true, strict: true });
  // It holds the message, which may have 50 blocks.
  const body = express.raw({ type: () => true, limit: '1mb', inflate: false });
  router.route('/interactions').post(body, authenticate, answer).all(onlyPost('Slack'));
  return router;

  function authenticate(req: Request, res: Response, next: () => void): void {
    const why = refuseSlackRequest(signedRequest(req), signingSecret, now());
    if (why === null) {
      next();
      return;
    }
    metrics.signatureRefusals.inc({ why: `slack_${why}` });
    tellRefusal(why, req);
    res.status(401).type('text/plain').send('The signature of this request was not accepted.\n');
  }

  function tellRefusal(why: SlackRefusal, req: Request): void {
    if (why === 'no_secret' && saidNoSecret) return;
    saidNoSecret ||= why === 'no_secret';
    log.warn(
      { why, path: req.baseUrl + req.path },
      `a request was not accepted as one from Slack: ${ADVICE[why]}`,
    );
  }

  async function answer(req: Request, res: Response): Promise<void> {
    const payload = payloadOf(bodyOf(req));
    if (payload === undefined) {
      res.status(400).type('text/plain').send('The form must have one field, payload, which holds JSON.\n');
      return;
    }
    const interaction = readInteraction(payload);
    if (interaction === null) {
      log.debug(
        { type: (payload as { type?: unknown } | null)?.type },
        'Slack told of something that is not for us',
      );
      res.status(200).end();
      return;
    }
    const answer = await inTime(interaction, req, res);
    if (answer === null) res.status(200).end();
    else res.json(answer);
  }

  /** What takes longer is finished after the answer. */
  async function inTime(interaction: Interaction, req: Request, res: Response): Promise<InteractionAnswer> {
    const { signature = '' } = signedRequest(req);
    const digest = createHash('sha256').update(signature).digest('hex');
    const origin = { request_id: String(res.locals.request_id), address: req.ip ?? null };
    try {
      return await within(ANSWER_MS, take(interaction, { digest, origin }));
    } catch (error) {
      if (!(error instanceof LateError)) throw error;
      if (interaction.type === 'block_actions') return null;
      return { response_action: 'errors', errors: { notes: FORM_IS_LATE } };
    }
  }
}

function signedRequest(req: Request) {
  return {
    timestamp: req.get('x-slack-request-timestamp'),
    signature: req.get('x-slack-signature'),
    body: bodyOf(req),
  };
}

function bodyOf({ body }: Request): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array();
}
