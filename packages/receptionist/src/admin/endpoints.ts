/** What a handler is: reads answer, changes say besides what the audit shall hold. Typed by the table of routes. */
import type { Answer, Body, Params, Query, Route, RouteName, Routes } from '@receptionist/admin-api';
import { type Instant, Problem } from '@receptionist/core';
import type { AuditRow, ReadVerbs, Verbs } from '@receptionist/store';
import type { WakeKind } from '../escalation/wake.ts';

interface Asked<R extends Route> {
  params: Params<R>;
  query: Query<R>;
}

export interface Reading<R extends Route> extends Asked<R> {
  /** The store's, for those who need it. */
  time: () => Promise<Instant>;
}

export interface Changing<R extends Route> extends Asked<R> {
  body: Body<R>;
  /** The admin user whom the token names. */
  actor: string;
  now: Instant;
}

export interface Changed<A> {
  answer: A;
  /** Left out: the usual one of the route. */
  status?: number;
  audit: Pick<AuditRow, 'action' | 'target' | 'before' | 'after'>;
  /** What there is for the escalation engine to look at, once this is committed. */
  ring?: { kind: WakeKind; id: string };
}

export type Read<R extends Route> = (read: ReadVerbs, request: Reading<R>) => Promise<Answer<R>>;
export type Change<R extends Route> = (tx: Verbs, request: Changing<R>) => Promise<Changed<Answer<R>>>;

/** One handler for each route: a route without one does not compile. */
export type Handlers = {
  [name in RouteName]: Routes[name]['changes'] extends true ? Change<Routes[name]> : Read<Routes[name]>;
};

/** @throws Problem `not_found` where there is nothing */
export async function existing<T>(found: Promise<T | null>, what: string, id: string): Promise<T> {
  const thing = await found;
  if (thing === null) throw new Problem('not_found', `There is no ${what} ${JSON.stringify(id)}.`);
  return thing;
}

/** A filter with `since` as the store writes instants, with milliseconds: there they are compared as text. */
export function withInstants<T extends { since?: Instant }>(filter: T): T {
  return filter.since === undefined ? filter : { ...filter, since: new Date(filter.since).toISOString() };
}
