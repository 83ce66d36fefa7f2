/**
 * The store: every question and every change the product asks of its database, in the product's words.
 * One implementation over Kysely; what a dialect says differently stands in its dialect file.
 */
import type {
  Channel,
  ConversationState,
  Entry,
  EntryWithHistory,
  EscalateEvent,
  Flag,
  FlagEvaluation,
  FlagSetting,
  Instant,
  Move,
  Outcome,
  PhoneNumber,
  Plan,
  PlanTerms,
  Reason,
  Severity,
  Status,
  Tenant,
  TextChannel,
  TextStatus,
  Utterance,
} from '@receptionist/core';

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

/** What is to be told to one destination. `fence` must come back with the record of what happened. */
export interface ClaimedDelivery {
  delivery_id: string;
  entry_id: string;
  tenant_id: string;
  /** `slack`, or `log` where no channel is configured. */
  channel: string;
  /** How often it was tried before this claim. */
  attempts: number;
  fence: number;
}

/** How a delivery ended this time. */
export type DeliveryResult =
  | { status: 'sent'; reference: string | null }
  | { status: 'skipped'; why: string }
  | { status: 'failed'; why: string }
  | { status: 'waiting'; why: string; next_attempt_at: Instant };

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
  /** When the longest waiting event or delivery became due, or null. */
  oldest_due_at: Instant | null;
  open_entries: Record<Severity, number>;
}

/** Reading only; safe outside a transaction. A verb that gets one thing answers null where there is none. */
export interface ReadVerbs {
  listTenants(page: PageRequest): Promise<Page<Tenant>>;
  getTenant(tenant_id: string): Promise<Tenant | null>;
  tenantByNumber(number: PhoneNumber): Promise<Tenant | null>;
  planTerms(plan: Plan): Promise<PlanTerms>;
  flagSettings(tenant_id: string): Promise<FlagSetting[]>;

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
  getEntry(entry_id: string): Promise<EntryWithHistory | null>;

  listAudit(filter: AuditFilter, page: PageRequest): Promise<Page<AuditRow>>;

  /** For metrics and `/ready`. */
  backlog(now: Instant): Promise<Backlog>;
}

/**
 * Everything, inside a transaction. What is got there by its id (a tenant, a call, an entry, a kept answer) is held: others
 * who get or change it wait until the transaction ends, so that it can be changed by what was read.
 */
export interface Verbs extends ReadVerbs {
  /** @throws Problem `already_exists` when the id or one of the numbers is taken (names whose it is) */
  createTenant(tenant: Tenant, at: Instant): Promise<void>;
  /** Replace all of a tenant. @throws Problem `not_found`, `already_exists` (a number is another tenant's) */
  replaceTenant(tenant: Tenant, at: Instant): Promise<void>;
  putOnPlan(tenant_id: string, plan: Plan, at: Instant): Promise<{ previous_plan: Plan }>;
  setFlag(tenant_id: string, flag: Flag, enabled: boolean, by: string, at: Instant): Promise<void>;
  unsetFlag(tenant_id: string, flag: Flag): Promise<void>;

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
  /** The caller has gone. Ends the conversation (an outcome that is set stays) and takes `live` from its entry. */
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
   * Make the event an entry, or let it join the one of its conversation that is not resolved, with its timeline and its
   * delivery, all at once. Filing an event twice answers the entry of the first time.
   */
  fileEntry(
    event: EscalateEvent,
    alert: { channel: string },
    now: Instant,
  ): Promise<{ entry_id: string; joined: boolean }>;
  /**
   * Apply a move that core decides on the present state of the entry.
   * @throws Problem `not_found`, `already_acknowledged`, `invalid_transition`
   */
  moveEntry(entry_id: string, move: Move, by: string, now: Instant): Promise<EntryWithHistory>;
  /** Mark what is overdue at `now`, once an entry and deadline, with its timeline. */
  markBreaches(now: Instant): Promise<{ entry_id: string; missed: 'ack' | 'engage' }[]>;

  /** Take what is due, oldest and critical first; a lease that ran out is due again. Counts the attempt. */
  claimDeliveries(claim: { now: Instant; limit: number; lease_ms: number }): Promise<ClaimedDelivery[]>;
  /** False, and nothing written, when the lease was lost to another worker meanwhile. */
  recordDelivery(delivery: ClaimedDelivery, result: DeliveryResult, now: Instant): Promise<boolean>;

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

  /** Delete what has outlived its purpose: used tokens, kept answers, replies that are a day old. */
  forgetExpired(now: Instant): Promise<void>;
}

export interface MigrationStatus {
  id: string;
  phase: 'expand' | 'backfill' | 'switch' | 'contract';
  state: 'applied' | 'pending';
  applied_at: Instant | null;
  duration_ms: number | null;
}

export interface MigrationRun {
  done: string[];
  failed: { id: string; message: string } | null;
  not_run: string[];
}

export interface Migrations {
  /** @throws Problem when the database is newer than the code, is not ours, or an applied file was edited or is missing */
  status(): Promise<MigrationStatus[]>;
  /** Apply what is pending, one by one under a lock. `phases`: only these. */
  up(options?: { phases?: MigrationStatus['phase'][] }): Promise<MigrationRun>;
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
  close(): Promise<void>;
}
