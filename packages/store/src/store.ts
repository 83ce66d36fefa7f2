/**
 * The store: every question and every change the product asks of its database, in the product's words.
 * One implementation over Kysely; what a dialect says differently stands in its dialect file.
 */
import type {
  AlertChannel,
  Channel,
  ConversationState,
  DeliveryChannel,
  Destination,
  Entry,
  EntryWithHistory,
  EscalateEvent,
  FlagEvaluation,
  Instant,
  Move,
  NotificationStatus,
  OnCall,
  Outcome,
  Override,
  PhoneNumber,
  Reason,
  Report,
  Severity,
  Status,
  Tenant,
  TextChannel,
  TextStatus,
  TimelineEvent,
  Utterance,
  Ways,
} from '@receptionist/core';
import type { FlagReadVerbs, FlagVerbs } from './flag-verbs.ts';
import type { HandOffReadVerbs, HandOffVerbs } from './hand-off-verbs.ts';
import type { Daemons } from './migrations/daemons.ts';
import type { Migrations } from './migrations/migrations.ts';
import type { TenantMigrations } from './migrations/tenants.ts';

export type * from './flag-verbs.ts';
export type * from './hand-off-verbs.ts';
export type * from './migrations/migrations.ts';
export type { TenantMigrations, TenantRun, TenantStatus, TenantUpOptions } from './migrations/tenants.ts';

export interface Page<T> {
  items: T[];
  /** Opaque; null on the last page. */
  next_cursor: string | null;
}

/** `limit` 1 to 500. @throws Problem `invalid_parameter` for a cursor that is not one of ours. */
export interface PageRequest {
  limit: number;
  cursor: string | null;
}

export interface Conversation {
  conversation_id: string;
  tenant_id: string;
  channel: Channel;
  caller: PhoneNumber | null;
  started_at: Instant;
  ended_at: Instant | null;
  outcome: Outcome | null;
  simulated: boolean;
  /** As they were evaluated when the conversation began. */
  flags: FlagEvaluation[];
}

export interface ConversationWithTurns extends Conversation {
  turns: (Utterance & { intent: string | null; decision: string | null })[];
}

/** A conversation as the next turn needs it. */
export interface LiveConversation extends Conversation {
  /** The provider's id of the call, or of the first text. */
  provider_id: string;
  /** The number of the turn that is expected next; the first is 1. */
  next_turn: number;
  state: ConversationState | null;
  transcript: Utterance[];
}

/** One answered turn: what was heard and said, the state after it, and the reply, kept to be given again. */
export interface AnsweredTurn {
  conversation_id: string;
  turn: number;
  /** The provider's token for a request and its retries, or null. */
  request_token: string | null;
  heard: { text: string; confidence: number | null } | null;
  said: string;
  intent: string | null;
  decision: string;
  state: ConversationState;
  /** JSON; given again word for word to a repeated request. */
  reply: unknown;
  at: Instant;
  /** Set when the conversation is over. */
  outcome: Outcome | null;
  /** From the request to its answer; null or left out: nobody measured it. */
  took_ms?: number | null;
}

/** Whom a tenant writes with. */
export interface Correspondent {
  tenant_id: string;
  channel: TextChannel;
  /** As the provider names them. */
  sender: string;
}

/** A conversation in writing that goes on. */
export type TextThread = LiveConversation & { last_at: Instant };

/** A text of ours. */
export interface OutgoingText {
  text_id: string;
  tenant_id: string;
  conversation_id: string;
  recipient: PhoneNumber;
  /** The tenant's number that it comes from. */
  sender: PhoneNumber;
  /** Null for the answer to a webhook. */
  body: string | null;
}

/** A text to be sent. `fence` must come back with the record of what happened. */
export type ClaimedText = OutgoingText & { body: string; attempts: number; fence: number };

/** What became of a claimed text; where that is not known, nothing is recorded, and its lease runs out. */
export type SendResult =
  | { status: 'sent'; provider_id: string }
  | { status: 'skipped' | 'failed'; why: string }
  | { status: 'waiting'; why: string; next_attempt_at: Instant };

export interface EventState {
  event_id: string;
  entry_id: string | null;
  filed_at: Instant | null;
}

/** What is to be told through one way. `fence` must come back with the record of what happened. */
export interface ClaimedDelivery {
  delivery_id: string;
  /** Null: it is about no entry. */
  entry_id: string | null;
  tenant_id: string | null;
  channel: DeliveryChannel;
  destination: Destination;
  round: number;
  /** Who is texted or rung. */
  person: string | null;
  /** The message that is kept true, or the incident; null where there is none yet. */
  reference: string | null;
  /** The words of a notice. */
  text: string | null;
  /** How often it was tried before this claim. */
  attempts: number;
  /** An earlier attempt may have arrived. */
  unclear: boolean;
  fence: number;
}

/** One request: the first delivery is sent, the others are told with it. */
export interface ClaimedSend {
  deliveries: [ClaimedDelivery, ...ClaimedDelivery[]];
  /** Whether it may call people to it. */
  mention: boolean;
  /** When it was claimed. */
  at: Instant;
}

/** How a delivery ended this time. */
export type DeliveryResult =
  /** `seen`: the `seq` of the entry as it was shown; what happened since is told after it. Null for what shows no entry. */
  | { status: 'sent' | 'grouped'; reference: string | null; seen: number | null }
  | { status: 'skipped' | 'failed'; why: string }
  | { status: 'waiting'; why: string; next_attempt_at: Instant; unclear: boolean };

/** An entry as it is told of. */
export interface Told<E extends Entry = Entry> {
  entry: E;
  round: number;
  round_at: Instant;
  live: boolean;
  /** Of the last thing that happened to it. */
  seq: number;
}

/** A delivery as those see it whose call or text comes back to us. */
export type DeliveryState = Pick<
  ClaimedDelivery,
  'delivery_id' | 'entry_id' | 'tenant_id' | 'channel' | 'round' | 'person' | 'reference'
> & { status: NotificationStatus };

/** What the engine did with an entry whose time had come. */
export interface AdvancedEntry {
  entry_id: string;
  tenant_id: string;
  missed: ('ack' | 'engage')[];
  returned: boolean;
  /** The ways that were told of it now, and those that reach nobody, with the reason. */
  told: AlertChannel[];
  skipped: { channel: AlertChannel; why: string }[];
}

export interface EntryFilter {
  /** Empty: those that are not resolved. */
  status: Status[];
  tenant_id?: string;
  severity?: Severity;
  reason?: Reason;
  tag?: string;
  assignee?: string;
  /** Filed at or after. */
  since?: Instant;
  /** In the id, caller, reason detail, notes or tags; case does not matter. */
  q?: string;
}

/** `until` is not part of the period. */
export type ReportRequest = Pick<Report, 'since' | 'until' | 'tenant_id' | 'time_zone' | 'reported_at'>;

/** Something that happened to an entry, and the entry as it is now. */
export interface EntryEvent {
  /** Grows with each event, and is seen in that order; never given twice. */
  position: number;
  event: TimelineEvent;
  entry: Entry;
}

export interface AuditRow {
  at: Instant;
  actor: string;
  /** `noun.verb`, for example `plan.set`. */
  action: string;
  /** For example `tenant:t1` or `fallback:fb_…`. */
  target: string;
  request_id: string;
  /** The client's address; null where there was none. */
  address: string | null;
  before: unknown;
  after: unknown;
}

export interface AuditFilter {
  actor?: string;
  action?: string;
  target?: string;
  since?: Instant;
}

export interface KeptAnswer {
  request_hash: string;
  status: number;
  body: unknown;
}

export interface Backlog {
  unfiled_events: number;
  waiting_deliveries: number;
  /** Of the longest waiting event, or null. */
  oldest_event_at: Instant | null;
  /** When the longest waiting delivery became due, or null. */
  oldest_delivery_at: Instant | null;
  open_entries: Record<Severity, number>;
}

/** Reading only; safe outside a transaction. A verb that gets one thing answers null where there is none. */
export interface ReadVerbs extends FlagReadVerbs, HandOffReadVerbs {
  listTenants(page: PageRequest): Promise<Page<Tenant>>;
  getTenant(tenant_id: string): Promise<Tenant | null>;
  tenantByNumber(number: PhoneNumber): Promise<Tenant | null>;

  findCall(provider_id: string): Promise<LiveConversation | null>;
  findConversation(conversation_id: string): Promise<LiveConversation | null>;
  /** The reply of a turn that was answered already, by the provider's token or by call and turn; null where it is forgotten. */
  answeredTurn(key: {
    provider_id: string;
    turn: number;
    request_token: string | null;
  }): Promise<{ reply: unknown } | null>;
  listConversations(tenant_id: string, page: PageRequest): Promise<Page<Conversation>>;
  getConversation(tenant_id: string, conversation_id: string): Promise<ConversationWithTurns | null>;

  hasOptedOut(correspondent: Correspondent): Promise<boolean>;
  /** The conversation in writing that goes on, or null. */
  findThread(correspondent: Correspondent): Promise<TextThread | null>;
  /** The reply of a text that was answered already, by its id or the provider's token; null where it is forgotten. */
  answeredText(key: {
    tenant_id: string;
    message_id: string;
    request_token: string | null;
  }): Promise<{ reply: unknown } | null>;

  getEvent(event_id: string): Promise<EventState | null>;
  /** Most urgent deadline first: the next one that is still to be met; resolved entries last, newest first. */
  listEntries(filter: EntryFilter, page: PageRequest): Promise<Page<Entry>>;
  /** How many a list of all pages has. */
  countEntries(filter: EntryFilter): Promise<number>;
  getEntry(entry_id: string): Promise<EntryWithHistory | null>;
  /** The entry with all that an alert shows, or null. */
  toldEntry(entry_id: string): Promise<Told<EntryWithHistory> | null>;
  /** Those there are of them, for a list. */
  toldEntries(entry_ids: string[]): Promise<Told[]>;
  /** The entries that a message tells of, in the order in which it does; several for a digest. */
  entriesOfMessage(reference: string): Promise<string[]>;
  /** Where the entry was told last, and what happened since it was told there; null where it was told nowhere that has a thread. */
  threadNews(entry_id: string): Promise<{ reference: string; events: TimelineEvent[]; seq: number } | null>;
  /** The tags of a tenant's entries, those used last first. */
  usedTags(tenant_id: string, limit: number): Promise<string[]>;
  /** Of the entries filed in the period, but for simulated conversations, as they are at `reported_at`. */
  report(asked: ReportRequest): Promise<Report>;
  /** The last position that was given, and whether there are events that wait for theirs (`numberEvents`). */
  eventPosition(): Promise<{ position: number; unnumbered: boolean }>;
  /** In their order; who has seen one position has seen all before it. */
  eventsAfter(position: number, limit: number): Promise<EntryEvent[]>;
  /** The delivery behind a call or text that comes back to us; inside a transaction held. */
  getDelivery(delivery_id: string): Promise<DeliveryState | null>;
  /** Those that something is due for, the longest waiting first. */
  dueDestinations(now: Instant): Promise<Destination[]>;

  getOnCall(): Promise<OnCall>;

  listAudit(filter: AuditFilter, page: PageRequest): Promise<Page<AuditRow>>;

  /** For metrics and `/ready`. */
  backlog(now: Instant): Promise<Backlog>;
}

/**
 * Everything, inside a transaction. What is got there by its id (a tenant, a call, an entry, a kept answer), and who is on
 * call, is held: others who get or change it there wait until the transaction ends, so that it can be changed by what was read.
 */
export interface Verbs extends ReadVerbs, FlagVerbs, HandOffVerbs {
  /** @throws Problem `already_exists` when the id or one of the numbers is taken (names whose it is) */
  createTenant(tenant: Tenant, at: Instant): Promise<void>;
  /** Replace all of a tenant. @throws Problem `not_found`, `already_exists` (a number is another tenant's) */
  replaceTenant(tenant: Tenant, at: Instant): Promise<void>;

  beginConversation(begun: {
    tenant_id: string;
    channel: Channel;
    provider_id: string;
    caller: PhoneNumber | null;
    simulated: boolean;
    flags: FlagEvaluation[];
    at: Instant;
  }): Promise<LiveConversation>;
  /** @throws Problem `already_exists` when the turn was answered meanwhile (the caller of this gives the kept reply) */
  recordTurn(turn: AnsweredTurn): Promise<void>;
  /** The caller has gone. Ends the conversation (an outcome that is set stays), takes `live` from its entry, and tells its hand-off. */
  endConversation(provider_id: string, outcome: Outcome, at: Instant): Promise<void>;

  /** @throws Problem `already_exists` when one goes on already */
  beginThread(correspondent: Correspondent, conversation_id: string, at: Instant): Promise<void>;
  /** The turn answered this text, and its thread goes on. @throws Problem `already_exists` when it was answered meanwhile */
  recordIncomingText(text: {
    tenant_id: string;
    message_id: string;
    request_token: string | null;
    conversation_id: string;
    turn: number;
    at: Instant;
  }): Promise<void>;
  /** One that was silent since `before`, held for this worker until the transaction ends. */
  claimIdleThread(before: Instant): Promise<TextThread | null>;
  endThread(thread: LiveConversation, outcome: Outcome, at: Instant): Promise<void>;
  optOut(correspondent: Correspondent, at: Instant): Promise<void>;
  optIn(correspondent: Correspondent): Promise<void>;

  queueText(
    text: Omit<OutgoingText, 'text_id'> & { body: string },
    at: Instant,
  ): Promise<{ text_id: string }>;
  /** Take what is due, oldest first. Counts the attempt. */
  claimTexts(claim: { now: Instant; limit: number; lease_ms: number }): Promise<ClaimedText[]>;
  /** False, and nothing written, when the provider told of it already, or the lease ran out. */
  recordSending(text: ClaimedText, result: SendResult): Promise<boolean>;
  /** Those whose lease ran out, given up for good: nobody knows whether they were sent. */
  giveUpTexts(now: Instant): Promise<OutgoingText[]>;
  /** By our id or the provider's; held until the transaction ends. */
  findOutgoingText(ids: { text_id: string | null; provider_id: string }): Promise<OutgoingText | null>;
  /** The provider made a text of the answer to a webhook. */
  recordReplyText(
    text: Omit<OutgoingText, 'text_id' | 'body'> & { provider_id: string },
    at: Instant,
  ): Promise<OutgoingText>;
  /** True when it is known now, and was not before, that it does not arrive. An earlier status overwrites no later one. */
  recordTextStatus(
    text_id: string,
    report: { provider_id: string; status: TextStatus; why: string | null },
  ): Promise<boolean>;

  emitEscalate(event: Omit<EscalateEvent, 'event_id'>): Promise<{ event_id: string }>;
  /** The oldest events without an entry, held for this worker alone until the transaction ends. */
  claimEvents(limit: number): Promise<EscalateEvent[]>;
  /**
   * Make the event an entry, or let it join the one of its conversation that is not resolved, with its timeline and the
   * deliveries that are due at once, all together. Filing an event twice answers the entry of the first time.
   */
  fileEntry(
    event: EscalateEvent,
    ways: Ways,
    now: Instant,
  ): Promise<{ entry_id: string; joined: boolean } & Pick<AdvancedEntry, 'told' | 'skipped'>>;
  /**
   * Apply a move that core decides on the present state of the entry.
   * @throws Problem `not_found`, `already_acknowledged`, `invalid_transition`
   */
  moveEntry(entry_id: string, move: Move, by: string, now: Instant): Promise<EntryWithHistory>;
  /** Do what is due at `now` for entries whose next action has come, most overdue first; each decided by core. Others' locked entries are left to them. */
  advanceDue(due: { now: Instant; ways: Ways; limit: number }): Promise<AdvancedEntry[]>;
  /** Give the next events that have no position theirs, some thousand at once. Nobody else does meanwhile. */
  numberEvents(): Promise<void>;
  /**
   * For one destination, which nobody else claims for meanwhile: take what may be sent now, and pay for it from its limit.
   * Counts the attempts. Calls and texts whose lease ran out are given up first.
   */
  claimSends(claim: {
    destination: Destination;
    now: Instant;
    ways: Ways;
    lease_ms: number;
  }): Promise<ClaimedSend[]>;
  /** False for a delivery whose lease was lost to another worker meanwhile: nothing is written for it. */
  recordDelivery(delivery: ClaimedDelivery, result: DeliveryResult, now: Instant): Promise<boolean>;
  /** The other side asked to wait. */
  blockDestination(destination: Destination, until: Instant, now: Instant): Promise<void>;
  /** The digest that was claimed at `at` has not arrived: the next one need not wait, and may call people in its place. */
  forgetDigest(destination: Destination, at: Instant): Promise<void>;
  /** A call that nobody took: the next person is rung, or nobody is left (null). Once for each call; an entry that somebody has meanwhile, or a later round, rings nobody. */
  passOn(delivery_id: string, why: string, now: Instant): Promise<{ person: string | null }>;
  /** Give those that are not resolved and have no next action, or none that can be right, one now. Answers whom. */
  repairNextActions(now: Instant): Promise<string[]>;
  /** Say something about no entry in Slack (or the log), at most once in `every_ms` for the key. False: it was said already. */
  queueNotice(
    notice: { key: string; text: string; destination: Destination; every_ms: number },
    now: Instant,
  ): Promise<boolean>;

  /** Replace all of it; the tenants must be there. */
  putOnCall(onCall: OnCall, at: Instant): Promise<void>;
  addOverride(override: Override, at: Instant): Promise<void>;

  /** @throws Problem `unauthorized` when the token was used before */
  useTokenOnce(jti: string, expires_at: Instant): Promise<void>;
  /** Null also holds: a second request with the key waits, and then finds the answer of the first. */
  findAnswer(actor: string, idempotency_key: string, now: Instant): Promise<KeptAnswer | null>;
  /** In the place that `findAnswer` held in this transaction. */
  keepAnswer(
    actor: string,
    idempotency_key: string,
    answer: KeptAnswer & { expires_at: Instant },
  ): Promise<void>;
  recordAudit(row: AuditRow): Promise<void>;

  /** Delete what has outlived its purpose: used tokens, kept answers, replies and changes of flags that are a day old, overrides of a month ago. */
  forgetExpired(now: Instant): Promise<void>;
}

/** Where the store says what it did; a pino logger fits. */
export interface StoreLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface Store {
  readonly dialect: 'sqlite' | 'postgres';
  /** The store's time: in production the database's clock, in tests one that is moved by hand. */
  now(): Promise<Instant>;
  read: ReadVerbs;
  /**
   * All or nothing, and durable once it resolves. Never call `store.read` inside: use the verbs that are handed in. Where the
   * database undoes it for the sake of another transaction, `work` runs again.
   */
  transact<T>(work: (tx: Verbs) => Promise<T>): Promise<T>;
  /** Writes to the disk, and nothing that anybody sees. @throws Problem `unavailable` when that cannot be done */
  checkWritable(): Promise<void>;
  migrations: Migrations;
  /** Null with one schema for all tenants. */
  tenantMigrations: TenantMigrations | null;
  /** Those that run on this database. */
  daemons: Daemons;
  close(): Promise<void>;
}
