import { notOneOf } from '@receptionist/admin-api';
import {
  evaluateFlag,
  evaluateFlags,
  FLAG_NOTES,
  FLAGS,
  type Flag,
  type FlagEvaluation,
  flagNamed,
  type Instant,
  Problem,
  SAFE_VALUES,
  staleness,
} from '@receptionist/core';
import type { FlagUse, ReadVerbs, Seen } from '@receptionist/store';
import { existing, type Handlers } from './endpoints.ts';

export const flags: Pick<Handlers, 'listFlags' | 'putFlag' | 'deleteFlag' | 'listFlagUse'> = {
  async listFlags(read, { params: { tenant_id }, time }) {
    const snapshot = await existing(read.flagSnapshot(tenant_id), 'tenant', tenant_id);
    const { plan, settings } = snapshot;
    return { tenant_id, plan, flags: evaluateFlags(snapshot, await time()), settings: [...settings] };
  },

  async putFlag(tx, { params, body, actor, now }) {
    const flag = knownFlag(params.flag);
    const before = await evaluation(tx, { ...params, flag, now });
    await tx.setFlag(params.tenant_id, flag, body.enabled, actor, now, seen(body.expected_updated_at));
    const after = await evaluation(tx, { ...params, flag, now });
    return {
      answer: after,
      audit: { action: 'flag.set', target: `tenant:${params.tenant_id}`, before, after },
    };
  },

  async deleteFlag(tx, { params, query: { expected_updated_at }, now }) {
    const flag = knownFlag(params.flag);
    const before = await evaluation(tx, { ...params, flag, now });
    const expected = expected_updated_at === 'none' ? null : expected_updated_at;
    await tx.unsetFlag(params.tenant_id, flag, now, seen(expected));
    const after = await evaluation(tx, { ...params, flag, now });
    return {
      answer: after,
      audit: { action: 'flag.unset', target: `tenant:${params.tenant_id}`, before, after },
    };
  },

  async listFlagUse(read, { time }) {
    const now = await time();
    const uses = await read.flagSettingsOfAll();
    return { items: uses.map((use) => told(use, now)), next_cursor: null };
  },
};

/** @throws Problem `not_found`, with what was perhaps meant */
export function knownFlag(name: string): Flag {
  const flag = flagNamed(name);
  if (flag === null) throw new Problem('not_found', `There is no such flag: ${notOneOf(name, FLAGS)}`);
  return flag;
}

/** What the admin saw before deciding; undefined: they did not say. */
function seen(updated_at: Instant | null | undefined): Seen {
  if (updated_at === undefined) return {};
  return { expected: { updated_at: updated_at && new Date(updated_at).toISOString() } };
}

function told({ flag, tenants, on, off, last_set_at, rollout }: FlagUse, now: Instant) {
  const { percent, tenants_on, updated_at } = rollout;
  const changed_at =
    [last_set_at, updated_at]
      .filter((at) => at !== null)
      .toSorted()
      .at(-1) ?? null;
  const usage = { flag, tenants, on, off, in_rollout: tenants_on.length, changed_at };
  return {
    ...usage,
    ...FLAG_NOTES[flag],
    safe_value: SAFE_VALUES[flag],
    percent,
    stale: staleness(usage, now),
  };
}

async function evaluation(
  read: ReadVerbs,
  { tenant_id, flag, now }: { tenant_id: string; flag: Flag; now: Instant },
): Promise<FlagEvaluation> {
  return evaluateFlag(flag, await existing(read.flagSnapshot(tenant_id), 'tenant', tenant_id), now);
}
