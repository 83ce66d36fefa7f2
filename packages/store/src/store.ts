/**
 * The store: every question and every change the product asks of its database, in the product's words.
 * One implementation over Kysely; what a dialect says differently stands in its dialect file.
 */
import type { Instant, OnCall, Override, PhoneNumber, Severity, Tenant } from '@receptionist/core';
import type { ConversationReadVerbs, ConversationVerbs } from './conversation-verbs.ts';
import type { DeliveryReadVerbs, DeliveryVerbs } from './delivery-verbs.ts';
import type { EntryReadVerbs, EntryVerbs } from './entry-verbs.ts';
import type { FlagReadVerbs, FlagVerbs } from './flag-verbs.ts';
import type { HandOffReadVerbs, HandOffVerbs } from './hand-off-verbs.ts';
import type { Daemons } from './migrations/daemons.ts';
import type { Migrations } from './migrations/migrations.ts';
import type { TenantMigrations } from './migrations/tenants.ts';
import type { Page, PageRequest } from './pages.ts';
import type { TextReadVerbs, TextVerbs } from './text-verbs.ts';

export type * from './conversation-verbs.ts';
export type * from './delivery-verbs.ts';
export type * from './entry-verbs.ts';
export type * from './flag-verbs.ts';
export type * from './hand-off-verbs.ts';
export type * from './migrations/migrations.ts';
export type { TenantMigrations, TenantRun, TenantStatus, TenantUpOptions } from './migrations/tenants.ts';
export type { Page, PageRequest } from './pages.ts';
export type * from './text-verbs.ts';

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
export interface ReadVerbs
  extends ConversationReadVerbs,
    TextReadVerbs,
    EntryReadVerbs,
    DeliveryReadVerbs,
    HandOffReadVerbs,
    FlagReadVerbs {
  listTenants(page: PageRequest): Promise<Page<Tenant>>;
  getTenant(tenant_id: string): Promise<Tenant | null>;
  tenantByNumber(number: PhoneNumber): Promise<Tenant | null>;

  getOnCall(): Promise<OnCall>;

  listAudit(filter: AuditFilter, page: PageRequest): Promise<Page<AuditRow>>;

  /** For metrics and `/ready`. */
  backlog(now: Instant): Promise<Backlog>;
}

/**
 * Everything, inside a transaction. What is got there by its id (a tenant, a call, an entry, a kept answer), and who is on
 * call, is held: others who get or change it there wait until the transaction ends, so that it can be changed by what was read.
 */
export interface Verbs
  extends ReadVerbs,
    ConversationVerbs,
    TextVerbs,
    EntryVerbs,
    DeliveryVerbs,
    HandOffVerbs,
    FlagVerbs {
  /** @throws Problem `already_exists` when the id or one of the numbers is taken (names whose it is) */
  createTenant(tenant: Tenant, at: Instant): Promise<void>;
  /** Replace all of a tenant. @throws Problem `not_found`, `already_exists` (a number is another tenant's) */
  replaceTenant(tenant: Tenant, at: Instant): Promise<void>;

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
