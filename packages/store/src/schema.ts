/**
 * The tables, as the code sees them in every dialect: instants and JSON are strings, a count is a number. Why a column is
 * there stands in the migrations.
 */
import type {
  Channel,
  DeliveryChannel,
  Destination,
  DestinationState,
  Flag,
  HandOff,
  Handover,
  Instant,
  Leg,
  NotificationStatus,
  Outcome,
  Plan,
  PlanTerms,
  Reason,
  Severity,
  Status,
  TextChannel,
  TextStatus,
  TimelineAction,
} from '@receptionist/core';
import type { ColumnType, Generated, Kysely } from 'kysely';
import type { Recording } from './hand-off-verbs.ts';
import type { BackfillsTable } from './migrations/backfill-rows.ts';
import type { DaemonsTable } from './migrations/daemons.ts';

/** A connection, or a transaction on it. */
export type Db = Kysely<Tables>;

/** SQLite answers 0 or 1. */
type Bool = ColumnType<boolean | number, boolean, boolean>;
type Json = string;

export interface Tables {
  plans: PlanColumns;
  plan_versions: PlanColumns & { version: number };
  tenants: TenantsTable;
  tenant_numbers: { number: string; tenant_id: string; position: number };
  feature_flags: FeatureFlagsTable;
  flag_state: { only_row: number; version: number };
  flag_changes: { version: number; tenant_id: string | null; at: Instant };
  flag_rollouts: FlagRolloutsTable;
  rollout_members: { flag: Flag; tenant_id: string; listed: Bool };
  rollout_plans: RolloutPlansTable;
  conversations: ConversationsTable;
  turns: TurnsTable;
  escalate_events: EscalateEventsTable;
  human_fallback: HumanFallbackTable;
  fallback_tags: { tenant_id: string; entry_id: string; tag: string };
  fallback_timeline: FallbackTimelineTable;
  entry_event_state: { only_row: number; after_seq: number; position: number };
  deliveries: DeliveriesTable;
  destination_limits: DestinationState & { destination: Destination };
  notices: { key: string; said_at: Instant };
  text_threads: TextThreadsTable;
  incoming_texts: IncomingTextsTable;
  text_opt_outs: { tenant_id: string; channel: TextChannel; recipient: string; at: Instant };
  outgoing_texts: OutgoingTextsTable;
  /** Only in the tenant's own schema. */
  text_bodies: { text_id: string; tenant_id: string; conversation_id: string; body: string };
  hand_offs: HandOffsTable;
  hand_off_legs: Leg & { tenant_id: string; hand_off_id: string; position: number };
  recordings: Recording & { tenant_id: string; conversation_id: string };
  oncall: { only_row: number; changed_at: Instant | null };
  oncall_people: { admin_user: string; phone: string | null; slack_user_id: string | null; position: number };
  oncall_rotations: OnCallRotationsTable;
  oncall_overrides: OnCallOverridesTable;
  used_tokens: { jti: string; expires_at: Instant };
  kept_answers: KeptAnswersTable;
  audit_log: AuditLogTable;
  schema_backfills: BackfillsTable;
  daemons: DaemonsTable;
  schema_migrations: SchemaMigrationsTable;
}

interface PlanColumns extends Omit<PlanTerms, 'flags'> {
  flags: Json;
}

interface TenantsTable {
  tenant_id: string;
  name: string;
  plan: Plan;
  plan_version: Generated<number>;
  next_plan: Plan | null;
  next_plan_at: Instant | null;
  next_plan_by: string | null;
  profile: Json;
  created_at: Instant;
  updated_at: Instant;
}

interface FeatureFlagsTable {
  tenant_id: string;
  flag: Flag;
  enabled: Bool;
  updated_at: Instant;
  updated_by: string;
}

interface FlagRolloutsTable {
  flag: Flag;
  percent_hundredths: number;
  starts_at: Instant | null;
  updated_at: Instant;
  updated_by: string;
}

export interface RolloutPlansTable {
  flag: Flag;
  steps: Json;
  next_step: number;
  next_at: Instant | null;
  halt_if: string | null;
  started_at: Instant;
  started_hundredths: number;
  stepped_at: Instant | null;
  stepped_from_hundredths: number | null;
  halted_at: Instant | null;
  halted_why: string | null;
  planned_by: string;
}

export interface ConversationsTable {
  conversation_id: string;
  tenant_id: string;
  channel: Channel;
  provider_id: string;
  caller: string | null;
  started_at: Instant;
  ended_at: Instant | null;
  outcome: Outcome | null;
  simulated: Bool;
  flags: Json;
  state: Json | null;
}

interface TurnsTable {
  tenant_id: string;
  conversation_id: string;
  turn: number;
  request_token: string | null;
  heard_text: string | null;
  heard_confidence: number | null;
  said: string;
  intent: string | null;
  decision: string;
  reply: Json | null;
  at: Instant;
  took_ms: number | null;
  /** Only in the tenant's own schema; in the shared one the conversation has it. */
  state?: Json;
}

export interface EscalateEventsTable {
  event_id: string;
  tenant_id: string;
  conversation_id: string | null;
  channel: Channel;
  caller: string | null;
  reason: Reason;
  reason_detail: string | null;
  severity: Severity;
  live: Bool;
  at: Instant;
  context: Json;
  entry_id: string | null;
  filed_at: Instant | null;
}

export interface HumanFallbackTable {
  entry_id: string;
  event_id: string;
  tenant_id: string;
  conversation_id: string | null;
  channel: Channel;
  caller: string | null;
  reason: Reason;
  reason_detail: string | null;
  severity: Severity;
  status: Status;
  created_at: Instant;
  ack_due_at: Instant;
  engage_due_at: Instant;
  /** The one of the two that is to be met next; null once it is resolved. */
  due_at: Instant | null;
  ack_breached: Bool;
  engage_breached: Bool;
  assignee: string | null;
  acknowledged_by: string | null;
  acknowledged_at: Instant | null;
  engaged_by: string | null;
  engaged_at: Instant | null;
  resolved_by: string | null;
  resolved_at: Instant | null;
  resolution_notes: string | null;
  live: Bool;
  context: Json;
  round: number;
  round_at: Instant | null;
  steps_taken: Generated<number>;
  next_action_at: Instant | null;
  thread_seq: number | null;
  version: number;
}

interface FallbackTimelineTable {
  seq: Generated<number>;
  tenant_id: string;
  entry_id: string;
  at: Instant;
  actor: string;
  action: TimelineAction;
  detail: string | null;
  position: number | null;
}

export interface DeliveriesTable {
  delivery_id: string;
  tenant_id: string | null;
  entry_id: string | null;
  round: number;
  channel: DeliveryChannel;
  destination: Destination | null;
  person: string | null;
  text: string | null;
  status: NotificationStatus;
  attempts: number;
  next_attempt_at: Instant | null;
  lease_until: Instant | null;
  fence: number;
  unclear: ColumnType<boolean | number, boolean | undefined, boolean>;
  passed_on: ColumnType<boolean | number, boolean | undefined, boolean>;
  created_at: Instant;
  sent_at: Instant | null;
  reference: string | null;
  why: string | null;
}

interface TextThreadsTable {
  tenant_id: string;
  channel: TextChannel;
  sender: string;
  conversation_id: string;
  last_at: Instant;
}

interface IncomingTextsTable {
  tenant_id: string;
  message_id: string;
  request_token: string | null;
  conversation_id: string;
  turn: number;
}

export interface OutgoingTextsTable {
  text_id: string;
  tenant_id: string;
  conversation_id: string;
  recipient: string;
  sender: string;
  body: string | null;
  status: 'waiting' | 'sending' | 'sent' | 'failed' | 'skipped';
  attempts: number;
  next_attempt_at: Instant | null;
  lease_until: Instant | null;
  fence: number;
  created_at: Instant;
  provider_id: string | null;
  provider_status: TextStatus | null;
  why: string | null;
}

export interface HandOffsTable extends Omit<HandOff, 'legs'> {
  next_action_at: Instant | null;
  lease_until: Instant | null;
  fence: number;
}

interface OnCallRotationsTable {
  name: string;
  tenant_id: string | null;
  time_zone: string;
  every: Handover;
  starts_at: Instant;
  users: Json;
  position: number;
}

interface OnCallOverridesTable {
  seq: Generated<number>;
  admin_user: string;
  tenant_id: string | null;
  starts_at: Instant;
  ends_at: Instant;
}

interface KeptAnswersTable {
  actor: string;
  idempotency_key: string;
  request_hash: string;
  status: number;
  body: Json;
  expires_at: Instant;
}

interface AuditLogTable {
  seq: Generated<number>;
  at: Instant;
  actor: string;
  action: string;
  target: string;
  request_id: string;
  address: string | null;
  before: Json;
  after: Json;
}

interface SchemaMigrationsTable {
  id: string;
  checksum: string;
  phase: string;
  applied_at: Instant;
  duration_ms: number | null;
  app_version: string;
  /** `planned`: on a database that was empty, so that nobody has to be asked. */
  state: 'done' | 'running' | 'dirty' | 'planned';
  started_at: Instant | null;
  finished_at: Instant | null;
  error: string | null;
  /** How many statements are done, where each is by itself. */
  statement: number | null;
  dialect: string | null;
}
