/** Who is on call: people take turns in rotations, and an override puts somebody in their place for a while. */
import type { EscalationChannel, Instant, PhoneNumber, Tenant } from './tenant.ts';
import { firstInstantAt, wallClock } from './wall-clock.ts';

export const HANDOVERS = ['hour', 'day', 'week'] as const;
export type Handover = (typeof HANDOVERS)[number];

export interface Person {
  /** The name they administer by. */
  user: string;
  phone: PhoneNumber | null;
  slack_user_id: string | null;
}

export interface Rotation {
  name: string;
  /** Null: for all tenants. */
  tenant_id: string | null;
  /** IANA name. Days and weeks are handed over at the time of day that `starts_at` has there. */
  time_zone: string;
  every: Handover;
  starts_at: Instant;
  /** In the order of their turns. */
  users: string[];
}

export interface Override {
  user: string;
  /** Null: for all tenants. */
  tenant_id: string | null;
  starts_at: Instant;
  ends_at: Instant;
}

export interface OnCall {
  people: Person[];
  rotations: Rotation[];
  overrides: Override[];
}

export interface Shift {
  user: string;
  from: Instant;
  until: Instant;
}

/** `nobody` is on call from then on, or `no_phone`: only people whom no call and no text can reach. */
export interface OnCallGap {
  tenant_id: string;
  from: Instant;
  why: 'nobody' | 'no_phone';
  /** Of the tenant's escalation steps: those that reach nobody. */
  channels: EscalationChannel[];
}

const HOUR = 3_600_000;
const PERIODS: Readonly<Record<Handover, number>> = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR };

/** Whose shift it is, or null: before the rotation begins, and where nobody is in it. */
export function shiftAt(rotation: Rotation, now: Instant): Shift | null {
  const turn = turnAt(rotation, Date.parse(now));
  if (turn === null) return null;
  return { user: turn.user, from: instantOf(turn.from), until: instantOf(turn.until) };
}

/** Who is on call for a tenant (null: for all), the first to be asked first. */
export function onCallFor(onCall: OnCall, tenant_id: string | null, now: Instant): Person[] {
  const duties = dutiesAt(ranksFor(onCall, tenant_id), Date.parse(now));
  return described(
    onCall,
    duties.map(({ user }) => user),
  );
}

/**
 * Whom a call goes to, one after the other: those on call, then the others of their rotations in the order of their turns.
 * Whoever is replaced by an override has the longest to wait.
 */
export function callOrder(onCall: OnCall, tenant_id: string, now: Instant): Person[] {
  const at = Date.parse(now);
  const rotations =
    byScope(onCall.rotations, tenant_id).find((ofScope) => dutiesAt([ofScope], at).length > 0) ?? [];
  const others = rotations.flatMap((rotation) => usersAfter(rotation, at));
  const users = dutiesAt(ranksFor(onCall, tenant_id), at).map(({ user }) => user);
  return described(onCall, [...users, ...others]);
}

/** Who is on call for all tenants (null), and for each tenant that has somebody of its own. */
export function onCallNow(onCall: OnCall, now: Instant): { tenant_id: string | null; user: string }[] {
  const named = [...onCall.overrides, ...onCall.rotations].map(({ tenant_id }) => tenant_id);
  return [...new Set([null, ...named])].flatMap((tenant_id) => {
    const duties = dutiesAt(ranksFor(onCall, tenant_id), Date.parse(now));
    const own = duties.filter((duty) => duty.tenant_id === tenant_id);
    return distinct(own.map(({ user }) => user)).map((user) => ({ tenant_id, user }));
  });
}

/** When somebody else may be on call for a tenant (null: for all), or null where nothing is planned. */
export function nextChange(onCall: OnCall, tenant_id: string | null, now: Instant): Instant | null {
  const ranks = ranksFor(onCall, tenant_id);
  const at = Date.parse(now);
  const next = Math.min(nextStart(ranks, at), ...dutiesAt(ranks, at).map(({ until }) => until));
  return next === Number.POSITIVE_INFINITY ? null : instantOf(next);
}

/** The first gap of each tenant whose escalation steps turn to whoever is on call. */
export function onCallGaps(
  onCall: OnCall,
  tenants: readonly Pick<Tenant, 'tenant_id' | 'escalation'>[],
  from: Instant,
  until: Instant,
): OnCallGap[] {
  const gapOf = gapFinder(onCall, { from: Date.parse(from), until: Date.parse(until) });
  return tenants.flatMap(({ tenant_id, escalation }) => {
    const channels = personalChannels(escalation);
    const byPhone = channels.filter((channel) => channel !== 'slack_mention');
    const gap = channels.length > 0 ? gapOf(tenant_id, byPhone.length > 0) : null;
    if (gap === null) return [];
    const { at, why } = gap;
    return [{ tenant_id, from: instantOf(at), why, channels: why === 'nobody' ? channels : byPhone }];
  });
}

const PERSONAL: readonly EscalationChannel[] = ['slack_mention', 'text', 'call'];

/** The channels of a tenant's steps that turn to whoever is on call. */
export function personalChannels({ critical, standard }: Tenant['escalation']): EscalationChannel[] {
  const notified = new Set([...critical, ...standard].flatMap(({ notify }) => notify));
  return PERSONAL.filter((channel) => notified.has(channel));
}

/** Somebody has the phone until then. */
interface Duty {
  user: string;
  /** Whose rotation or override it is. */
  tenant_id: string | null;
  until: number;
}

type Source = Override | Rotation;

/** An override goes before all rotations, what is the tenant's own before what is for all. */
function ranksFor({ overrides, rotations }: OnCall, tenant_id: string | null): Source[][] {
  return [...byScope(overrides, tenant_id), ...byScope(rotations, tenant_id)];
}

function byScope<T extends Source>(sources: readonly T[], tenant_id: string | null): T[][] {
  const scopes = tenant_id === null ? [null] : [tenant_id, null];
  return scopes.map((scope) => sources.filter((source) => source.tenant_id === scope));
}

/** All of the first rank that has anybody. */
function dutiesAt(ranks: readonly (readonly Source[])[], now: number): Duty[] {
  for (const sources of ranks) {
    const duties = sources.map((source) => dutyAt(source, now)).filter((duty) => duty !== null);
    if (duties.length > 0) return duties;
  }
  return [];
}

function dutyAt(source: Source, now: number): Duty | null {
  const { tenant_id } = source;
  if ('users' in source) {
    const turn = turnAt(source, now);
    return turn && { user: turn.user, tenant_id, until: turn.until };
  }
  const until = Date.parse(source.ends_at);
  return Date.parse(source.starts_at) <= now && now < until ? { user: source.user, tenant_id, until } : null;
}

/** When the next override or rotation begins. */
function nextStart(ranks: readonly (readonly Source[])[], now: number): number {
  const starts = ranks.flat().map(({ starts_at }) => Date.parse(starts_at));
  return Math.min(...starts.filter((start) => start > now));
}

interface Turn {
  user: string;
  /** Their place among the users. */
  index: number;
  from: number;
  until: number;
}

/** Reckoned from the wall clock, however long ago the rotation began. */
function turnAt(rotation: Rotation, now: number): Turn | null {
  const { users, every, time_zone } = rotation;
  const start = Date.parse(rotation.starts_at);
  if (now < start || users.length === 0) return null;
  const elapsed = every === 'hour' ? now - start : wallClock(now, time_zone) - wallClock(start, time_zone);
  const shown = Math.max(0, Math.floor(elapsed / PERIODS[every]));
  // Clocks that were put back may show a time before a hand-over that has been.
  const count = handoverTime(rotation, shown + 1) <= now ? shown + 1 : shown;
  const index = count % users.length;
  return {
    user: users[index] as string,
    index,
    from: handoverTime(rotation, count),
    until: handoverTime(rotation, count + 1),
  };
}

/** The 0th is the beginning. */
function handoverTime({ starts_at, every, time_zone }: Rotation, count: number): number {
  const start = Date.parse(starts_at);
  const passed = count * PERIODS[every];
  if (every === 'hour' || count === 0) return start + passed;
  return firstInstantAt(wallClock(start, time_zone) + passed, time_zone);
}

/** Everybody of a rotation, the present one last. */
function usersAfter(rotation: Rotation, now: number): string[] {
  const turn = turnAt(rotation, now);
  if (turn === null) return [];
  const next = turn.index + 1;
  return [...rotation.users.slice(next), ...rotation.users.slice(0, next)];
}

interface Span {
  from: number;
  until: number;
}

interface Gap {
  at: number;
  why: OnCallGap['why'];
}

/** Tenants that have nothing of their own have the same gap, which is looked for once. */
function gapFinder(onCall: OnCall, span: Span): (tenant_id: string, needsPhone: boolean) => Gap | null {
  const scopes = new Set([...onCall.overrides, ...onCall.rotations].map(({ tenant_id }) => tenant_id));
  const phones = new Set(onCall.people.filter(({ phone }) => phone !== null).map(({ user }) => user));
  const found = new Map<string, Gap | null>();
  return (tenant_id, needsPhone) => {
    const scope = scopes.has(tenant_id) ? tenant_id : null;
    const key = JSON.stringify([scope, needsPhone]);
    const known = found.get(key);
    if (known !== undefined) return known;
    const gap = firstGap(ranksFor(onCall, scope), span, (user) => !needsPhone || phones.has(user));
    found.set(key, gap);
    return gap;
  };
}

/** Goes from one change to the next that matters. */
function firstGap(
  ranks: readonly (readonly Source[])[],
  { from, until }: Span,
  canReach: (user: string) => boolean,
): Gap | null {
  for (let at = from; at < until; ) {
    const duties = dutiesAt(ranks, at);
    if (duties.length === 0) return { at, why: 'nobody' };
    const reached = duties.filter(({ user }) => canReach(user)).map((duty) => duty.until);
    if (reached.length === 0) return { at, why: 'no_phone' };
    at = Math.min(Math.max(...reached), nextStart(ranks, at));
  }
  return null;
}

/** Each of them once. Whom nobody has described is on call by name. */
function described({ people }: OnCall, users: readonly string[]): Person[] {
  const known = new Map(people.map((person) => [person.user, person]));
  return distinct(users).map((user) => known.get(user) ?? { user, phone: null, slack_user_id: null });
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function instantOf(at: number): Instant {
  return new Date(at).toISOString();
}
