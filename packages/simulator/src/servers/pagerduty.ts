/**
 * A PagerDuty on the loopback address: its Events API, its incidents, the people who press its buttons, and the webhooks
 * that tell of it. It fails when it is told to.
 */
import { randomBytes } from 'node:crypto';
import { type Breakdown, breakDown, createFailurePlan, type Repetition } from './failures.ts';
import { type Answer, jsonAnswer, type ReceivedRequest, startLoopback } from './loopback.ts';
import { type PagerDutyEvent, PagerDutyRefusal, readEvent } from './pagerduty-events.ts';
import {
  createIncidents,
  type EventEffect,
  type PagerDutyIncident,
  type PagerDutyUser,
} from './pagerduty-incidents.ts';
import {
  type Agent,
  incidentEvent,
  pingEvent,
  signedWebhook,
  type WebhookEventType,
} from './pagerduty-webhooks.ts';
import {
  callWebhook,
  resolveWebhookUrl,
  type WebhookAnswer,
  type WebhookCall,
  type WebhookUrl,
} from './webhook-sender.ts';

export interface PagerDutyOptions {
  /** 32 characters. */
  routingKey: string;
  webhook?: PagerDutyWebhook;
  /** Epoch milliseconds. */
  now?: () => number;
  port?: number;
}

export interface PagerDutyWebhook {
  url: WebhookUrl;
  /** Several, while they rotate. */
  secret: string | readonly string[];
  /** What the subscription asks for; all if left out. */
  events?: readonly WebhookEventType[];
  /** Whether what came through the Events API is told too, as the real one does; true if left out. */
  tellApiEvents?: boolean;
}

export interface PagerDutyFailure extends Repetition {
  mode:
    | Breakdown
    /** No answer, but it was done. */
    | 'hang_but_accept'
    | 'rate_limited';
}

export interface PagerDutyRequest {
  /** As it came, without the routing key; null where it was no JSON. */
  body: unknown;
  /** What it came to: the effect on the incident, `refused`, `rate_limited`, or the failure that was asked for. */
  outcome: EventEffect | 'refused' | PagerDutyFailure['mode'];
  explanation: readonly string[];
  /** The failure was asked for, or is the rate limit: nothing that the sender did wrong. */
  excused: boolean;
}

/** What came back from a webhook. */
export interface SentWebhook extends WebhookAnswer {
  event_type: WebhookEventType;
  /** To be sent again, or changed, with callWebhook(). */
  request: WebhookCall;
}

export interface PagerDuty {
  /** For `PAGERDUTY_API_URL`. */
  url: string;
  requests: readonly PagerDutyRequest[];
  /** Every event that was accepted, in order. */
  events: readonly (PagerDutyEvent & { effect: EventEffect })[];
  /** By dedup_key; where one was used again after a resolve, the newest. */
  incidents: ReadonlyMap<string, PagerDutyIncident>;
  /** The incidents that paged a person, in order. */
  pages: readonly PagerDutyIncident[];
  /** Somebody presses it. Null: there is no webhook that asked for it. Throws where there is no such open incident. */
  acknowledge: (dedupKey: string, options: { by: PagerDutyUser }) => Promise<SentWebhook | null>;
  resolve: (dedupKey: string, options: { by: PagerDutyUser }) => Promise<SentWebhook | null>;
  /** Somebody presses "Send test event". */
  ping: () => Promise<SentWebhook | null>;
  webhooks: readonly SentWebhook[];
  /** Resolves when the webhooks that are under way were answered. */
  settled: () => Promise<void>;
  fail: (failure: PagerDutyFailure) => void;
  recover: () => void;
  /** What PagerDuty refused, and webhooks that were not taken, as sentences. */
  unexpected: () => string[];
  close: () => Promise<void>;
}

const EVENTS_A_MINUTE = 120;
const MINUTE_MS = 60_000;
/** https://developer.pagerduty.com/docs/webhooks-behavior */
const WEBHOOK_TIMEOUT_MS = 5_000;

export async function startPagerDuty(options: PagerDutyOptions): Promise<PagerDuty> {
  const { routingKey, webhook, now = Date.now, port = 0 } = options;
  const failures = createFailurePlan<PagerDutyFailure>();
  const incidents = createIncidents(now);
  const requests: PagerDutyRequest[] = [];
  const events: (PagerDutyEvent & { effect: EventEffect })[] = [];
  const webhooks: SentWebhook[] = [];
  let ingested: number[] = [];
  let lastWebhook: Promise<unknown> = Promise.resolve();

  /** One after the other, as PagerDuty promises for each incident. */
  function tell(event_type: WebhookEventType, event: object): Promise<SentWebhook | null> {
    if (!webhook || webhook.events?.includes(event_type) === false) return Promise.resolve(null);
    const sent = lastWebhook.then(() => send(webhook, event_type, event));
    lastWebhook = sent.catch(() => {}); // who asked for this one is told
    return sent;
  }

  async function send({ url, secret }: PagerDutyWebhook, event_type: WebhookEventType, event: object) {
    const request = signedWebhook(event, { url: resolveWebhookUrl(url), secret });
    const sent = { ...(await callWebhook(request, WEBHOOK_TIMEOUT_MS)), event_type, request };
    webhooks.push(sent);
    return sent;
  }

  function tellOf(incident: PagerDutyIncident, agent: Agent, client: string | null = null) {
    const event_type = `incident.${incident.status}` as const;
    return tell(event_type, incidentEvent(event_type, incident, { agent, now: now(), client }));
  }

  function refuseTooMany(): void {
    ingested = ingested.filter((at) => at > now() - MINUTE_MS);
    if (ingested.length >= EVENTS_A_MINUTE) throw new TooMany();
    ingested.push(now());
  }

  function take(body: string): PagerDutyEvent & { effect: EventEffect } {
    refuseTooMany();
    const event = readEvent(body, { routingKey, freshKey: () => randomBytes(16).toString('hex') });
    const taken = { ...event, effect: incidents.take(event) };
    events.push(taken);
    const incident = incidents.byKey.get(event.dedup_key);
    const changed = ['opened', 'acknowledged', 'resolved'].includes(taken.effect);
    if (changed && incident && webhook?.tellApiEvents !== false)
      void tellOf(incident, 'events_api', event.client);
    return taken;
  }

  function answer(request: ReceivedRequest): Answer {
    if (request.path !== '/v2/enqueue') return jsonAnswer({ status: 'not found' }, 404);
    if (request.method !== 'POST') return jsonAnswer({ status: 'method not allowed' }, 405);
    const note: Note = { body: shown(request.body), outcome: 'dropped', explanation: [], excused: false };
    requests.push(note);
    const failure = failures.next();
    if (failure && failure.mode !== 'hang_but_accept') return failing(failure.mode, note);
    const answer = answerOrRefusal(() => take(request.body), note);
    return failure ? 'hang' : answer;
  }

  const { origin, close } = await startLoopback({ port, answer });
  const settled = async () => {
    for (let last: unknown; last !== lastWebhook; ) {
      last = lastWebhook;
      await last;
    }
  };
  return {
    url: origin,
    requests,
    events,
    incidents: incidents.byKey,
    pages: incidents.pages,
    acknowledge: async (dedupKey, { by }) => tellOf(incidents.acknowledge(dedupKey, by), { person: by }),
    resolve: async (dedupKey, { by }) => tellOf(incidents.resolve(dedupKey), { person: by }),
    ping: () => tell('pagey.ping', pingEvent(now())),
    webhooks,
    settled,
    fail: failures.fail,
    recover: failures.recover,
    unexpected: () => [
      ...requests.filter(({ excused, explanation }) => !excused && explanation.length > 0).map(describe),
      ...webhooks.filter(isRefused).map(describeWebhook),
    ],
    close: async () => {
      await settled();
      await close();
    },
  };
}

type Note = { -readonly [Member in keyof PagerDutyRequest]: PagerDutyRequest[Member] };

/** More events than PagerDuty ingests. */
class TooMany extends Error {
  override readonly name = 'TooMany';
}

function answerOrRefusal(take: () => PagerDutyEvent & { effect: EventEffect }, note: Note): Answer {
  try {
    const { dedup_key, effect } = take();
    note.outcome = effect;
    return jsonAnswer({ status: 'success', message: 'Event processed', dedup_key }, 202);
  } catch (error) {
    if (error instanceof TooMany) return failing('rate_limited', note);
    if (!(error instanceof PagerDutyRefusal)) throw error;
    const { message, errors } = error;
    note.outcome = 'refused';
    note.explanation = [message, ...errors];
    return jsonAnswer({ status: 'invalid event', message, errors }, 400);
  }
}

function failing(mode: Exclude<PagerDutyFailure['mode'], 'hang_but_accept'>, note: Note): Answer {
  note.outcome = mode;
  note.excused = true;
  if (mode !== 'rate_limited') return breakDown(mode);
  const message = 'Requests for this service are arriving too quickly. Please retry later.';
  return jsonAnswer({ status: 'throttle exceeded', message }, 429);
}

function shown(body: string): unknown {
  try {
    const { routing_key, ...event } = JSON.parse(body);
    return event;
  } catch {
    return null;
  }
}

function describe({ outcome, explanation }: PagerDutyRequest): string {
  return `enqueue: ${outcome} (${explanation.join('; ')})`;
}

function isRefused({ status }: SentWebhook): boolean {
  return status === null || status < 200 || status > 299;
}

function describeWebhook({ event_type, status, body, failure }: SentWebhook): string {
  return `webhook ${event_type}: ${failure ?? `answered HTTP ${status} ${body.slice(0, 200)}`}`;
}
