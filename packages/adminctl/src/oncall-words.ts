/** Who is on call, in words. */
import { isDeepStrictEqual } from 'node:util';
import {
  type Instant,
  nextChange,
  type OnCall,
  type Override,
  onCallFor,
  type Person,
  type Rotation,
  shiftAt,
} from '@receptionist/core';
import { moment, span } from './moments.ts';
import { type Column, printable, table } from './table.ts';

/** What the API answers. */
export type Rota = OnCall & { now: { tenant_id: string | null; user: string }[] };

const NOBODY = 'nobody';

export function scopeInWords(tenant_id: string | null): string {
  return tenant_id ?? 'all tenants';
}

/** Everything, most important first. `width`: of the terminal. */
export function rotaInWords(rota: Rota, now: Date, width: number | undefined): string {
  const upcoming = rota.overrides.filter(({ ends_at }) => Date.parse(ends_at) > now.getTime());
  const section = <Row>(title: string, rows: Row[], columns: Column<Row>[]) =>
    rows.length === 0 ? [] : [`${title}\n${table(columns, rows, width)}`];
  return [
    ...section(
      'On call now',
      [...Map.groupBy(rota.now, ({ tenant_id }) => tenant_id)],
      nowColumns(rota, now),
    ),
    ...section('Rotations', rota.rotations, rotationColumns(now)),
    ...section('Overrides', upcoming, OVERRIDE_COLUMNS),
    ...section('People', rota.people, PERSON_COLUMNS),
  ].join('\n\n');
}

type Scope = [tenant_id: string | null, present: { user: string }[]];

function nowColumns(rota: OnCall, now: Date): Column<Scope>[] {
  const until = (tenant_id: string | null) => nextChange(rota, tenant_id, now.toISOString());
  const then = (tenant_id: string | null, at: Instant | null) =>
    at === null ? '-' : usersInWords(onCallFor(rota, tenant_id, at));
  return [
    { header: 'FOR', value: ([tenant_id]) => scopeInWords(tenant_id) },
    { header: 'WHO', value: ([, present]) => usersInWords(present), elastic: true },
    { header: 'UNTIL', value: ([tenant_id]) => momentAhead(until(tenant_id), now) },
    { header: 'THEN', value: ([tenant_id]) => then(tenant_id, until(tenant_id)), elastic: true },
  ];
}

function rotationColumns(now: Date): Column<Rotation>[] {
  const shift = (rotation: Rotation) => shiftAt(rotation, now.toISOString());
  return [
    { header: 'NAME', value: ({ name }) => name, elastic: true },
    { header: 'FOR', value: ({ tenant_id }) => scopeInWords(tenant_id) },
    { header: 'TURNS', value: ({ users }) => users.join(', ') || NOBODY, elastic: true },
    { header: 'NOW', value: (rotation) => shift(rotation)?.user ?? NOBODY },
    { header: 'UNTIL', value: (rotation) => momentAhead(shift(rotation)?.until ?? null, now) },
    { header: 'EVERY', value: ({ every }) => every },
    { header: 'SINCE', value: ({ starts_at }) => moment(starts_at) },
    { header: 'TIME ZONE', value: ({ time_zone }) => time_zone, elastic: true },
  ];
}

const OVERRIDE_COLUMNS: Column<Override>[] = [
  { header: 'WHO', value: ({ user }) => user },
  { header: 'FOR', value: ({ tenant_id }) => scopeInWords(tenant_id) },
  { header: 'FROM', value: ({ starts_at }) => moment(starts_at) },
  { header: 'UNTIL', value: ({ ends_at }) => moment(ends_at) },
];

const PERSON_COLUMNS: Column<Person>[] = [
  { header: 'WHO', value: ({ user }) => user },
  { header: 'PHONE', value: ({ phone }) => phone ?? '-' },
  { header: 'SLACK', value: ({ slack_user_id }) => slack_user_id ?? '-' },
];

function usersInWords(people: readonly { user: string }[]): string {
  return people.map(({ user }) => user).join(', ') || NOBODY;
}

function momentAhead(at: Instant | null, now: Date): string {
  return at === null ? '-' : `${moment(at)} (in ${span(Date.parse(at) - now.getTime())})`;
}

/** What may not be meant; a sentence each. */
export function warnings({ people, rotations, overrides, now }: Rota): string[] {
  const planned = new Set([...rotations.flatMap(({ users }) => users), ...overrides.map(({ user }) => user)]);
  const inUse = people.filter(({ user }) => planned.has(user));
  return [
    ...(now.length === 0 ? ['Nobody is on call now.'] : []),
    ...rotations
      .filter(({ users }) => users.length === 0)
      .map(({ name }) => `Nobody is in the rotation ${printable(name)}: it is skipped.`),
    ...inUse
      .filter(({ phone }) => phone === null)
      .map(({ user }) => `${printable(user)} has no phone: calls and texts go to the next one.`),
    ...inUse
      .filter(({ slack_user_id }) => slack_user_id === null)
      .map(({ user }) => `${printable(user)} has no slack_user_id: mentions say @here.`),
  ];
}

/** What is new, changed or gone; a line each. */
export function changesInWords(before: OnCall, after: OnCall): string[] {
  const overrideName = ({ user, tenant_id, starts_at, ends_at }: Override) =>
    `${user} for ${scopeInWords(tenant_id)} from ${moment(starts_at)} until ${moment(ends_at)}`;
  return [
    ...differences('person', before.people, after.people, ({ user }) => user),
    ...differences('rotation', before.rotations, after.rotations, ({ name }) => name),
    ...differences('override', before.overrides, after.overrides, overrideName),
  ];
}

function differences<T>(noun: string, before: T[], after: T[], nameOf: (one: T) => string): string[] {
  const was = new Map(before.map((one) => [nameOf(one), one]));
  const is = new Map(after.map((one) => [nameOf(one), one]));
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((name) => {
    const change = difference(was.get(name), is.get(name));
    return change === null ? [] : [`${noun} ${printable(name)} is ${change}`];
  });
}

function difference(was: unknown, is: unknown): 'new' | 'changed' | 'gone' | null {
  if (isDeepStrictEqual(was, is)) return null;
  if (was === undefined) return 'new';
  return is === undefined ? 'gone' : 'changed';
}
