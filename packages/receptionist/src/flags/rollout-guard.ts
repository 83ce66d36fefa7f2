/**
 * Rollouts that go on by themselves: takes their steps when they are due, and goes back where the calls with the flag on go so
 * badly that the plan says to halt. What hurts is looked for before anybody else is taken in.
 */
import {
  type Comparison,
  compareFigures,
  type Destination,
  type Figures,
  type Flag,
  type HaltMetric,
  haltCondition,
  type Instant,
  mustHalt,
  type Ways,
} from '@receptionist/core';
import type { RolloutPlan, Store, Verbs } from '@receptionist/store';
import { some } from '../checkup/some.ts';
import type { Chore } from '../escalation/engine.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { DAEMON, recordOwnChange } from './own-change.ts';
import type { FlagReader } from './reader.ts';

const DAY_MS = 24 * 60 * 60_000;

export function createRolloutGuard({
  store,
  flags,
  ways,
  log,
  metrics,
}: {
  store: Store;
  flags: Pick<FlagReader, 'changed'>;
  ways: Ways;
  log: Log;
  metrics: Metrics;
}): Chore {
  const destination: Destination = ways.slack ? `slack:${ways.slack.channel}` : 'log';
  return async (now) => {
    for (const plan of await store.read.rolloutPlans()) await watch(plan, now);
    while (await takeStep(now));
  };

  async function watch(plan: RolloutPlan, now: Instant): Promise<void> {
    const { flag, halt_if, stepped_at, stepped_from, halted_at } = plan;
    const condition = halt_if === null ? null : haltCondition(halt_if);
    if (condition === null || stepped_at === null || stepped_from === null || halted_at !== null) return;
    const figures = await store.read.rolloutFigures(flag, stepped_at, now);
    const compared = compareFigures(figures.on, figures.off);
    if (!mustHalt(condition, compared)) return;
    const why = `${tellNumbers(condition.metric, compared[condition.metric], figures)} (halt if ${halt_if})`;
    await halt({ flag, percent: stepped_from, why }, now);
  }

  async function halt({ flag, percent, why }: Halt, now: Instant): Promise<void> {
    const halted = await store.transact(async (tx) => {
      if (!(await tx.haltRollout(flag, why, now))) return null;
      const moved = await move(
        tx,
        { flag, percent, by: DAEMON, action: 'rollout.halt', details: { why } },
        now,
      );
      const text = tellHalt({ flag, percent, why }, moved);
      await tx.queueNotice({ key: `rollout_halt:${flag}:${now}`, text, destination, every_ms: DAY_MS }, now);
      return moved;
    });
    if (halted === null) return;
    flags.changed();
    metrics.rolloutMoves.inc({ flag, move: 'halt' });
    log.warn({ flag, percent, why, ...halted }, 'a rollout has halted by itself, and gone back');
  }

  /** False: none is due. */
  async function takeStep(now: Instant): Promise<boolean> {
    const taken = await store.transact(async (tx) => {
      const due = await tx.claimDueRolloutStep(now);
      if (due === null) return null;
      const { flag, by } = due.plan;
      const step = { flag, percent: due.percent, by, action: 'rollout.step', details: { by } };
      return { flag, percent: due.percent, ...(await move(tx, step, now)) };
    });
    if (taken === null) return false;
    const { flag, before, percent, added } = taken;
    flags.changed();
    metrics.rolloutMoves.inc({ flag, move: 'step' });
    log.info({ flag, before, percent, added }, 'a rollout has taken its next step');
    return true;
  }
}

interface Halt {
  flag: Flag;
  /** It goes back to it. */
  percent: number;
  /** The numbers. */
  why: string;
}

interface Move {
  flag: Flag;
  percent: number;
  /** Who has decided it. */
  by: string;
  action: string;
  details: object;
}

interface Moved {
  /** The percentage. */
  before: number;
  added: string[];
  removed: string[];
}

async function move(tx: Verbs, { flag, percent, by, action, details }: Move, now: Instant): Promise<Moved> {
  const { percent: before } = await tx.getRollout(flag);
  const { added, removed } = await tx.setRollout(flag, { percent }, by, now);
  await recordOwnChange(tx, {
    at: now,
    action,
    target: `flag:${flag}`,
    before: { percent: before },
    after: { percent, added, removed, ...details },
  });
  return { before, added, removed };
}

function tellHalt({ flag, percent, why }: Halt, { before, removed }: Moved): string {
  const without = removed.length > 0 ? `, without ${some(removed)}` : '';
  return (
    `The rollout of ${flag} has halted by itself: ${why}. It is back from ${before}% to ${percent}%${without}. ` +
    `\`adminctl rollout status --flag ${flag}\` shows more.`
  );
}

/** "escalation_rate was 50% of 40 calls with the flag on, and 10% of 42 calls with it off". */
function tellNumbers(
  metric: HaltMetric,
  { on, off }: Comparison,
  figures: { on: Figures; off: Figures },
): string {
  const tell = (value: number | null, { calls }: Figures) => {
    if (value === null) return `unknown in ${calls} calls`;
    return metric === 'turn_ms'
      ? `${Math.round(value)} ms in ${calls} calls`
      : `${Math.round(value * 1_000) / 10}% of ${calls} calls`;
  };
  return `${metric} was ${tell(on, figures.on)} with the flag on, and ${tell(off, figures.off)} with it off`;
}
