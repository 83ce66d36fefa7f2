create table audit_log (
  action text not null,
  actor text not null,
  address text,
  after text not null check (json_valid(after)),
  at text not null,
  before text not null check (json_valid(before)),
  request_id text not null,
  seq integer primary key autoincrement,
  target text not null
) strict;

create index audit_log_by_action on audit_log (action, seq);

create index audit_log_by_actor on audit_log (actor, seq);

create index audit_log_by_target on audit_log (target, seq);

create table conversations (
  caller text,
  channel text not null check (channel in ('voice', 'sms', 'whatsapp', 'manual')),
  conversation_id text primary key,
  ended_at text,
  flags text not null check (json_valid(flags)),
  outcome text check (outcome in ('answered', 'message_taken', 'escalated', 'caller_left', 'silence', 'abuse', 'failed')),
  provider_id text not null unique,
  simulated integer not null check (simulated in (0, 1)),
  started_at text not null,
  state text check (json_valid(state)),
  tenant_id text not null references tenants (tenant_id),
  check ((ended_at is null) = (outcome is null)),
  unique (tenant_id, conversation_id)
) strict;

create index conversations_newest_first on conversations (tenant_id, started_at, conversation_id);

create index conversations_simulated on conversations (conversation_id) where simulated;

create table deliveries (
  attempts integer not null check (attempts >= 0),
  channel text not null,
  created_at text not null,
  delivery_id text primary key,
  destination text,
  entry_id text,
  fence integer not null check (fence >= 0),
  lease_until text,
  next_attempt_at text,
  passed_on integer not null default 0 check (passed_on in (0, 1)),
  person text,
  reference text,
  round integer not null,
  sent_at text,
  status text not null check (status in ('waiting', 'sending', 'sent', 'grouped', 'failed', 'skipped')),
  tenant_id text,
  text text,
  unclear integer not null default 0 check (unclear in (0, 1)),
  why text,
  check ((entry_id is null) = (tenant_id is null)),
  check ((status = 'sending') = (lease_until is not null)),
  check ((status = 'waiting') = (next_attempt_at is not null)),
  check (status <> 'sent' or sent_at is not null),
  foreign key (tenant_id, entry_id) references human_fallback (tenant_id, entry_id)
) strict;

create index deliveries_due on deliveries (coalesce(destination, 'log'), next_attempt_at) where next_attempt_at is not null;

create index deliveries_leased on deliveries (coalesce(destination, 'log'), lease_until) where lease_until is not null;

create index deliveries_of_entry on deliveries (entry_id, delivery_id);

create index deliveries_of_message on deliveries (reference) where reference is not null;

create table destination_limits (
  blocked_until text,
  counted_at text not null,
  destination text primary key,
  grouped_at text,
  mentioned_at text,
  tokens real not null
) strict;

create table entry_event_state (
  after_seq integer not null,
  only_row integer primary key check (only_row = 1),
  position integer not null check (position >= 0)
) strict;

create table escalate_events (
  at text not null,
  caller text,
  channel text not null check (channel in ('voice', 'sms', 'whatsapp', 'manual')),
  context text not null check (json_valid(context)),
  conversation_id text,
  entry_id text,
  event_id text primary key,
  filed_at text,
  live integer not null check (live in (0, 1)),
  reason text not null check (reason in ('caller_asked_for_human', 'low_confidence', 'ambiguous_time', 'payment', 'complaint', 'emergency', 'no_answer_found', 'out_of_scope', 'booking_conflict', 'booking_not_allowed', 'review_required', 'message_left', 'callback_requested', 'text_undelivered', 'limit_reached', 'system_degraded')),
  reason_detail text,
  severity text not null check (severity in ('critical', 'standard')),
  tenant_id text not null references tenants (tenant_id),
  check ((entry_id is null) = (filed_at is null)),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, conversation_id),
  foreign key (tenant_id, entry_id) references human_fallback (tenant_id, entry_id),
  unique (tenant_id, event_id)
) strict;

create index escalate_events_unfiled on escalate_events (at, event_id) where entry_id is null;

create table fallback_tags (
  entry_id text not null,
  tag text not null,
  tenant_id text not null,
  foreign key (tenant_id, entry_id) references human_fallback (tenant_id, entry_id),
  primary key (entry_id, tag)
) strict;

create index fallback_tags_by_tag on fallback_tags (tag, entry_id);

create index fallback_tags_of_tenant on fallback_tags (tenant_id, entry_id, tag);

create table fallback_timeline (
  action text not null check (action in ('filed', 'joined', 'raised', 'alerted', 'acknowledged', 'assigned', 'engaged', 'noted', 'tagged', 'ack_missed', 'engage_missed', 'returned', 'transfer', 'caller_left', 'approved', 'declined', 'resolved', 'reopened')),
  actor text not null,
  at text not null,
  detail text,
  entry_id text not null,
  position integer,
  seq integer primary key autoincrement,
  tenant_id text not null,
  foreign key (tenant_id, entry_id) references human_fallback (tenant_id, entry_id)
) strict;

create unique index fallback_timeline_by_position on fallback_timeline (position) where position is not null;

create index fallback_timeline_of_entry on fallback_timeline (entry_id, seq);

create index fallback_timeline_unnumbered on fallback_timeline (seq) where position is null;

create table feature_flags (
  enabled integer not null check (enabled in (0, 1)),
  flag text not null check (flag in ('allow_ai_booking', 'allow_rag', 'require_human_review', 'allow_live_transfer', 'record_calls')),
  tenant_id text not null references tenants (tenant_id),
  updated_at text not null,
  updated_by text not null,
  primary key (tenant_id, flag)
) strict;

create table flag_changes (
  at text not null,
  tenant_id text,
  version integer primary key
) strict;

create index flag_changes_by_time on flag_changes (at);

create table flag_rollouts (
  flag text primary key check (flag in ('allow_ai_booking', 'allow_rag', 'require_human_review', 'allow_live_transfer', 'record_calls')),
  percent_hundredths integer not null check (percent_hundredths between 0 and 10000),
  starts_at text,
  updated_at text not null,
  updated_by text not null
) strict;

create table flag_state (
  only_row integer primary key check (only_row = 1),
  version integer not null check (version >= 0)
) strict;

create table hand_off_legs (
  hand_off_id text not null,
  leg_id text primary key,
  outcome text check (outcome in ('accepted', 'declined', 'voicemail', 'busy', 'no_answer', 'failed', 'caller_left', 'taken')),
  person text,
  phone text not null check (phone like '+%'),
  position integer not null,
  provider_id text,
  ring_seconds integer not null check (ring_seconds > 0),
  since text not null,
  state text not null check (state in ('due', 'placing', 'ringing', 'asked', 'accepted', 'calling_back', 'ended')),
  tenant_id text not null,
  check (state <> 'ended' or outcome is not null),
  check (state not in ('accepted', 'calling_back') or outcome = 'accepted'),
  foreign key (tenant_id, hand_off_id) references hand_offs (tenant_id, hand_off_id),
  unique (hand_off_id, position)
) strict;

create index hand_off_legs_of_hand_off on hand_off_legs (tenant_id, hand_off_id);

create table hand_offs (
  begun_at text not null,
  call_id text unique,
  caller text,
  conversation_id text unique,
  entry_id text,
  event_id text,
  fence integer not null check (fence >= 0),
  hand_off_id text primary key,
  lease_until text,
  next_action_at text,
  number text not null,
  place text not null check (place in ('talking', 'waiting', 'bridged', 'left')),
  place_since text not null,
  tenant_id text not null references tenants (tenant_id),
  check (call_id is null or conversation_id is not null),
  check (event_id is not null or entry_id is not null),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, conversation_id),
  foreign key (tenant_id, entry_id) references human_fallback (tenant_id, entry_id),
  foreign key (tenant_id, event_id) references escalate_events (tenant_id, event_id),
  unique (tenant_id, hand_off_id)
) strict;

create index hand_offs_due on hand_offs (next_action_at) where next_action_at is not null;

create index hand_offs_leased on hand_offs (lease_until) where lease_until is not null;

create index hand_offs_of_entry on hand_offs (tenant_id, entry_id);

create index hand_offs_of_event on hand_offs (tenant_id, event_id);

create table human_fallback (
  ack_breached integer not null check (ack_breached in (0, 1)),
  ack_due_at text not null,
  acknowledged_at text,
  acknowledged_by text,
  assignee text,
  caller text,
  channel text not null check (channel in ('voice', 'sms', 'whatsapp', 'manual')),
  context text not null check (json_valid(context)),
  conversation_id text,
  created_at text not null,
  due_at text,
  engage_breached integer not null check (engage_breached in (0, 1)),
  engage_due_at text not null,
  engaged_at text,
  engaged_by text,
  entry_id text primary key,
  event_id text not null unique,
  live integer not null check (live in (0, 1)),
  next_action_at text,
  reason text not null check (reason in ('caller_asked_for_human', 'low_confidence', 'ambiguous_time', 'payment', 'complaint', 'emergency', 'no_answer_found', 'out_of_scope', 'booking_conflict', 'booking_not_allowed', 'review_required', 'message_left', 'callback_requested', 'text_undelivered', 'limit_reached', 'system_degraded')),
  reason_detail text,
  resolution_notes text,
  resolved_at text,
  resolved_by text,
  round integer not null check (round >= 1),
  round_at text,
  severity text not null check (severity in ('critical', 'standard')),
  status text not null check (status in ('open', 'acknowledged', 'engaged', 'resolved')),
  steps_taken integer not null default 0 check (steps_taken >= 0),
  tenant_id text not null references tenants (tenant_id),
  thread_seq integer,
  version integer not null check (version >= 1),
  check ((acknowledged_by is null) = (acknowledged_at is null)),
  check ((engaged_by is null) = (engaged_at is null)),
  check ((status = 'resolved') = (next_action_at is null)),
  check ((status = 'resolved') = (resolved_at is not null and resolved_by is not null and resolution_notes is not null)),
  check (status <> 'acknowledged' or acknowledged_at is not null),
  check (status <> 'engaged' or engaged_at is not null),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, conversation_id),
  foreign key (tenant_id, event_id) references escalate_events (tenant_id, event_id),
  constraint human_fallback_due_until_resolved check ((status = 'resolved') = (due_at is null)),
  unique (tenant_id, entry_id)
) strict;

create index human_fallback_by_due on human_fallback (due_at, entry_id) where due_at is not null;

create index human_fallback_by_filing on human_fallback (created_at);

create index human_fallback_by_next_action on human_fallback (next_action_at) where next_action_at is not null;

create index human_fallback_by_resolution on human_fallback (resolved_at, entry_id) where status = 'resolved';

create index human_fallback_by_tenant_and_due on human_fallback (tenant_id, due_at, entry_id) where due_at is not null;

create index human_fallback_by_tenant_and_filing on human_fallback (tenant_id, created_at);

create index human_fallback_by_tenant_and_resolution on human_fallback (tenant_id, resolved_at, entry_id) where status = 'resolved';

create index human_fallback_of_conversation on human_fallback (conversation_id);

create unique index human_fallback_one_unresolved on human_fallback (conversation_id) where status <> 'resolved';

create table incoming_texts (
  conversation_id text not null,
  message_id text not null,
  request_token text,
  tenant_id text not null,
  turn integer not null,
  foreign key (conversation_id, turn) references turns (conversation_id, turn),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, conversation_id),
  primary key (tenant_id, message_id),
  unique (tenant_id, request_token)
) strict;

create index incoming_texts_of_turn on incoming_texts (conversation_id, turn);

create table kept_answers (
  actor text not null,
  body text not null check (json_valid(body)),
  expires_at text not null,
  idempotency_key text not null,
  request_hash text not null,
  status integer not null,
  primary key (actor, idempotency_key)
) strict;

create index kept_answers_by_expiry on kept_answers (expires_at);

create table notices (
  key text primary key,
  said_at text not null
) strict;

create table oncall (
  changed_at text,
  only_row integer primary key check (only_row = 1)
) strict;

create table oncall_overrides (
  admin_user text not null,
  ends_at text not null,
  seq integer primary key autoincrement,
  starts_at text not null,
  tenant_id text references tenants (tenant_id),
  check (starts_at < ends_at)
) strict;

create index oncall_overrides_by_end on oncall_overrides (ends_at);

create table oncall_people (
  admin_user text primary key,
  phone text check (phone like '+%'),
  position integer not null,
  slack_user_id text unique
) strict;

create table oncall_rotations (
  every text not null check (every in ('hour', 'day', 'week')),
  name text primary key,
  position integer not null,
  starts_at text not null,
  tenant_id text references tenants (tenant_id),
  time_zone text not null,
  users text not null check (json_valid(users))
) strict;

create table outgoing_texts (
  attempts integer not null check (attempts >= 0),
  body text,
  conversation_id text not null,
  created_at text not null,
  fence integer not null check (fence >= 0),
  lease_until text,
  next_attempt_at text,
  provider_id text unique,
  provider_status text check (provider_status in ('accepted', 'scheduled', 'queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'canceled', 'read')),
  recipient text not null,
  sender text not null,
  status text not null check (status in ('waiting', 'sending', 'sent', 'failed', 'skipped')),
  tenant_id text not null,
  text_id text primary key,
  why text,
  check ((status = 'sending') = (lease_until is not null)),
  check ((status = 'waiting') = (next_attempt_at is not null)),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, conversation_id)
) strict;

create index outgoing_texts_due on outgoing_texts (next_attempt_at) where next_attempt_at is not null;

create index outgoing_texts_leased on outgoing_texts (lease_until) where lease_until is not null;

create index outgoing_texts_of_conversation on outgoing_texts (tenant_id, conversation_id);

create table plan_versions (
  beyond text not null check (beyond in ('block', 'bill')),
  concurrent_calls integer check (concurrent_calls >= 1),
  documents integer check (documents >= 0),
  flags text not null check (json_valid(flags)),
  included_messages integer check (included_messages >= 0),
  included_voice_minutes integer check (included_voice_minutes >= 0),
  plan text not null references plans (plan),
  version integer not null check (version >= 1),
  primary key (plan, version)
) strict;

create table plans (
  beyond text not null check (beyond in ('block', 'bill')),
  concurrent_calls integer check (concurrent_calls >= 1),
  documents integer check (documents >= 0),
  flags text not null check (json_valid(flags)),
  included_messages integer check (included_messages >= 0),
  included_voice_minutes integer check (included_voice_minutes >= 0),
  plan text primary key
) strict;

create table recordings (
  at text not null,
  conversation_id text not null,
  duration_s integer check (duration_s >= 0),
  recording_id text primary key,
  status text not null check (status in ('in_progress', 'completed', 'failed')),
  tenant_id text not null,
  url text not null,
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, conversation_id)
) strict;

create index recordings_of_conversation on recordings (tenant_id, conversation_id);

create table rollout_members (
  flag text not null references flag_rollouts (flag),
  listed integer not null check (listed in (0, 1)),
  tenant_id text not null references tenants (tenant_id),
  primary key (flag, tenant_id, listed)
) strict;

create index rollout_members_of_tenant on rollout_members (tenant_id, flag);

create table rollout_plans (
  flag text primary key check (flag in ('allow_ai_booking', 'allow_rag', 'require_human_review', 'allow_live_transfer', 'record_calls')),
  halt_if text,
  halted_at text,
  halted_why text,
  next_at text,
  next_step integer not null check (next_step >= 0),
  planned_by text not null,
  started_at text not null,
  started_hundredths integer not null check (started_hundredths between 0 and 10000),
  stepped_at text,
  stepped_from_hundredths integer check (stepped_from_hundredths between 0 and 10000),
  steps text not null check (json_valid(steps)),
  check ((halted_at is null) = (halted_why is null)),
  check ((stepped_at is null) = (stepped_from_hundredths is null)),
  check (halted_at is null or next_at is null)
) strict;

create table tenant_numbers (
  number text primary key check (number like '+%'),
  position integer not null,
  tenant_id text not null references tenants (tenant_id)
) strict;

create index tenant_numbers_of_tenant on tenant_numbers (tenant_id, position);

create table tenants (
  created_at text not null,
  name text not null,
  next_plan text references plans (plan),
  next_plan_at text check ((next_plan is null) = (next_plan_at is null)),
  next_plan_by text check ((next_plan is null) = (next_plan_by is null)),
  plan text not null references plans (plan),
  plan_version integer not null default 1,
  profile text not null check (json_valid(profile)),
  tenant_id text primary key,
  updated_at text not null
) strict;

create index tenants_by_next_plan on tenants (next_plan_at) where next_plan_at is not null;

create table text_opt_outs (
  at text not null,
  channel text not null check (channel in ('sms', 'whatsapp')),
  recipient text not null,
  tenant_id text not null references tenants (tenant_id),
  primary key (tenant_id, channel, recipient)
) strict;

create table text_threads (
  channel text not null check (channel in ('sms', 'whatsapp')),
  conversation_id text not null unique,
  last_at text not null,
  sender text not null,
  tenant_id text not null,
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, conversation_id),
  primary key (tenant_id, channel, sender)
) strict;

create index text_threads_idle on text_threads (last_at);

create table turns (
  at text not null,
  conversation_id text not null,
  decision text not null,
  heard_confidence real,
  heard_text text,
  intent text,
  reply text check (json_valid(reply)),
  request_token text,
  said text not null,
  tenant_id text not null,
  took_ms integer check (took_ms >= 0),
  turn integer not null check (turn >= 1),
  check (heard_text is not null or heard_confidence is null),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, conversation_id),
  primary key (conversation_id, turn),
  unique (conversation_id, request_token)
) strict;

create index turns_with_reply on turns (at) where reply is not null;

create table used_tokens (
  expires_at text not null,
  jti text primary key
) strict;

create index used_tokens_by_expiry on used_tokens (expires_at);
