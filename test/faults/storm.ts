/** Many callers need a person at once, and Slack takes one message a second. */
import { ROUTES } from '@receptionist/admin-api';
import type { Severity } from '@receptionist/core';
import { type PagerDuty, type SlackMessage, startPagerDuty } from '@receptionist/simulator/servers';
import type { TestDatabase } from '@receptionist/store/test-databases';
import { PAGERDUTY_ROUTING_KEY } from '../harness/credentials.ts';
import { entriesNamedIn, postsByEntry } from '../harness/named-entries.ts';
import { openPremises, type Running } from '../harness/premises.ts';
import { sleep, until } from '../harness/real-time.ts';
import { northside } from '../harness/tenants.ts';

export interface Storm {
  entries: number;
  /** Spread evenly over the others. */
  critical: number;
  seconds: number;
}

export const FLOOD: Storm = { entries: 500, critical: 20, seconds: 60 };
export const ONLY_CRITICAL: Storm = { entries: 500, critical: 500, seconds: 5 };

/** From the acceptance of a critical escalation to the post that names it. */
const LONGEST_WAIT_MS = 3_000;
const TENANTS = 5;
/** Digests follow one another by 10 s. */
const ALL_TOLD_WITHIN_MS = 60_000;

export interface StormOutcome {
  storm: Storm;
  figures: {
    entries: number;
    critical: number;
    seconds: number;
    untold: number;
    posts: number;
    /** Posts of several entries, and those of them that called people to it. */
    digests: number;
    digest_mentions: number;
    longest_critical_wait_ms: number;
    /** From the first acceptance to the first incident; -1: there was none. */
    pagerduty_after_ms: number;
    incidents: number;
    rate_limited: number;
  };
}

interface Accepted {
  entry_id: string;
  severity: Severity;
  /** Epoch milliseconds. */
  at: number;
}

export async function playStorm(storm: Storm, database: TestDatabase): Promise<StormOutcome> {
  const premises = await openPremises({ database, slack: { ratePerSecond: 1, burst: 1 } });
  const pagerduty = await startPagerDuty({ routingKey: PAGERDUTY_ROUTING_KEY });
  try {
    const { slack } = premises;
    const daemon = await premises.start({ PAGERDUTY_ROUTING_KEY, PAGERDUTY_API_URL: pagerduty.url });
    await openTenants(daemon);
    const accepted = await flood(daemon, storm);
    // What is not so by then stands in the figures.
    await until('every entry is named in Slack', ALL_TOLD_WITHIN_MS, () => {
      const named = postsByEntry(slack.posts);
      return accepted.every(({ entry_id }) => named.has(entry_id));
    }).catch(() => {});
    if (isOnlyCritical(storm))
      await until('PagerDuty is told', LONGEST_WAIT_MS, () => pagerduty.pages.length > 0).catch(() => {});
    await daemon.stop();
    const refused = slack.requests.filter(({ outcome }) => outcome === 'ratelimited').length;
    return { storm, figures: figuresOf(storm, accepted, slack.posts, pagerduty, refused) };
  } finally {
    await premises.close();
    await pagerduty.close();
  }
}

/** What is wrong with it; empty: all promises were kept. */
export function brokenPromises({ storm, figures }: StormOutcome): string[] {
  const { untold, longest_critical_wait_ms, digest_mentions, pagerduty_after_ms } = figures;
  const onlyCritical = isOnlyCritical(storm);
  return [
    ...(untold === 0 ? [] : [`${untold} entries are named in no post`]),
    ...(longest_critical_wait_ms <= LONGEST_WAIT_MS
      ? []
      : [`a critical alert waited ${longest_critical_wait_ms} ms`]),
    ...(!onlyCritical || digest_mentions === 1 ? [] : [`${digest_mentions} digests called people to it`]),
    ...(!onlyCritical || (pagerduty_after_ms >= 0 && pagerduty_after_ms <= LONGEST_WAIT_MS)
      ? []
      : [`PagerDuty was told after ${pagerduty_after_ms} ms`]),
  ];
}

function isOnlyCritical({ critical, entries }: Storm): boolean {
  return critical === entries;
}

/** They share one channel. */
async function openTenants(daemon: Running): Promise<void> {
  for (let number = 1; number <= TENANTS; number++) {
    const body = northside({ tenant_id: `t${number}`, numbers: [`+1500555${1_000 + number}`] });
    await daemon.admin.call(ROUTES.createTenant, { body });
  }
}

/** Each when it is due, whether the one before it was answered or not. */
async function flood(daemon: Running, { entries, critical, seconds }: Storm): Promise<Accepted[]> {
  const began = Date.now();
  const filings: Promise<Accepted>[] = [];
  for (let number = 0; number < entries; number++) {
    await sleep(Math.max(0, began + (number * seconds * 1_000) / entries - Date.now()));
    const isCritical =
      Math.floor(((number + 1) * critical) / entries) > Math.floor((number * critical) / entries);
    filings.push(file(daemon, number, isCritical ? 'critical' : 'standard'));
  }
  return Promise.all(filings);
}

async function file(daemon: Running, number: number, severity: Severity): Promise<Accepted> {
  const { event_id } = await daemon.admin.call(ROUTES.createEscalation, {
    params: { tenant_id: `t${1 + (number % TENANTS)}` },
    body: { caller: null, reason: 'caller_asked_for_human', severity },
  });
  const at = Date.now();
  let entry_id: string | null = null;
  await until(`${event_id} is filed`, ALL_TOLD_WITHIN_MS, async () => {
    ({ entry_id } = await daemon.admin.call(ROUTES.getEvent, { params: { event_id } }));
    if (entry_id === null) await sleep(500);
    return entry_id !== null;
  });
  return { entry_id: entry_id ?? '', severity, at };
}

function figuresOf(
  { entries, critical, seconds }: Storm,
  accepted: readonly Accepted[],
  posts: readonly SlackMessage[],
  { pages }: PagerDuty,
  rate_limited: number,
): StormOutcome['figures'] {
  const named = postsByEntry(posts);
  const firstPostOf = ({ entry_id }: Accepted) => postedAt(named.get(entry_id)?.[0]);
  const waits = accepted
    .filter(({ severity }) => severity === 'critical')
    .map((one) => Math.max(0, firstPostOf(one) - one.at));
  const alerts = posts.filter(({ thread_ts }) => thread_ts === null);
  const [page] = pages;
  const digests = alerts.filter((post) => entriesNamedIn(post).length > 1);
  return {
    entries,
    critical,
    seconds,
    untold: accepted.filter(({ entry_id }) => !named.has(entry_id)).length,
    posts: alerts.length,
    digests: digests.length,
    digest_mentions: digests.filter(({ mentions }) => mentions.length > 0).length,
    longest_critical_wait_ms: Math.max(0, ...waits),
    pagerduty_after_ms: page ? Date.parse(page.created_at) - (accepted[0]?.at ?? 0) : -1,
    incidents: pages.length,
    rate_limited,
  };
}

/** Epoch milliseconds; without a post, never. */
function postedAt(post: SlackMessage | undefined): number {
  return post ? Math.floor(Number(post.ts) * 1_000) : Number.POSITIVE_INFINITY;
}
