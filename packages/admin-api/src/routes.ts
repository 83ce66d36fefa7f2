/**
 * Every address of the admin API, once: the daemon checks and answers by this table, the client is typed by it, and the
 * OpenAPI document is made of it.
 */
import { z } from 'zod';
import { statusAnswer } from './checks.ts';
import {
  assignBody,
  engageBody,
  entryPage,
  entryQuery,
  entryWithHistory,
  escalationAnswer,
  escalationBody,
  eventAnswer,
  joinBody,
  noteBody,
  reopenBody,
  resolveBody,
  tagBody,
  tagsQuery,
  usedTag,
} from './fallback.ts';
import { lessonAnswer, replayAnswer } from './learning.ts';
import { missedCallsAnswer, missedCallsBody } from './missed-calls.ts';
import { onCallAnswer, onCallBody, overrideBody } from './oncall.ts';
import { planAnswer, planBody, tenantPlan } from './plans.ts';
import { reportAnswer, reportQuery } from './report.ts';
import { flagUse, rollout, rolloutAnswer, rolloutBody, rolloutPlanBody, rolloutStatus } from './rollouts.ts';
import {
  auditQuery,
  auditRow,
  conversation,
  conversationWithTurns,
  dryRunQuery,
  flagBody,
  flagEvaluation,
  flagsAnswer,
  instant,
  pageOf,
  pageQuery,
  unsetFlagQuery,
} from './schemas.ts';
import { answer, phrase, tenantAnswer, tenantBody, tenantPatch } from './tenant.ts';

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With the parameters in braces, as OpenAPI writes them. */
  path: `/admin/${string}`;
  summary: string;
  /** A change runs in one transaction with its audit row, and takes an `Idempotency-Key`. */
  changes: boolean;
  query: z.ZodObject;
  /** Null: none is sent (`{}` will do). */
  body: z.ZodType | null;
  answer: z.ZodType;
  /** The usual one first. */
  statuses: readonly [number, ...number[]];
}

const noQuery = z.strictObject({});
const read = { method: 'GET', changes: false, query: noQuery, body: null, statuses: [200] } as const;
const change = { changes: true, query: noQuery, body: null, statuses: [200] } as const;
const move = { ...change, method: 'POST', answer: entryWithHistory } as const;

export const ROUTES = {
  getStatus: {
    ...read,
    path: '/admin/status',
    summary: 'How the daemon and what it depends on are, part by part, and what to do',
    answer: statusAnswer,
  },
  listTenants: {
    ...read,
    path: '/admin/tenants',
    summary: 'All tenants',
    query: pageQuery,
    answer: pageOf(tenantAnswer),
  },
  createTenant: {
    ...change,
    method: 'POST',
    path: '/admin/tenants',
    summary: 'Make a tenant; what is left out takes its default',
    body: tenantBody,
    answer: tenantAnswer,
    statuses: [201],
  },
  getTenant: { ...read, path: '/admin/tenants/{tenant_id}', summary: 'One tenant', answer: tenantAnswer },
  putTenant: {
    ...change,
    method: 'PUT',
    path: '/admin/tenants/{tenant_id}',
    summary: 'Make a tenant or replace all of it; what is left out takes its default',
    body: tenantBody,
    answer: tenantAnswer,
    statuses: [200, 201],
  },
  patchTenant: {
    ...change,
    method: 'PATCH',
    path: '/admin/tenants/{tenant_id}',
    summary: 'Change some of a tenant (JSON merge patch, RFC 7396)',
    body: tenantPatch,
    answer: tenantAnswer,
  },
  addAnswer: {
    ...change,
    method: 'POST',
    path: '/admin/tenants/{tenant_id}/answers',
    summary: 'Teach an answer; refused where it would take what callers say otherwise',
    query: dryRunQuery,
    body: answer,
    answer,
    statuses: [201],
  },
  addPhrase: {
    ...change,
    method: 'POST',
    path: '/admin/tenants/{tenant_id}/phrases',
    summary:
      'Teach a phrase that needs a person at once; refused where it would take what callers say otherwise',
    query: dryRunQuery,
    body: phrase,
    answer: phrase,
    statuses: [201],
  },
  getPlan: {
    ...read,
    path: '/admin/tenants/{tenant_id}/plan',
    summary: 'The plan that a tenant is on, and the one that it goes to',
    answer: tenantPlan,
  },
  putPlan: {
    ...change,
    method: 'PUT',
    path: '/admin/tenants/{tenant_id}/plan',
    summary: 'Put a tenant on a plan, now or at the end of the month',
    query: dryRunQuery,
    body: planBody,
    answer: planAnswer,
  },
  listFlags: {
    ...read,
    path: '/admin/tenants/{tenant_id}/flags',
    summary: 'Every flag as it is for a tenant, and why',
    answer: flagsAnswer,
  },
  putFlag: {
    ...change,
    method: 'PUT',
    path: '/admin/tenants/{tenant_id}/flags/{flag}',
    summary: "Make a tenant's own setting",
    body: flagBody,
    answer: flagEvaluation,
  },
  deleteFlag: {
    ...change,
    method: 'DELETE',
    path: '/admin/tenants/{tenant_id}/flags/{flag}',
    summary: "Remove a tenant's own setting",
    query: unsetFlagQuery,
    answer: flagEvaluation,
  },
  listFlagUse: {
    ...read,
    path: '/admin/flags',
    summary: 'Every flag: whose it is, since when, who has it, and whether it could go',
    answer: pageOf(flagUse),
  },
  getRollout: {
    ...read,
    path: '/admin/flags/{flag}/rollout',
    summary: 'Which tenants are in the rollout of a flag',
    answer: rollout,
  },
  putRollout: {
    ...change,
    method: 'PUT',
    path: '/admin/flags/{flag}/rollout',
    summary: 'Roll a flag out to a share of the tenants; ends a plan of steps',
    query: dryRunQuery,
    body: rolloutBody,
    answer: rolloutAnswer,
  },
  getRolloutStatus: {
    ...read,
    path: '/admin/flags/{flag}/rollout/status',
    summary:
      'How calls with the flag on go, beside those with it off; since the last change, unless it says since',
    query: z.strictObject({ since: instant.exactOptional() }),
    answer: rolloutStatus,
  },
  putRolloutPlan: {
    ...change,
    method: 'PUT',
    path: '/admin/flags/{flag}/rollout/plan',
    summary: 'Roll a flag out in steps, which stop by themselves where calls suffer',
    query: dryRunQuery,
    body: rolloutPlanBody,
    answer: rolloutAnswer,
  },
  deleteRolloutPlan: {
    ...change,
    method: 'DELETE',
    path: '/admin/flags/{flag}/rollout/plan',
    summary: 'Take no further steps; the rollout stays where it is',
    answer: rolloutAnswer,
  },
  createEscalation: {
    ...change,
    method: 'POST',
    path: '/admin/tenants/{tenant_id}/escalations',
    summary: 'File an escalation by hand; the worker makes the entry',
    body: escalationBody,
    answer: escalationAnswer,
    statuses: [202],
  },
  fileMissedCalls: {
    ...change,
    method: 'POST',
    path: '/admin/tenants/{tenant_id}/missed-calls',
    summary: 'File those of these calls that the daemon never saw, each once, as system_degraded',
    body: missedCallsBody,
    answer: missedCallsAnswer,
    statuses: [202],
  },
  getEvent: {
    ...read,
    path: '/admin/events/{event_id}',
    summary: 'What became of an escalation; entry_id is null until it is filed',
    answer: eventAnswer,
  },
  listEntries: {
    ...read,
    path: '/admin/fallback',
    summary: 'Fallback entries, most urgent deadline first; without status those not resolved',
    query: entryQuery,
    answer: entryPage,
  },
  // Before getEntry, whose path it fits.
  listTags: {
    ...read,
    path: '/admin/fallback/tags',
    summary: "Tags that are in use at a tenant, latest first, for a form's choice",
    query: tagsQuery,
    answer: pageOf(usedTag),
  },
  // Before the entries: no entry is called "report".
  getReport: {
    ...read,
    path: '/admin/fallback/report',
    summary:
      'What became of the entries of a period: reasons, tags, waiting times, deadlines, by day, tenant and person',
    query: reportQuery,
    answer: reportAnswer,
  },
  getEntry: {
    ...read,
    path: '/admin/fallback/{entry_id}',
    summary: 'One entry with context, notifications and timeline',
    answer: entryWithHistory,
  },
  getLesson: {
    ...read,
    path: '/admin/fallback/{entry_id}/lesson',
    summary: 'A draft of what would have prevented a resolved entry',
    answer: lessonAnswer,
  },
  replayEntry: {
    ...read,
    path: '/admin/fallback/{entry_id}/replay',
    summary:
      "The entry's conversation, taken again by today's receptionist; nothing is written and nobody is told",
    answer: replayAnswer,
  },
  acknowledgeEntry: { ...move, path: '/admin/fallback/{entry_id}/acknowledge', summary: 'I have it' },
  assignEntry: {
    ...move,
    path: '/admin/fallback/{entry_id}/assign',
    summary: 'Somebody shall have it',
    body: assignBody,
  },
  engageEntry: {
    ...move,
    path: '/admin/fallback/{entry_id}/engage',
    summary: 'I am on it, and how',
    body: engageBody,
  },
  joinEntry: {
    ...move,
    path: '/admin/fallback/{entry_id}/join',
    summary: 'Ring me, and put me through to the caller; who has left is called back',
    body: joinBody,
  },
  noteEntry: {
    ...move,
    path: '/admin/fallback/{entry_id}/note',
    summary: 'Add to the timeline',
    body: noteBody,
  },
  tagEntry: {
    ...move,
    path: '/admin/fallback/{entry_id}/tag',
    summary: 'Add and remove tags',
    body: tagBody,
  },
  resolveEntry: {
    ...move,
    path: '/admin/fallback/{entry_id}/resolve',
    summary: 'It is done, and how',
    body: resolveBody,
  },
  reopenEntry: {
    ...move,
    path: '/admin/fallback/{entry_id}/reopen',
    summary: 'It is not done, and why',
    body: reopenBody,
  },
  getOnCall: {
    ...read,
    path: '/admin/oncall',
    summary: 'People, rotations and overrides, and who is on call now',
    answer: onCallAnswer,
  },
  putOnCall: {
    ...change,
    method: 'PUT',
    path: '/admin/oncall',
    summary: 'Replace people and rotations, and the overrides too unless they are left out',
    body: onCallBody,
    answer: onCallAnswer,
  },
  addOverride: {
    ...change,
    method: 'POST',
    path: '/admin/oncall/overrides',
    summary: 'Put somebody on call for a while',
    body: overrideBody,
    answer: onCallAnswer,
    statuses: [201],
  },
  listConversations: {
    ...read,
    path: '/admin/tenants/{tenant_id}/conversations',
    summary: "A tenant's conversations, newest first, without turns",
    query: pageQuery,
    answer: pageOf(conversation),
  },
  getConversation: {
    ...read,
    path: '/admin/tenants/{tenant_id}/conversations/{conversation_id}',
    summary: 'One conversation with its turns',
    answer: conversationWithTurns,
  },
  listAudit: {
    ...read,
    path: '/admin/audit',
    summary: 'Who changed what, from where, with which request; newest first',
    query: auditQuery,
    answer: pageOf(auditRow),
  },
} as const satisfies Record<string, Route>;

export type Routes = typeof ROUTES;
export type RouteName = keyof Routes;

type ParameterNames<Path> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterNames<Rest>
  : never;

export type Params<R extends Route> = Record<ParameterNames<R['path']>, string>;
/** As it arrives at a handler, defaults filled in. */
export type Query<R extends Route> = z.output<R['query']>;
export type Body<R extends Route> = R['body'] extends z.ZodType ? z.output<R['body']> : undefined;
export type Answer<R extends Route> = z.output<R['answer']>;

const JSON_TYPES = ['application/json'] as const;
const PATCH_TYPES = ['application/merge-patch+json', 'application/json'] as const;

/** The content types that a body may have, the proper one first. */
export function bodyTypes({ method }: Route): readonly [string, ...string[]] {
  return method === 'PATCH' ? PATCH_TYPES : JSON_TYPES;
}

/** The names in a path's braces. */
export function parameterNames(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
}
