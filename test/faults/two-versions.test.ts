/**
 * A daemon of the version before and one of this version on one database, under load, while `due_at` comes to be: expand,
 * backfill, switch and contract. Callers notice nothing, and what either of them writes is there in the end.
 */
import { ROUTES } from '@receptionist/admin-api';
import { type Entry, STATUSES, type TenantInput } from '@receptionist/core';
import { type MigrationTools, openMigrationTools } from '@receptionist/store/migrate';
import { makeTestDatabase } from '@receptionist/store/test-databases';
import { describe, expect, onTestFinished, test } from 'vitest';
import { needs } from '../../scripts/optional-tools.ts';
import { databaseKind } from '../harness/database.ts';
import { openPremises, type Running } from '../harness/premises.ts';
import { until } from '../harness/real-time.ts';
import { execute, query } from '../harness/sql.ts';
import { NORTHSIDE } from '../harness/tenants.ts';
import { createChance } from './chance.ts';
import { countForgotten, readEntries } from './kill-rounds.ts';
import { type Accounts, openLedger, settleAccounts } from './ledger.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { versionBefore } from './version-before.ts';

/** By hand: `TEST_VERSION_ROUNDS=30 bin/test faults-postgres two-versions`. */
const ROUNDS = Number(process.env.TEST_VERSION_ROUNDS ?? (databaseKind === 'postgres' ? 2 : 1));
const ROUND_WITHIN_MS = 30_000;
const SEED = 7;

/** In words that both versions know. Told once: steps that come later would alert again. */
const TENANT: TenantInput = {
  ...NORTHSIDE,
  plan: 'enterprise',
  escalation: {
    critical: [{ after_minutes: 0, notify: ['slack_mention'] }],
    standard: [{ after_minutes: 0, notify: ['slack'] }],
  },
};

/** It looked at what was engaged while it looked, and took the 24 hours for too many. */
const MENDED_SINCE = 'entries had no next action';
/** Slack may still have to be told of the last ones: it takes one message a second. */
const NOTHING_LOST: Partial<Accounts> = {
  lost: 0,
  filed_twice: 0,
  moves_lost: 0,
  moves_twice: 0,
  forgotten: 0,
};

describe('the version before beside this one', needs('git-history'), () => {
  test('all phases under load: no failed turn, no lost write', async () => {
    const premises = await openPremises({ database: await makeTestDatabase(databaseKind, { empty: true }) });
    onTestFinished(premises.close);
    const { databaseUrl: url, slack } = premises;
    const ledger = openLedger();
    const load = createLoad(createTraffic({ chance: createChance(SEED), ledger, slack }));
    onTestFinished(() => load.rest());

    const old = await premises.start({}, await versionBefore());
    await old.admin.call(ROUTES.createTenant, { body: TENANT });
    load.on(old, 0);
    await load.rounds(ROUNDS);
    const migrations = await openMigrationTools({ url });
    onTestFinished(migrations.close);

    await applyUpTo(migrations, '0010_due_at');
    const present = await premises.start();
    load.on(present, 1);
    await load.rounds(ROUNDS);
    expect(await countWrong(url, 'due_at is not null')).toBe(0);

    for (const id of ['0011_due_at_index', '0012_due_at_backfill', '0013_due_at_read']) {
      await applyUpTo(migrations, id);
      await load.rounds(ROUNDS);
    }
    expect(await migrations.verify('0012_due_at_backfill')).toMatchObject({ verified: true, mismatches: 0 });

    if (databaseKind === 'postgres') expect(await refusals(migrations)).toEqual(['grace', 'connections']);
    await load.rest();
    await untilFiled(url);
    expect(await listedAt(old)).toEqual(await listedAt(present));
    expect(await old.stop()).toBe(0);
    expect(await refusals(migrations)).toEqual(['grace']);
    await letADayPass(url);
    load.on(present, 1);
    expect(await migrations.contract(['0014_due_at_only'], {})).toMatchObject({
      ...{ done: ['0014_due_at_only'], failed: null, waiting: [] },
    });
    await load.rounds(ROUNDS);
    await load.rest();

    await untilFiled(url);
    expect(await countWrong(url, 'true')).toBe(0);
    const entries = await readEntries(present.admin);
    const accounts = settleAccounts(ledger, {
      ...{ entries, posts: slack.posts, forgotten: await countForgotten(url) },
    });
    expect(accounts).toMatchObject(NOTHING_LOST);
    expect([...ledger.asked].filter((caller) => !ledger.promised.has(caller))).toEqual([]);
    expect(accounts.moves_accepted).toBeGreaterThan(ROUNDS);
    expect(errorsOf(old).filter((line) => !line.includes(MENDED_SINCE))).toEqual([]);
    expect(errorsOf(present)).toEqual([]);
    expect(await present.stop()).toBe(0);
  }, 240_000);
});

/** People who never stop to call, write and act, at one daemon or at several. */
function createLoad(traffic: Traffic) {
  const shifts: Shift[] = [];

  async function serve(shift: Shift, isTheirs: (entry: Entry) => boolean): Promise<void> {
    const { admin } = shift.daemon;
    while (!shift.isOver) {
      const { items } = await admin.call(ROUTES.listEntries, { query: { limit: 50 } });
      await traffic.flow(shift.daemon, items.filter(isTheirs));
      shift.rounds++;
    }
  }

  return {
    /** Its people act on the entries of one half alone, lest one of two at the same entry is refused. */
    on(daemon: Running, half: 0 | 1): void {
      const shift: Shift = { daemon, rounds: 0, isOver: false, done: Promise.resolve() };
      shift.done = serve(shift, ({ entry_id }) => entry_id.charCodeAt(entry_id.length - 1) % 2 === half);
      // Whoever waits for rounds that do not come is told.
      shift.done.catch(() => undefined);
      shifts.push(shift);
    },
    async rest(): Promise<void> {
      for (const shift of shifts) shift.isOver = true;
      await Promise.all(shifts.map(({ done }) => done));
    },
    /** So many more at each of them. */
    async rounds(more: number): Promise<void> {
      const present = shifts
        .filter(({ isOver }) => !isOver)
        .map((shift) => ({ shift, goal: shift.rounds + more }));
      const reached = until(`${more} more rounds`, more * ROUND_WITHIN_MS, () =>
        present.every(({ shift, goal }) => shift.rounds >= goal),
      );
      await Promise.race([reached, ...present.map(({ shift }) => shift.done)]);
    },
  };
}

interface Shift {
  daemon: Running;
  rounds: number;
  isOver: boolean;
  done: Promise<void>;
}

async function applyUpTo(migrations: MigrationTools, to: string): Promise<void> {
  expect(await migrations.up({ to })).toMatchObject({ failed: null, not_run: [], waiting: [] });
}

/** The gates that are shut. The contract itself says the same, and does nothing. */
async function refusals(migrations: MigrationTools): Promise<string[]> {
  const { gates } = await migrations.gates('0014_due_at_only');
  expect(await migrations.contract(['0014_due_at_only'], {})).toMatchObject({
    ...{ done: [], failed: null, waiting: [{ id: '0014_due_at_only' }] },
  });
  return gates.filter(({ satisfied }) => !satisfied).map(({ name }) => name);
}

async function letADayPass(url: string): Promise<void> {
  const yesterday = new Date(Date.now() - 25 * 60 * 60_000).toISOString();
  await execute(
    url,
    `update schema_migrations set applied_at = '${yesterday}' where id = '0013_due_at_read'`,
  );
}

async function countWrong(url: string, where: string): Promise<number> {
  const [row] = await query(
    url,
    `select count(*) as wrong from human_fallback where ${where} and due_at is distinct from
      case status when 'resolved' then null when 'open' then ack_due_at else engage_due_at end`,
  );
  return Number(row?.wrong);
}

async function untilFiled(url: string): Promise<void> {
  await until('every event is filed', ROUND_WITHIN_MS, async () => {
    const [row] = await query(url, 'select count(*) as waiting from escalate_events where entry_id is null');
    return Number(row?.waiting) === 0;
  });
}

/** In the order in which they are listed. The old version has those that are engaged among them, the present one behind. */
async function listedAt({ admin }: Running): Promise<string[]> {
  const { items } = await admin.all(ROUTES.listEntries, { query: { status: [...STATUSES] } });
  return items.filter(({ status }) => status !== 'engaged').map(({ entry_id }) => entry_id);
}

function errorsOf({ log }: Running): string[] {
  return log.filter((line) => line.includes('"level":"error"'));
}
