/** What came of calls with a flag and without it. A call's flags stand in its conversation, as they were when it began. */
import { type Figures, type Flag, type FlagEvaluation, type Instant, SAFE_VALUES } from '@receptionist/core';
import type { Db } from './schema.ts';
import { hasTenantSchemas, ofTenant, tenantsWithSchema } from './tenant-schemas.ts';

/** Enough for a median. */
const MOST_TURNS = 5_000;

type Side = 'on' | 'off';

interface Period {
  since: Instant;
  until: Instant;
  simulated: boolean;
}

export async function rolloutFigures(
  db: Db,
  flag: Flag,
  since: Instant,
  until: Instant,
  { simulated } = { simulated: false },
): Promise<Record<Side, Figures>> {
  const period = { since, until, simulated };
  const sideOf = createSideOf(flag);
  const calls = Map.groupBy(await callsByFlags(db, period), ({ flags }) => sideOf(flags));
  const turns = Map.groupBy(await latestTurns(db, period), ({ flags }) => sideOf(flags));
  const figures = (side: Side) => figuresOf(calls.get(side) ?? [], turns.get(side) ?? []);
  return { on: figures('on'), off: figures('off') };
}

type CallCount = Awaited<ReturnType<typeof callsByFlags>>[number];
type TimedTurn = Awaited<ReturnType<typeof latestTurns>>[number];

function figuresOf(calls: CallCount[], turns: TimedTurn[]): Figures {
  const times = turns.map(({ took_ms }) => took_ms).sort((a, b) => a - b);
  return {
    tenants: new Set(calls.map(({ tenant_id }) => tenant_id)).size,
    calls: calls.reduce((sum, group) => sum + group.calls, 0),
    escalations: calls.reduce((sum, group) => sum + group.escalations, 0),
    bookings: null,
    turn_ms_p50: times[Math.floor((times.length - 1) / 2)] ?? null,
  };
}

/** `on` is the value that a rollout gives; undefined where the plan left the flag out. Asked again and again for the same few. */
function createSideOf(flag: Flag): (flags: string) => Side | undefined {
  const known = new Map<string, Side | undefined>();
  const judge = (flags: string): Side | undefined => {
    const evaluations: FlagEvaluation[] = JSON.parse(flags);
    const evaluation = evaluations.find((one) => one.flag === flag);
    if (!evaluation || evaluation.source === 'plan') return undefined;
    return evaluation.enabled === SAFE_VALUES[flag] ? 'off' : 'on';
  };
  return (flags) => {
    if (!known.has(flags)) known.set(flags, judge(flags));
    return known.get(flags);
  };
}

/**
 * Tenant by tenant, whose calls are found by their time: there is no index by time alone, which each call would pay for. The
 * join is a cross join because SQLite keeps to the order of one.
 */
function callsIn(db: Db, { since, until, simulated }: Period) {
  const calls = db
    .selectFrom('tenants')
    .crossJoin('conversations as call')
    .whereRef('call.tenant_id', '=', 'tenants.tenant_id')
    .where('call.channel', '=', 'voice')
    .where('call.started_at', '>=', since)
    .where('call.started_at', '<', until);
  return simulated ? calls : calls.where('call.simulated', '=', false);
}

/** A tenant's calls have the same flags until somebody changes them: a few rows for each tenant, however many calls. */
function callsByFlags(db: Db, period: Period) {
  return callsIn(db, period)
    .select(({ case: either, exists, fn, selectFrom }) => [
      ...(['call.tenant_id', 'call.flags'] as const),
      fn.countAll<number>().as('calls'),
      fn
        .sum<number>(
          either()
            .when(
              exists(
                selectFrom('human_fallback as entry')
                  .select('entry.entry_id')
                  .whereRef('entry.conversation_id', '=', 'call.conversation_id'),
              ),
            )
            .then(1)
            .else(0)
            .end(),
        )
        .as('escalations'),
    ])
    .groupBy(['call.tenant_id', 'call.flags'])
    .execute();
}

/** Of all tenants together, however their turns are kept. */
async function latestTurns(db: Db, period: Period) {
  if (!hasTenantSchemas(db)) return timedTurns(callsIn(db, period));
  const turns = [];
  for (const tenant_id of await tenantsWithSchema(db)) {
    const calls = callsIn(ofTenant(db, tenant_id), period).where('call.tenant_id', '=', tenant_id);
    turns.push(...(await timedTurns(calls)));
  }
  return turns.sort((a, b) => (a.started_at < b.started_at ? 1 : -1)).slice(0, MOST_TURNS);
}

function timedTurns(calls: ReturnType<typeof callsIn>) {
  return calls
    .innerJoin('turns', 'turns.conversation_id', 'call.conversation_id')
    .select(['call.started_at', 'call.flags', 'turns.took_ms'])
    .where('turns.took_ms', 'is not', null)
    .$narrowType<{ took_ms: number }>()
    .orderBy('call.started_at', 'desc')
    .limit(MOST_TURNS)
    .execute();
}
