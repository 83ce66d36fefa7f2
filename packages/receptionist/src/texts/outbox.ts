/**
 * Sends the texts that wait. A text is sent at most once: where an answer stays away, its lease runs out, and a person is
 * told instead, unless Twilio reports on it meanwhile.
 */
import { type Instant, nextAttemptAt, type Tenant, undeliveredBecause } from '@receptionist/core';
import type { ClaimedText, SendResult, Store } from '@receptionist/store';
import type { Announce } from '../conversation/announcer.ts';
import { escalateUndelivered } from '../conversation/undelivered.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { SendText, Sent, TwilioAccount } from './twilio-rest.ts';

const TEXTS_A_CYCLE = 20;
/** Time enough for Twilio to report on a text whose request was not answered. */
const LEASE_MS = 120_000;
/** About a quarter of an hour, after which nobody waits for it any more. */
const MOST_ATTEMPTS = 20;

type Attempted = Sent | { outcome: 'skipped'; why: string };
/** What of it can be recorded. */
type Settled = Exclude<Attempted, { outcome: 'unclear' }>;

export interface TextOutbox {
  /** Give up what was lost, then send what is due. */
  sendDue(now: Instant): Promise<void>;
}

export function createTextOutbox({
  store,
  sendText,
  accountOf,
  reportUrl,
  announce,
  log,
  metrics,
  jitter = Math.random,
}: {
  store: Store;
  sendText: SendText;
  /** Null: texts cannot be sent in the name of the tenant. */
  accountOf: (tenant: Tenant) => TwilioAccount | null;
  reportUrl: (text_id: string) => string;
  announce: Announce;
  log: Log;
  metrics: Metrics;
  /** 0 to 1. */
  jitter?: () => number;
}): TextOutbox {
  return {
    async sendDue(now) {
      await giveUpLost(now);
      const claim = { now, limit: TEXTS_A_CYCLE, lease_ms: LEASE_MS };
      const due = await store.transact((tx) => tx.claimTexts(claim));
      await Promise.all(due.map((text) => send(text, now)));
    },
  };

  async function giveUpLost(now: Instant): Promise<void> {
    const why = 'it is not known whether it was sent';
    const escalated = await store.transact(async (tx) => {
      const events = [];
      for (const text of await tx.giveUpTexts(now))
        events.push(await escalateUndelivered(tx, text, { why, code: null }, now));
      return events;
    });
    escalated.forEach(announce);
    if (escalated.length > 0) metrics.texts.inc({ direction: 'out', result: 'lost' }, escalated.length);
  }

  async function send(text: ClaimedText, now: Instant): Promise<void> {
    const sent = await attempt(text);
    const { text_id, tenant_id, attempts } = text;
    const details = { text_id, tenant_id, attempts, ...sent };
    if (sent.outcome === 'sent') {
      log.info(details, 'text sent');
    } else {
      log.warn(details, 'a text was not sent');
      metrics.texts.inc({ direction: 'out', result: sent.outcome });
    }
    // Twilio may still report on it; else its lease runs out.
    if (sent.outcome !== 'unclear') await record(text, sent, now);
  }

  /** Looks again before it sends: nobody is written to who wants nothing any more. */
  async function attempt(text: ClaimedText): Promise<Attempted> {
    const { text_id, tenant_id, sender, recipient, body } = text;
    if (await store.read.hasOptedOut({ tenant_id, channel: 'sms', sender: recipient }))
      return { outcome: 'skipped', why: 'opted out meanwhile' };
    const tenant = await store.read.getTenant(tenant_id);
    const account = tenant && accountOf(tenant);
    if (!account)
      return {
        outcome: 'refused',
        why: 'no Twilio account to send from: set TWILIO_ACCOUNT_SID and its token',
        code: null,
      };
    return sendText({ account, sender, recipient, body, reportUrl: reportUrl(text_id) });
  }

  async function record(text: ClaimedText, sent: Settled, now: Instant): Promise<void> {
    const result = resultOf(text, sent, now);
    const escalated = await store.transact(async (tx) => {
      const recorded = await tx.recordSending(text, result);
      if (!recorded || result.status !== 'failed') return null;
      const code = sent.outcome === 'refused' ? sent.code : null;
      return escalateUndelivered(tx, text, { why: result.why, code }, now);
    });
    announce(escalated);
  }

  function resultOf({ attempts }: ClaimedText, sent: Settled, now: Instant): SendResult {
    switch (sent.outcome) {
      case 'sent':
        return { status: 'sent', provider_id: sent.provider_id };
      case 'skipped':
        return { status: 'skipped', why: sent.why };
      case 'refused':
        return { status: 'failed', why: sent.code === null ? sent.why : undeliveredBecause(sent.code) };
      case 'postponed': {
        if (attempts >= MOST_ATTEMPTS) return { status: 'failed', why: sent.why };
        const { retryAfterSeconds } = sent;
        const next_attempt_at = nextAttemptAt({ attempts, now, retryAfterSeconds, jitter: jitter() });
        return { status: 'waiting', why: sent.why, next_attempt_at };
      }
    }
  }
}
