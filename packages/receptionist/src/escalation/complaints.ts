/** Says before somebody needs them that steps reach nobody: to whoever can mend it, once a day. */
import { type Destination, type Instant, type OnCallGap, onCallGaps, type Ways } from '@receptionist/core';
import type { Store } from '@receptionist/store';
import { checkEscalationSteps, type Means } from '../checkup/escalation-steps-check.ts';
import { type Kept, readKept } from '../checkup/kept.ts';
import { some } from '../checkup/some.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Chore } from './engine.ts';

const MEND =
  '`adminctl oncall show` has all of it; mend it with `adminctl oncall set` or `adminctl oncall override`.';
const DAY_MS = 24 * 60 * 60_000;
/** So many tenants are told of alone, the others in one sentence. */
const MOST_ALONE = 10;

interface Complaint {
  /** A channel that was never set up is for whoever reads the log and `doctor`; nobody's shift is for the team. */
  kind: 'steps' | 'on_call';
  /** Said once a day. */
  key: string;
  text: string;
}

export function createComplaints({
  store,
  ways,
  means,
  metrics,
}: {
  store: Store;
  ways: Ways;
  means: Means;
  metrics: Metrics;
}): Chore {
  const destinations: Readonly<Record<Complaint['kind'], Destination>> = {
    steps: 'log',
    on_call: ways.slack ? `slack:${ways.slack.channel}` : 'log',
  };
  return async (now) => {
    const kept = await readKept(store);
    if (kept === null) throw new Error('tenants and on-call plans cannot be read');
    for (const complaint of [...aboutSteps(kept, means), ...aboutOnCall(kept, ways, now)])
      await say(complaint, now);
  };

  async function say({ kind, key, text }: Complaint, now: Instant): Promise<void> {
    const notice = { key, text, destination: destinations[kind], every_ms: DAY_MS };
    if (await store.transact((tx) => tx.queueNotice(notice, now))) metrics.notices.inc({ kind });
  }
}

/** A channel that is not configured. */
function aboutSteps({ tenants }: Kept, means: Means): Complaint[] {
  const { status, found, meaning, fix } = checkEscalationSteps(tenants, means);
  return status === 'ok' ? [] : [{ kind: 'steps', key: 'steps', text: `${found} ${meaning} ${fix}` }];
}

/**
 * Texts and calls; a mention of nobody still says `@here`. Where nobody was ever put on call there is no gap to speak of:
 * `doctor` says so.
 */
function aboutOnCall({ tenants, onCall }: Kept, { phone }: Ways, now: Instant): Complaint[] {
  const isSetUp = onCall.rotations.length + onCall.overrides.length > 0;
  if (!phone || !isSetUp) return [];
  const until = new Date(Date.parse(now) + DAY_MS).toISOString();
  const gaps = onCallGaps(onCall, tenants, now, until).filter(({ channels }) => byPhone(channels).length > 0);
  return [
    ...gaps.slice(0, MOST_ALONE).map((gap) => aboutGap(gap, now)),
    ...aboutOthers(gaps.slice(MOST_ALONE)),
  ];
}

function aboutOthers(gaps: readonly OnCallGap[]): Complaint[] {
  if (gaps.length === 0) return [];
  const named = some(gaps.map(({ tenant_id }) => tenant_id));
  const text = `Today or tomorrow no text and no call reaches anybody for ${named} either. ${MEND}`;
  return [{ kind: 'on_call', key: 'on_call:others', text }];
}

function aboutGap({ tenant_id, from, why, channels }: OnCallGap, now: Instant): Complaint {
  const who = why === 'nobody' ? 'Nobody is on call' : 'Nobody who is on call has a phone number';
  const when = from <= now ? 'now' : `from ${from}`;
  const steps = byPhone(channels).join(' and ');
  return {
    kind: 'on_call',
    key: `on_call:${tenant_id}`,
    text: `${who} for ${tenant_id} ${when}: escalation steps with ${steps} reach nobody then, and the next step is what is left. ${MEND}`,
  };
}

function byPhone(channels: OnCallGap['channels']): string[] {
  return channels.filter((channel) => channel === 'text' || channel === 'call');
}
