import { type Answer, type Body, invalid, nearest, type Routes } from '@receptionist/admin-api';
import { compareFigures, type Flag, type Instant } from '@receptionist/core';
import type { ReadVerbs, RolloutStep, RolloutTerms, Verbs } from '@receptionist/store';
import type { Handlers } from './endpoints.ts';
import { knownFlag } from './flags.ts';

type RolloutHandlers = Pick<
  Handlers,
  'getRollout' | 'putRollout' | 'getRolloutStatus' | 'putRolloutPlan' | 'deleteRolloutPlan'
>;
type Rollout = Answer<Routes['getRollout']>;

export const rollouts: RolloutHandlers = {
  getRollout: (read, { params }) => rolloutOf(read, knownFlag(params.flag)),

  async putRollout(tx, { params, body, actor, now }) {
    const flag = knownFlag(params.flag);
    await refuseUnknownTenants(tx, body.tenants ?? []);
    const before = await rolloutOf(tx, flag);
    // Somebody decides by hand: a later step must not undo it.
    await tx.clearRolloutPlan(flag);
    await tx.setRollout(flag, exactTerms(body), actor, now);
    return changed(before, await rolloutOf(tx, flag), 'rollout.set');
  },

  async getRolloutStatus(read, { params, query, time }) {
    const flag = knownFlag(params.flag);
    const { percent, updated_at, plan } = await rolloutOf(read, flag);
    const until = await time();
    const since = exact(query.since ?? updated_at ?? weekBefore(until));
    const { on, off } = await read.rolloutFigures(flag, since, until);
    return { flag, percent, since, until, on, off, compared: compareFigures(on, off), plan };
  },

  async putRolloutPlan(tx, { params, body, actor, now }) {
    const flag = knownFlag(params.flag);
    const before = await rolloutOf(tx, flag);
    await tx.setRolloutPlan(flag, { ...body, steps: exactSteps(body, now), by: actor }, now);
    await takeDueStep(tx, flag, now);
    return changed(before, await rolloutOf(tx, flag), 'rollout.plan');
  },

  async deleteRolloutPlan(tx, { params }) {
    const flag = knownFlag(params.flag);
    const before = await rolloutOf(tx, flag);
    await tx.clearRolloutPlan(flag);
    return changed(before, await rolloutOf(tx, flag), 'rollout.stop');
  },
};

async function rolloutOf(read: ReadVerbs, flag: Flag): Promise<Rollout> {
  const rollout = await read.getRollout(flag);
  const plan = (await read.rolloutPlans()).find((each) => each.flag === flag) ?? null;
  return { ...rollout, plan };
}

/** The first step may be due at once. */
async function takeDueStep(tx: Verbs, flag: Flag, now: Instant): Promise<void> {
  const due = await tx.claimDueRolloutStep(now, flag);
  if (due !== null) await tx.setRollout(flag, { percent: due.percent }, due.plan.by, now);
}

function changed(before: Rollout, after: Rollout, action: string) {
  const without = ({ tenants_on: gone }: Rollout, { tenants_on }: Rollout) => {
    const others = new Set(gone);
    return tenants_on.filter((tenant_id) => !others.has(tenant_id));
  };
  const [added, removed] = [without(before, after), without(after, before)];
  return {
    answer: { ...after, added, removed },
    audit: {
      action,
      target: `flag:${after.flag}`,
      before: gist(before),
      after: { ...gist(after), added: added.length, removed: removed.length },
    },
  };
}

/** What the audit keeps: of ten thousand tenants only how many. */
function gist({ percent, tenants, starts_at, plan }: Rollout) {
  return { percent, tenants, starts_at, plan: plan && { steps: plan.steps, halt_if: plan.halt_if } };
}

/** @throws Problem `invalid_body` that names each place, with what was perhaps meant */
async function refuseUnknownTenants(read: ReadVerbs, tenant_ids: readonly string[]): Promise<void> {
  const there = new Set((await read.flagSnapshots(tenant_ids)).map(({ tenant_id }) => tenant_id));
  if (tenant_ids.every((tenant_id) => there.has(tenant_id))) return;
  const all = await allTenantIds(read);
  const errors = tenant_ids.flatMap((tenant_id, index) => {
    if (there.has(tenant_id)) return [];
    const meant = nearest(tenant_id, all);
    const suggestion = meant === null ? '' : ` Did you mean ${JSON.stringify(meant)}?`;
    return [
      { path: `tenants.${index}`, message: `There is no tenant ${JSON.stringify(tenant_id)}.${suggestion}` },
    ];
  });
  throw invalid('invalid_body', errors);
}

async function allTenantIds(read: ReadVerbs): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<ReadVerbs['listTenants']>> = await read.listTenants({
      limit: 500,
      cursor,
    });
    ids.push(...page.items.map(({ tenant_id }) => tenant_id));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return ids;
}

function exactTerms({ starts_at, ...terms }: Body<Routes['putRollout']>): RolloutTerms {
  return { ...terms, starts_at: starts_at && exact(starts_at) };
}

/** The first step may come at once. */
function exactSteps({ steps }: Body<Routes['putRolloutPlan']>, now: Instant): RolloutStep[] {
  return steps.map(({ percent, at = now }) => ({ percent, at: exact(at) }));
}

/** As the store keeps it: to the millisecond. */
function exact(at: Instant): Instant {
  return new Date(at).toISOString();
}

function weekBefore(at: Instant): Instant {
  return new Date(Date.parse(at) - 7 * 24 * 60 * 60_000).toISOString();
}
