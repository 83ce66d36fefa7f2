/**
 * What Twilio asks of us. A request that is not from Twilio gets 403 and leaves no trace; every other one gets a
 * document that can be played, whatever goes wrong inside: the caller hears a sentence, never silence.
 */
import type { Tenant, Voice } from '@receptionist/core';
import type { Store } from '@receptionist/store';
import express, { type Request, type Response, type Router } from 'express';
import type { Conversations } from '../conversation/conversations.ts';
import type { TextReply } from '../conversation/texts.ts';
import { isForeign } from '../conversation/turns.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { within } from '../within.ts';
import type { AlertCalls } from './alert-calls.ts';
import type { AlertLine } from './alert-line.ts';
import type { IncomingText, Messaging } from './messaging.ts';
import { onlyPost } from './only-post.ts';
import {
  DEFAULT_VOICE,
  type Fields,
  type IncomingTurn,
  type Reply,
  type Telephony,
  TURN_DEADLINE_MS,
  type TurnKind,
} from './telephony.ts';
import { type Answer, sendXml, signedRequest } from './twilio-answers.ts';

const NOT_IN_SERVICE: Reply = {
  say: ['The number you have called is not in service here. Please check the number. Goodbye.'],
  next: { action: 'hang_up' },
};
const NO_TEXTS_HERE = 'This number is not in service here. Please check the number.';
const TEXT_APOLOGY =
  'I am sorry, we have a problem on our side. Please write again in a few minutes. In an emergency, please call your local emergency number.';

export function createTwilioRouter({
  telephony,
  messaging,
  alertLine,
  alertCalls,
  handOffRoutes,
  store,
  conversations,
  allowSimulated,
  log,
  metrics,
}: {
  telephony: Telephony;
  messaging: Messaging;
  alertLine: AlertLine;
  alertCalls: AlertCalls;
  /** By their path below `/voice/hand-off`. */
  handOffRoutes: Readonly<Record<string, Answer>>;
  store: Store;
  conversations: Conversations;
  /** Whether calls and texts of our own simulator are answered. */
  allowSimulated: boolean;
  log: Log;
  metrics: Metrics;
}): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  const body = express.raw({ type: () => true, limit: '100kb', inflate: false });
  const post = (path: string, answer: Answer) =>
    router
      .route(path)
      .post(body, authenticate, (req, res) => answer(req, res, res.locals.fields))
      .all(onlyPost('Twilio'));

  post('/webhook', async (req, res, fields) => {
    if (fields.has('MessageSid') && !fields.has('CallSid')) await answerText(req, res, fields);
    else await answerTurn(req, res, fields, 'arrival');
  });
  post('/voice/turn', (req, res, fields) => answerTurn(req, res, fields, 'words'));
  post('/voice/recorded', (req, res, fields) => answerTurn(req, res, fields, 'recording'));
  post('/voice/recording-status', async (_req, res, fields) => {
    const recording = telephony.readRecording(fields);
    if (recording) await conversations.keepRecording(recording);
    res.status(204).end();
  });
  post('/voice/hand-off/returned', async (req, res, fields) => {
    const status = telephony.readStatus(fields);
    // Twilio asks also when the caller has hung up in the room.
    if (status?.ended) await conversations.endCall(status);
    await answerTurn(req, res, fields, 'return');
  });
  for (const [path, answer] of Object.entries(handOffRoutes)) post(`/voice/hand-off${path}`, answer);
  post('/voice/alert', async (req, res, fields) => {
    const turn = alertLine.readTurn(signedRequest(req), fields);
    const origin = { request_id: String(res.locals.request_id), address: req.ip ?? null };
    const reply = await alertCalls.takeTurn(turn, origin);
    sendXml(res, alertLine.render(reply));
  });
  post('/status/call', async (req, res, fields) => {
    const alertCall = alertLine.readEnd(signedRequest(req), fields);
    const status = telephony.readStatus(fields);
    if (alertCall) await alertCalls.end(alertCall);
    else if (status?.ended) await conversations.endCall(status);
    res.status(204).end();
  });
  post('/status/message', async (req, res, fields) => {
    const report = messaging.readReport(signedRequest(req), fields);
    if (report) await conversations.takeReport(report);
    res.status(204).end();
  });
  return router;

  function authenticate(req: Request, res: Response, next: () => void): void {
    const verdict = telephony.authenticate(signedRequest(req));
    if ('fields' in verdict) {
      res.locals.fields = verdict.fields;
      next();
      return;
    }
    metrics.signatureRefusals.inc({ why: verdict.refused });
    log.warn(
      { why: verdict.refused, path: req.baseUrl + req.path },
      'a request was not signed by Twilio; if it was, check TWILIO_AUTH_TOKEN, and PUBLIC_URL against the address Twilio was given',
    );
    refuse(res, 'The signature of this request was not accepted.');
  }

  async function answerTurn(req: Request, res: Response, fields: Fields, kind: TurnKind): Promise<void> {
    const started = performance.now();
    const turn = telephony.readTurn(signedRequest(req), fields, kind);
    let result = 'answered';
    let document: string;
    try {
      const answer = await within(TURN_DEADLINE_MS, answerTo(turn));
      if ('refused' in answer) return refuse(res, answer.refused);
      document = telephony.render(answer.reply, answer.voice);
    } catch (error) {
      const { call_id, turn: number } = turn ?? {};
      log.error(
        { error, call_id, turn: number },
        'a turn could not be answered; the caller heard an apology',
      );
      result = 'failed';
      document = telephony.render(apology(turn), DEFAULT_VOICE);
    }
    metrics.turnSeconds.observe({ result }, (performance.now() - started) / 1_000);
    sendXml(res, document);
  }

  async function answerTo(
    turn: IncomingTurn | null,
  ): Promise<{ reply: Reply; voice: Voice } | { refused: string }> {
    if (!turn) throw new Error('the request has neither CallSid nor MessageSid');
    const found = await tenantOf(turn);
    if (typeof found === 'string') return { refused: found };
    if (found === null) return { reply: NOT_IN_SERVICE, voice: DEFAULT_VOICE };
    return { reply: await conversations.takeCallTurn({ ...turn, tenant: found }), voice: found.voice };
  }

  async function answerText(req: Request, res: Response, fields: Fields): Promise<void> {
    const text = messaging.readText(signedRequest(req), fields);
    try {
      const answer = await within(TURN_DEADLINE_MS, answerToText(text));
      if ('refused' in answer) return refuse(res, answer.refused);
      sendXml(res, messaging.render(answer.texts, answer.conversation_id));
    } catch (error) {
      log.error(
        { error, message_id: text?.message_id },
        'a text could not be answered; the caller got an apology',
      );
      sendXml(res, messaging.render([TEXT_APOLOGY], null));
    }
  }

  async function answerToText(text: IncomingText | null): Promise<TextReply | { refused: string }> {
    if (!text) throw new Error('the MessageSid is empty');
    const found = await tenantOf(text);
    if (typeof found === 'string') return { refused: found };
    if (found === null) return { texts: [NO_TEXTS_HERE], conversation_id: null };
    return conversations.takeText({ ...text, tenant: found });
  }

  /** Whose number it is; null: nobody's. Words: why the request is refused. */
  async function tenantOf({
    called,
    account_id,
    simulated,
  }: Pick<IncomingTurn, 'called' | 'account_id' | 'simulated'>): Promise<Tenant | string | null> {
    if (simulated && !allowSimulated) return 'Simulated calls and texts are not answered in production.';
    const tenant = await store.read.tenantByNumber(called);
    if (tenant) return isForeign(tenant, account_id) ? 'This number belongs to another account.' : tenant;
    log.warn({ called }, "a number was reached that is no tenant's; `adminctl number add` gives it to one");
    return null;
  }
}

/** The first time we ask again; then the caller is better served by another try later. */
function apology(turn: IncomingTurn | null): Reply {
  if (!turn || turn.failures > 0) {
    const say = [
      'I am sorry, we still have a problem on our side. Please call again in a few minutes.',
      'If this is an emergency, please dial your local emergency number now. Goodbye.',
    ];
    return { say, next: { action: 'hang_up' } };
  }
  const say = [
    'I am sorry, something went wrong on our side.',
    'Please tell me once more: how can I help you?',
  ];
  return { say, next: { action: 'listen', turn: turn.turn, hints: [], failures: 1 } };
}

function refuse(res: Response, why: string): void {
  res.status(403).type('text/plain').send(`${why}\n`);
}
