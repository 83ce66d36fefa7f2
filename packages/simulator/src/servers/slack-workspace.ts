/** What Slack's methods share: the workspace they act on, who may do what how often, and how Slack says no. */
import type { RateLimit } from './rate-limit.ts';
import type { OpenModal } from './slack-modals.ts';
import type { SlackButton } from './slack-reading.ts';
import type { Triggers } from './slack-triggers.ts';

export interface SlackChannel {
  /** `C…`, `G…` or `D…`. */
  id: string;
  /** Without the `#`. */
  name: string;
  /** Whether the bot is in it. */
  member: boolean;
  archived?: boolean;
  /** Only its members know of it. */
  private?: boolean;
}

export interface SlackUser {
  /** `U…` or `W…`. */
  id: string;
  /** Without the `@`. */
  name: string;
}

/** A message as it stood when it was posted or updated. */
export interface SlackMessage {
  channel: SlackChannel;
  ts: string;
  /** Of the message it replies to. */
  thread_ts: string | null;
  /** A reply that is shown in the channel too. */
  broadcast: boolean;
  text: string;
  blocks: readonly unknown[];
  metadata: unknown;
  /** What a person reads in the channel. */
  lines: () => string[];
  mentions: readonly string[];
  buttons: readonly SlackButton[];
  links: readonly string[];
}

/** Words that one person alone sees. */
export interface SlackEphemeral {
  user: string;
  channel: SlackChannel;
  text: string;
  lines: () => string[];
}

export interface SlackWorkspace {
  teamId: string;
  appId: string;
  channels: readonly SlackChannel[];
  /** Those who were named or have pressed something. */
  users: SlackUser[];
  posts: SlackMessage[];
  updates: SlackMessage[];
  /** What stands in the channels now, by ts, in the order of posting. */
  present: Map<string, SlackMessage>;
  ephemerals: SlackEphemeral[];
  modals: OpenModal[];
  triggers: Triggers;
  /** What Slack lets pass, and its people would not. */
  complaints: string[];
  /** What the token may do. */
  scopes: readonly string[];
  perChannel: RateLimit;
  /** By method: the tiers of https://docs.slack.dev/apis/web-api/rate-limits */
  tier2: RateLimit;
  tier3: RateLimit;
  tier4: RateLimit;
  now: () => number;
  nextTs: () => string;
}

/** The arguments of a call, objects already parsed where they came as text. */
export type SlackArguments = Readonly<Record<string, unknown>>;

export type SlackAnswer = { ok: true } & Record<string, unknown>;

/** Slack says no. `explanation` says why in words; `retryAfter` is set when the rate limit is exceeded; `scopes`, when one is missing. */
export class SlackRefusal extends Error {
  override readonly name = 'SlackRefusal';
  readonly error: string;
  readonly explanation: readonly string[];
  readonly retryAfter: number | null;
  readonly scopes: { needed: string; provided: string } | null;

  constructor(
    error: string,
    explanation: readonly string[],
    why: { retryAfter?: number; scopes?: { needed: string; provided: string } } = {},
  ) {
    super(`${error}: ${explanation.join('; ')}`);
    this.error = error;
    this.explanation = explanation;
    this.retryAfter = why.retryAfter ?? null;
    this.scopes = why.scopes ?? null;
  }
}

export type SlackMethod = (args: SlackArguments, workspace: SlackWorkspace) => SlackAnswer;

export function needScope({ scopes }: SlackWorkspace, needed: string): void {
  if (scopes.includes(needed)) return;
  const provided = scopes.join(',');
  throw new SlackRefusal('missing_scope', [`the token lacks ${needed}`], { scopes: { needed, provided } });
}

export function takeTurn(limit: RateLimit, key: string, allowed: string): void {
  const wait = limit.take(key);
  if (wait > 0) throw new SlackRefusal('ratelimited', [`more than ${allowed}`], { retryAfter: wait });
}

export function required(args: SlackArguments, name: string): string {
  const value = args[name];
  if (typeof value === 'string' && value !== '') return value;
  throw invalidArguments(`missing required field: ${name}`);
}

export function invalidArguments(message: string): SlackRefusal {
  return new SlackRefusal('invalid_arguments', [`[ERROR] ${message}`]);
}

/** What Slack says its own application is. */
export const BOT = { user_id: 'U0RECEPTION', bot_id: 'B0RECEPTION' } as const;
export const TEAM_DOMAIN = 'simulated';
export const TEAM_URL = 'https://simulated.slack.example';
