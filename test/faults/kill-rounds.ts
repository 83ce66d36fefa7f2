/**
 * Rounds on one database: the daemon is started, people call, write and act on entries, and in the middle of it the daemon is
 * killed. Slack and PagerDuty fail one request in five. Now and then everything is let come to rest, and is held against what
 * people were told.
 */
import { type AdminClient, ROUTES } from '@receptionist/admin-api';
import { type EntryWithHistory, STATUSES } from '@receptionist/core';
import { type Slack, startPagerDuty } from '@receptionist/simulator/servers';
import type { TestDatabase } from '@receptionist/store/test-databases';
import { PAGERDUTY_ROUTING_KEY } from '../harness/credentials.ts';
import { entryIdsIn } from '../harness/named-entries.ts';
import { openPremises, type Running } from '../harness/premises.ts';
import { sleep, until } from '../harness/real-time.ts';
import { query } from '../harness/sql.ts';
import { northside } from '../harness/tenants.ts';
import { type Chance, createChance } from './chance.ts';
import { type Fate, startInterceptor } from './interceptor.ts';
import { type Accounts, type Ledger, noteUnclear, openLedger, settleAccounts } from './ledger.ts';
import { createTraffic } from './traffic.ts';

/** From the first act of a round to the kill. */
const LONGEST_LIFE_MS = 400;
/** Entries that people look at to act on one. */
const SEEN = 50;
const FAILING_SHARE = 0.2;
/** The longest lease, the longest back-off and the gap between two digests, and some. */
const REST_WITHIN_MS = 120_000;
/** A cycle that is due has long run by then. */
const LATE_MS = 5_000;

const FAILURES = ['http_500', 'refuse', 'hang', 'hang_but_accept', 'html', 'rate_limited'] as const;

/** PagerDuty at once, so that it has its part in every round. */
const TENANT = northside({
  escalation: {
    critical: [{ after_minutes: 0, notify: ['slack_mention', 'pagerduty'] }],
    standard: [{ after_minutes: 0, notify: ['slack'] }],
  },
});

export interface KillRounds {
  rounds: number;
  /** After so many rounds everything is let come to rest, and is checked. */
  checkEvery: number;
  seed: number;
  database: TestDatabase;
  redisUrl: string | null;
  tell: (round: number, accounts: Accounts) => void;
}

/** @returns how it stood after the last round */
export async function playKillRounds(options: KillRounds): Promise<Accounts> {
  const chance = createChance(options.seed);
  const ledger = openLedger();
  const town = await openTown({ chance, ledger, ...options });
  const traffic = createTraffic({ chance, ledger, slack: town.slack });

  async function playRound(): Promise<void> {
    const daemon = await town.start();
    const { items: entries } = await daemon.admin.call(ROUTES.listEntries, { query: { limit: SEEN } });
    const acts = traffic.flow(daemon, entries);
    await sleep(chance.below(LONGEST_LIFE_MS));
    await daemon.kill();
    ledger.kills++;
    await noteCutShort(ledger, options.database.url);
    await acts;
  }

  async function check(): Promise<Accounts> {
    town.calm();
    const daemon = await town.start();
    await untilAtRest(options.database.url);
    const entries = await readEntries(daemon.admin);
    const forgotten = await countForgotten(options.database.url);
    await daemon.stop();
    town.storm();
    return settleAccounts(ledger, { entries, posts: town.slack.posts, forgotten });
  }

  try {
    await welcome(await town.start());
    for (let round = 1; ; round++) {
      await playRound();
      if (round % options.checkEvery > 0 && round < options.rounds) continue;
      const accounts = await check();
      options.tell(round, accounts);
      if (round >= options.rounds) return accounts;
    }
  } finally {
    await town.close();
  }
}

async function welcome(daemon: Running): Promise<void> {
  await daemon.admin.call(ROUTES.createTenant, { body: TENANT });
  await daemon.stop();
}

interface Town {
  slack: Slack;
  start(): Promise<Running>;
  /** Slack and PagerDuty fail one request in five, from the beginning on. */
  storm(): void;
  calm(): void;
  close(): Promise<void>;
}

async function openTown({
  chance,
  ledger,
  database,
  redisUrl,
}: { chance: Chance; ledger: Ledger } & KillRounds): Promise<Town> {
  let stormy = true;
  let withheld = 0;
  const decide = (path: string, body: string): Fate => {
    const fate = stormy && chance.next() < FAILING_SHARE ? chance.pick(FAILURES) : 'pass';
    if (fate === 'hang_but_accept' && path.endsWith('/chat.postMessage')) {
      const why = `answer ${++withheld}`;
      const text = [...new URLSearchParams(body).values()].join('\n');
      for (const entry_id of entryIdsIn(text)) noteUnclear(ledger, entry_id, why);
    }
    return fate;
  };
  const premises = await openPremises({ database });
  const pagerduty = await startPagerDuty({ routingKey: PAGERDUTY_ROUTING_KEY });
  const toSlack = await startInterceptor({ origin: new URL(premises.slack.url).origin, decide });
  const toPagerduty = await startInterceptor({ origin: new URL(pagerduty.url).origin, decide });
  const settings = {
    SLACK_API_URL: `${toSlack.origin}/api/`,
    PAGERDUTY_ROUTING_KEY,
    PAGERDUTY_API_URL: toPagerduty.origin,
    ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
  };
  return {
    slack: premises.slack,
    start: () => premises.start(settings),
    storm: () => {
      stormy = true;
    },
    calm: () => {
      stormy = false;
    },
    async close() {
      await premises.close();
      await Promise.all([toSlack.close(), toPagerduty.close(), pagerduty.close()]);
    },
  };
}

const UNDONE = `select
  (select count(*) from escalate_events where entry_id is null) as events,
  (select count(*) from deliveries where status in ('waiting', 'sending')) as deliveries`;

async function untilAtRest(databaseUrl: string): Promise<void> {
  await until('nothing waits any more', REST_WITHIN_MS, async () => {
    const [row = {}] = await query(databaseUrl, UNDONE);
    return Number(row.events) + Number(row.deliveries) === 0;
  });
}

/** Whoever was killed may have sent what they had claimed, or not. A claim may outlive several kills. */
async function noteCutShort(ledger: Ledger, databaseUrl: string): Promise<void> {
  const claims = await query(
    databaseUrl,
    "select entry_id, delivery_id, fence from deliveries where status = 'sending' and channel like 'slack%' and entry_id is not null",
  );
  for (const { entry_id, delivery_id, fence } of claims)
    noteUnclear(ledger, String(entry_id), `claim ${delivery_id}.${fence}`);
}

export async function readEntries(admin: AdminClient): Promise<EntryWithHistory[]> {
  const { items } = await admin.all(ROUTES.listEntries, { query: { status: [...STATUSES] } });
  const entries: EntryWithHistory[] = [];
  for (const { entry_id } of items)
    entries.push((await admin.call(ROUTES.getEntry, { params: { entry_id } })) as EntryWithHistory);
  return entries;
}

export async function countForgotten(databaseUrl: string): Promise<number> {
  const rows = await query(
    databaseUrl,
    "select next_action_at as at from human_fallback where status <> 'resolved'",
  );
  const latest = Date.now() - LATE_MS;
  return rows.filter(({ at }) => at === null || new Date(String(at)).getTime() < latest).length;
}
