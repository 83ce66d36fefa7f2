-- id: 0001_first_call
-- phase: expand

-- The twin of SQLite's, with the same names. Ids sort by their bytes, whatever the language of the database. JSON that is given
-- back as it came (a profile, a reply, an answer, the audit) is text: jsonb would change the order of its members.
-- Whatever belongs to a tenant carries its tenant_id, and points to other tables together with it.

create table plans (
  plan text primary key,
  included_voice_minutes integer check (included_voice_minutes >= 0),
  included_messages integer check (included_messages >= 0),
  beyond text not null check (beyond in ('block', 'bill')),
  concurrent_calls integer check (concurrent_calls >= 1),
  documents integer check (documents >= 0),
  flags jsonb not null
);

insert into plans (plan, included_voice_minutes, included_messages, beyond, concurrent_calls, documents, flags) values
  ('free', 60, 100, 'block', 2, 10, '["require_human_review"]'),
  ('core', 600, 1000, 'bill', 5, 100,
   '["allow_ai_booking","allow_rag","require_human_review","allow_live_transfer"]'),
  ('pro', 3000, 5000, 'bill', 20, 1000,
   '["allow_ai_booking","allow_rag","require_human_review","allow_live_transfer","record_calls"]'),
  ('enterprise', null, null, 'bill', null, null,
   '["allow_ai_booking","allow_rag","require_human_review","allow_live_transfer","record_calls"]');

create table tenants (
  tenant_id text collate "C" primary key,
  name text not null,
  plan text not null references plans (plan),
  -- Everything a tenant says about itself that no query asks for.
  profile text not null check (profile::jsonb is not null),
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table tenant_numbers (
  number text primary key check (number like '+%'),
  tenant_id text collate "C" not null references tenants (tenant_id),
  position integer not null
);
create index tenant_numbers_of_tenant on tenant_numbers (tenant_id, position);

create table feature_flags (
  tenant_id text collate "C" not null references tenants (tenant_id),
  flag text not null
    check (flag in ('allow_ai_booking', 'allow_rag', 'require_human_review', 'allow_live_transfer', 'record_calls')),
  enabled boolean not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (tenant_id, flag)
);

create table conversations (
  conversation_id text collate "C" primary key,
  tenant_id text collate "C" not null references tenants (tenant_id),
  channel text not null check (channel in ('voice', 'sms', 'whatsapp', 'manual')),
  provider_id text not null unique,
  caller text,
  started_at timestamptz not null,
  ended_at timestamptz,
  outcome text
    check (outcome in ('answered', 'message_taken', 'escalated', 'caller_left', 'silence', 'abuse', 'failed')),
  simulated boolean not null,
  flags jsonb not null,
  state jsonb,
  unique (tenant_id, conversation_id),
  check ((ended_at is null) = (outcome is null))
);
create index conversations_newest_first on conversations (tenant_id, started_at, conversation_id);

create table turns (
  tenant_id text collate "C" not null,
  conversation_id text collate "C" not null,
  turn integer not null check (turn >= 1),
  request_token text,
  heard_text text,
  heard_confidence double precision,
  said text not null,
  intent text,
  decision text not null,
  -- Null once it is too old to be asked for again.
  reply text check (reply is null or reply::jsonb is not null),
  at timestamptz not null,
  primary key (conversation_id, turn),
  unique (conversation_id, request_token),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, conversation_id),
  check (heard_text is not null or heard_confidence is null)
);
create index turns_with_reply on turns (at) where reply is not null;

create table escalate_events (
  event_id text collate "C" primary key,
  tenant_id text collate "C" not null references tenants (tenant_id),
  conversation_id text collate "C",
  channel text not null check (channel in ('voice', 'sms', 'whatsapp', 'manual')),
  caller text,
  reason text not null check (reason in (
    'caller_asked_for_human', 'low_confidence', 'ambiguous_time', 'payment', 'complaint', 'emergency',
    'no_answer_found', 'out_of_scope', 'booking_conflict', 'booking_not_allowed', 'review_required', 'message_left',
    'callback_requested', 'text_undelivered', 'limit_reached', 'system_degraded')),
  reason_detail text,
  severity text not null check (severity in ('critical', 'standard')),
  live boolean not null,
  at timestamptz not null,
  context jsonb not null,
  -- The entry it began or joined.
  entry_id text collate "C",
  filed_at timestamptz,
  unique (tenant_id, event_id),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, conversation_id),
  check ((entry_id is null) = (filed_at is null))
);
create index escalate_events_unfiled on escalate_events (at, event_id) where entry_id is null;

create table human_fallback (
  entry_id text collate "C" primary key,
  -- The event it began with.
  event_id text collate "C" not null unique,
  tenant_id text collate "C" not null references tenants (tenant_id),
  conversation_id text collate "C",
  channel text not null check (channel in ('voice', 'sms', 'whatsapp', 'manual')),
  caller text,
  reason text not null check (reason in (
    'caller_asked_for_human', 'low_confidence', 'ambiguous_time', 'payment', 'complaint', 'emergency',
    'no_answer_found', 'out_of_scope', 'booking_conflict', 'booking_not_allowed', 'review_required', 'message_left',
    'callback_requested', 'text_undelivered', 'limit_reached', 'system_degraded')),
  reason_detail text,
  severity text not null check (severity in ('critical', 'standard')),
  status text not null check (status in ('open', 'acknowledged', 'engaged', 'resolved')),
  created_at timestamptz not null,
  ack_due_at timestamptz not null,
  engage_due_at timestamptz not null,
  ack_breached boolean not null,
  engage_breached boolean not null,
  assignee text,
  acknowledged_by text,
  acknowledged_at timestamptz,
  engaged_by text,
  engaged_at timestamptz,
  resolved_by text,
  resolved_at timestamptz,
  resolution_notes text,
  -- Whether the caller is on the line; shown as context.live.
  live boolean not null,
  context jsonb not null,
  -- Begins at filing, raise, return and reopening.
  round integer not null check (round >= 1),
  next_action_at timestamptz,
  -- Counts the changes: who acts later on what was read can tell whether it still holds.
  version integer not null check (version >= 1),
  unique (tenant_id, entry_id),
  foreign key (tenant_id, event_id) references escalate_events (tenant_id, event_id),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, conversation_id),
  check ((status = 'resolved') = (next_action_at is null)),
  check ((status = 'resolved') = (resolved_at is not null and resolved_by is not null and resolution_notes is not null)),
  check ((acknowledged_by is null) = (acknowledged_at is null)),
  check ((engaged_by is null) = (engaged_at is null)),
  check (status <> 'acknowledged' or acknowledged_at is not null),
  check (status <> 'engaged' or engaged_at is not null)
);
alter table escalate_events
  add foreign key (tenant_id, entry_id) references human_fallback (tenant_id, entry_id);
create unique index human_fallback_one_unresolved on human_fallback (conversation_id) where status <> 'resolved';
create index human_fallback_of_conversation on human_fallback (conversation_id);
create index human_fallback_by_deadline
  on human_fallback ((case status when 'open' then ack_due_at else engage_due_at end), entry_id)
  where status <> 'resolved';
create index human_fallback_by_tenant_and_deadline
  on human_fallback (tenant_id, (case status when 'open' then ack_due_at else engage_due_at end), entry_id)
  where status <> 'resolved';
create index human_fallback_by_next_action on human_fallback (next_action_at) where next_action_at is not null;
create index human_fallback_by_resolution on human_fallback (resolved_at, entry_id) where status = 'resolved';
create index human_fallback_by_tenant_and_resolution
  on human_fallback (tenant_id, resolved_at, entry_id) where status = 'resolved';

create table fallback_tags (
  tenant_id text collate "C" not null,
  entry_id text collate "C" not null,
  tag text not null,
  primary key (entry_id, tag),
  foreign key (tenant_id, entry_id) references human_fallback (tenant_id, entry_id)
);
create index fallback_tags_by_tag on fallback_tags (tag, entry_id);

create table fallback_timeline (
  seq bigint generated always as identity primary key,
  tenant_id text collate "C" not null,
  entry_id text collate "C" not null,
  at timestamptz not null,
  actor text not null,
  action text not null check (action in (
    'filed', 'joined', 'raised', 'alerted', 'acknowledged', 'assigned', 'engaged', 'noted', 'tagged', 'ack_missed',
    'engage_missed', 'returned', 'transfer', 'caller_left', 'approved', 'declined', 'resolved', 'reopened')),
  detail text,
  foreign key (tenant_id, entry_id) references human_fallback (tenant_id, entry_id)
);
create index fallback_timeline_of_entry on fallback_timeline (entry_id, seq);

-- The outbox: what is to be told to whom. A row alone holds attempts, next time, lease and fence.
create table deliveries (
  delivery_id text collate "C" primary key,
  tenant_id text collate "C" not null,
  entry_id text collate "C" not null,
  round integer not null,
  channel text not null,
  status text not null check (status in ('waiting', 'sending', 'sent', 'grouped', 'failed', 'skipped')),
  attempts integer not null check (attempts >= 0),
  next_attempt_at timestamptz,
  lease_until timestamptz,
  -- Counts the claims: who held an earlier lease cannot record over a later one.
  fence integer not null check (fence >= 0),
  created_at timestamptz not null,
  sent_at timestamptz,
  reference text,
  -- Why it was skipped, failed or must wait.
  why text,
  foreign key (tenant_id, entry_id) references human_fallback (tenant_id, entry_id),
  check ((status = 'waiting') = (next_attempt_at is not null)),
  check ((status = 'sending') = (lease_until is not null)),
  check (status <> 'sent' or sent_at is not null)
);
create index deliveries_due on deliveries (next_attempt_at) where next_attempt_at is not null;
create index deliveries_leased on deliveries (lease_until) where lease_until is not null;
create index deliveries_of_entry on deliveries (entry_id, delivery_id);

create table used_tokens (
  jti text primary key,
  expires_at timestamptz not null
);
create index used_tokens_by_expiry on used_tokens (expires_at);

create table kept_answers (
  actor text not null,
  idempotency_key text not null,
  request_hash text not null,
  status integer not null,
  body text not null check (body::jsonb is not null),
  expires_at timestamptz not null,
  primary key (actor, idempotency_key)
);
create index kept_answers_by_expiry on kept_answers (expires_at);

create table audit_log (
  seq bigint generated always as identity primary key,
  at timestamptz not null,
  actor text not null,
  action text not null,
  target text not null,
  request_id text not null,
  address text,
  before text not null check (before::jsonb is not null),
  after text not null check (after::jsonb is not null)
);
create index audit_log_by_actor on audit_log (actor, seq);
create index audit_log_by_target on audit_log (target, seq);
create index audit_log_by_action on audit_log (action, seq);
