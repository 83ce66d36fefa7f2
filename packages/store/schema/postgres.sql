create table audit_log (
  action text not null,
  actor text not null,
  address text,
  after text not null,
  at timestamp with time zone not null,
  before text not null,
  request_id text not null,
  seq bigint generated always as identity not null,
  target text not null,
  constraint audit_log_after_check CHECK (after::jsonb IS NOT NULL),
  constraint audit_log_before_check CHECK (before::jsonb IS NOT NULL),
  constraint audit_log_pkey PRIMARY KEY (seq)
);

CREATE INDEX audit_log_by_action ON audit_log USING btree (action, seq);

CREATE INDEX audit_log_by_actor ON audit_log USING btree (actor, seq);

CREATE INDEX audit_log_by_target ON audit_log USING btree (target, seq);

create table conversations (
  caller text,
  channel text not null,
  conversation_id text collate "C" not null,
  ended_at timestamp with time zone,
  flags jsonb not null,
  outcome text,
  provider_id text not null,
  simulated boolean not null,
  started_at timestamp with time zone not null,
  state jsonb,
  tenant_id text collate "C" not null,
  constraint conversations_channel_check CHECK (channel = ANY (ARRAY['voice'::text, 'sms'::text, 'whatsapp'::text, 'manual'::text])),
  constraint conversations_check CHECK ((ended_at IS NULL) = (outcome IS NULL)),
  constraint conversations_outcome_check CHECK (outcome = ANY (ARRAY['answered'::text, 'message_taken'::text, 'escalated'::text, 'caller_left'::text, 'silence'::text, 'abuse'::text, 'failed'::text])),
  constraint conversations_pkey PRIMARY KEY (conversation_id),
  constraint conversations_provider_id_key UNIQUE (provider_id),
  constraint conversations_tenant_id_conversation_id_key UNIQUE (tenant_id, conversation_id),
  constraint conversations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
);

CREATE INDEX conversations_newest_first ON conversations USING btree (tenant_id, started_at, conversation_id);

CREATE INDEX conversations_simulated ON conversations USING btree (conversation_id) WHERE simulated;

create table deliveries (
  attempts integer not null,
  channel text not null,
  created_at timestamp with time zone not null,
  delivery_id text collate "C" not null,
  destination text collate "C",
  entry_id text collate "C",
  fence integer not null,
  lease_until timestamp with time zone,
  next_attempt_at timestamp with time zone,
  passed_on boolean default false not null,
  person text,
  reference text,
  round integer not null,
  sent_at timestamp with time zone,
  status text not null,
  tenant_id text collate "C",
  text text,
  unclear boolean default false not null,
  why text,
  constraint deliveries_attempts_check CHECK (attempts >= 0),
  constraint deliveries_check CHECK ((status = 'waiting'::text) = (next_attempt_at IS NOT NULL)),
  constraint deliveries_check1 CHECK ((status = 'sending'::text) = (lease_until IS NOT NULL)),
  constraint deliveries_check2 CHECK (status <> 'sent'::text OR sent_at IS NOT NULL),
  constraint deliveries_check3 CHECK ((entry_id IS NULL) = (tenant_id IS NULL)),
  constraint deliveries_fence_check CHECK (fence >= 0),
  constraint deliveries_pkey PRIMARY KEY (delivery_id),
  constraint deliveries_status_check CHECK (status = ANY (ARRAY['waiting'::text, 'sending'::text, 'sent'::text, 'grouped'::text, 'failed'::text, 'skipped'::text])),
  constraint deliveries_tenant_id_entry_id_fkey FOREIGN KEY (tenant_id, entry_id) REFERENCES human_fallback(tenant_id, entry_id)
);

CREATE INDEX deliveries_due ON deliveries USING btree (COALESCE(destination, 'log'::text), next_attempt_at) WHERE next_attempt_at IS NOT NULL;

CREATE INDEX deliveries_leased ON deliveries USING btree (COALESCE(destination, 'log'::text), lease_until) WHERE lease_until IS NOT NULL;

CREATE INDEX deliveries_of_entry ON deliveries USING btree (entry_id, delivery_id);

CREATE INDEX deliveries_of_message ON deliveries USING btree (reference) WHERE reference IS NOT NULL;

create table destination_limits (
  blocked_until timestamp with time zone,
  counted_at timestamp with time zone not null,
  destination text collate "C" not null,
  grouped_at timestamp with time zone,
  mentioned_at timestamp with time zone,
  tokens double precision not null,
  constraint destination_limits_pkey PRIMARY KEY (destination)
);

create table entry_event_state (
  after_seq bigint not null,
  only_row integer not null,
  "position" bigint not null,
  constraint entry_event_state_only_row_check CHECK (only_row = 1),
  constraint entry_event_state_pkey PRIMARY KEY (only_row),
  constraint entry_event_state_position_check CHECK ("position" >= 0)
);

create table escalate_events (
  at timestamp with time zone not null,
  caller text,
  channel text not null,
  context jsonb not null,
  conversation_id text collate "C",
  entry_id text collate "C",
  event_id text collate "C" not null,
  filed_at timestamp with time zone,
  live boolean not null,
  reason text not null,
  reason_detail text,
  severity text not null,
  tenant_id text collate "C" not null,
  constraint escalate_events_channel_check CHECK (channel = ANY (ARRAY['voice'::text, 'sms'::text, 'whatsapp'::text, 'manual'::text])),
  constraint escalate_events_check CHECK ((entry_id IS NULL) = (filed_at IS NULL)),
  constraint escalate_events_pkey PRIMARY KEY (event_id),
  constraint escalate_events_reason_check CHECK (reason = ANY (ARRAY['caller_asked_for_human'::text, 'low_confidence'::text, 'ambiguous_time'::text, 'payment'::text, 'complaint'::text, 'emergency'::text, 'no_answer_found'::text, 'out_of_scope'::text, 'booking_conflict'::text, 'booking_not_allowed'::text, 'review_required'::text, 'message_left'::text, 'callback_requested'::text, 'text_undelivered'::text, 'limit_reached'::text, 'system_degraded'::text])),
  constraint escalate_events_severity_check CHECK (severity = ANY (ARRAY['critical'::text, 'standard'::text])),
  constraint escalate_events_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations(tenant_id, conversation_id),
  constraint escalate_events_tenant_id_entry_id_fkey FOREIGN KEY (tenant_id, entry_id) REFERENCES human_fallback(tenant_id, entry_id),
  constraint escalate_events_tenant_id_event_id_key UNIQUE (tenant_id, event_id),
  constraint escalate_events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
);

CREATE INDEX escalate_events_unfiled ON escalate_events USING btree (at, event_id) WHERE entry_id IS NULL;

create table fallback_tags (
  entry_id text collate "C" not null,
  tag text not null,
  tenant_id text collate "C" not null,
  constraint fallback_tags_pkey PRIMARY KEY (entry_id, tag),
  constraint fallback_tags_tenant_id_entry_id_fkey FOREIGN KEY (tenant_id, entry_id) REFERENCES human_fallback(tenant_id, entry_id)
);

CREATE INDEX fallback_tags_by_tag ON fallback_tags USING btree (tag, entry_id);

CREATE INDEX fallback_tags_of_tenant ON fallback_tags USING btree (tenant_id, entry_id, tag);

create table fallback_timeline (
  action text not null,
  actor text not null,
  at timestamp with time zone not null,
  detail text,
  entry_id text collate "C" not null,
  "position" bigint,
  seq bigint generated always as identity not null,
  tenant_id text collate "C" not null,
  constraint fallback_timeline_action_check CHECK (action = ANY (ARRAY['filed'::text, 'joined'::text, 'raised'::text, 'alerted'::text, 'acknowledged'::text, 'assigned'::text, 'engaged'::text, 'noted'::text, 'tagged'::text, 'ack_missed'::text, 'engage_missed'::text, 'returned'::text, 'transfer'::text, 'caller_left'::text, 'approved'::text, 'declined'::text, 'resolved'::text, 'reopened'::text])),
  constraint fallback_timeline_pkey PRIMARY KEY (seq),
  constraint fallback_timeline_tenant_id_entry_id_fkey FOREIGN KEY (tenant_id, entry_id) REFERENCES human_fallback(tenant_id, entry_id)
);

CREATE UNIQUE INDEX fallback_timeline_by_position ON fallback_timeline USING btree ("position") WHERE "position" IS NOT NULL;

CREATE INDEX fallback_timeline_of_entry ON fallback_timeline USING btree (entry_id, seq);

CREATE INDEX fallback_timeline_unnumbered ON fallback_timeline USING btree (seq) WHERE "position" IS NULL;

create table feature_flags (
  enabled boolean not null,
  flag text not null,
  tenant_id text collate "C" not null,
  updated_at timestamp with time zone not null,
  updated_by text not null,
  constraint feature_flags_flag_check CHECK (flag = ANY (ARRAY['allow_ai_booking'::text, 'allow_rag'::text, 'require_human_review'::text, 'allow_live_transfer'::text, 'record_calls'::text])),
  constraint feature_flags_pkey PRIMARY KEY (tenant_id, flag),
  constraint feature_flags_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
);

create table flag_changes (
  at timestamp with time zone not null,
  tenant_id text collate "C",
  version bigint not null,
  constraint flag_changes_pkey PRIMARY KEY (version)
);

CREATE INDEX flag_changes_by_time ON flag_changes USING btree (at);

create table flag_rollouts (
  flag text not null,
  percent_hundredths integer not null,
  starts_at timestamp with time zone,
  updated_at timestamp with time zone not null,
  updated_by text not null,
  constraint flag_rollouts_flag_check CHECK (flag = ANY (ARRAY['allow_ai_booking'::text, 'allow_rag'::text, 'require_human_review'::text, 'allow_live_transfer'::text, 'record_calls'::text])),
  constraint flag_rollouts_percent_hundredths_check CHECK (percent_hundredths >= 0 AND percent_hundredths <= 10000),
  constraint flag_rollouts_pkey PRIMARY KEY (flag)
);

create table flag_state (
  only_row integer not null,
  version bigint not null,
  constraint flag_state_only_row_check CHECK (only_row = 1),
  constraint flag_state_pkey PRIMARY KEY (only_row),
  constraint flag_state_version_check CHECK (version >= 0)
);

create table hand_off_legs (
  hand_off_id text collate "C" not null,
  leg_id text collate "C" not null,
  outcome text,
  person text,
  phone text not null,
  "position" integer not null,
  provider_id text collate "C",
  ring_seconds integer not null,
  since timestamp with time zone not null,
  state text not null,
  tenant_id text collate "C" not null,
  constraint hand_off_legs_check CHECK (state <> 'ended'::text OR outcome IS NOT NULL),
  constraint hand_off_legs_check1 CHECK ((state <> ALL (ARRAY['accepted'::text, 'calling_back'::text])) OR outcome = 'accepted'::text),
  constraint hand_off_legs_hand_off_id_position_key UNIQUE (hand_off_id, "position"),
  constraint hand_off_legs_outcome_check CHECK (outcome = ANY (ARRAY['accepted'::text, 'declined'::text, 'voicemail'::text, 'busy'::text, 'no_answer'::text, 'failed'::text, 'caller_left'::text, 'taken'::text])),
  constraint hand_off_legs_phone_check CHECK (phone ~~ '+%'::text),
  constraint hand_off_legs_pkey PRIMARY KEY (leg_id),
  constraint hand_off_legs_ring_seconds_check CHECK (ring_seconds > 0),
  constraint hand_off_legs_state_check CHECK (state = ANY (ARRAY['due'::text, 'placing'::text, 'ringing'::text, 'asked'::text, 'accepted'::text, 'calling_back'::text, 'ended'::text])),
  constraint hand_off_legs_tenant_id_hand_off_id_fkey FOREIGN KEY (tenant_id, hand_off_id) REFERENCES hand_offs(tenant_id, hand_off_id)
);

CREATE INDEX hand_off_legs_of_hand_off ON hand_off_legs USING btree (tenant_id, hand_off_id);

create table hand_offs (
  begun_at timestamp with time zone not null,
  call_id text collate "C",
  caller text,
  conversation_id text collate "C",
  entry_id text collate "C",
  event_id text collate "C",
  fence integer not null,
  hand_off_id text collate "C" not null,
  lease_until timestamp with time zone,
  next_action_at timestamp with time zone,
  number text not null,
  place text not null,
  place_since timestamp with time zone not null,
  tenant_id text collate "C" not null,
  constraint hand_offs_call_id_key UNIQUE (call_id),
  constraint hand_offs_check CHECK (event_id IS NOT NULL OR entry_id IS NOT NULL),
  constraint hand_offs_check1 CHECK (call_id IS NULL OR conversation_id IS NOT NULL),
  constraint hand_offs_conversation_id_key UNIQUE (conversation_id),
  constraint hand_offs_fence_check CHECK (fence >= 0),
  constraint hand_offs_pkey PRIMARY KEY (hand_off_id),
  constraint hand_offs_place_check CHECK (place = ANY (ARRAY['talking'::text, 'waiting'::text, 'bridged'::text, 'left'::text])),
  constraint hand_offs_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations(tenant_id, conversation_id),
  constraint hand_offs_tenant_id_entry_id_fkey FOREIGN KEY (tenant_id, entry_id) REFERENCES human_fallback(tenant_id, entry_id),
  constraint hand_offs_tenant_id_event_id_fkey FOREIGN KEY (tenant_id, event_id) REFERENCES escalate_events(tenant_id, event_id),
  constraint hand_offs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id),
  constraint hand_offs_tenant_id_hand_off_id_key UNIQUE (tenant_id, hand_off_id)
);

CREATE INDEX hand_offs_due ON hand_offs USING btree (next_action_at) WHERE next_action_at IS NOT NULL;

CREATE INDEX hand_offs_leased ON hand_offs USING btree (lease_until) WHERE lease_until IS NOT NULL;

CREATE INDEX hand_offs_of_entry ON hand_offs USING btree (tenant_id, entry_id);

CREATE INDEX hand_offs_of_event ON hand_offs USING btree (tenant_id, event_id);

create table human_fallback (
  ack_breached boolean not null,
  ack_due_at timestamp with time zone not null,
  acknowledged_at timestamp with time zone,
  acknowledged_by text,
  assignee text,
  caller text,
  channel text not null,
  context jsonb not null,
  conversation_id text collate "C",
  created_at timestamp with time zone not null,
  due_at timestamp with time zone,
  engage_breached boolean not null,
  engage_due_at timestamp with time zone not null,
  engaged_at timestamp with time zone,
  engaged_by text,
  entry_id text collate "C" not null,
  event_id text collate "C" not null,
  live boolean not null,
  next_action_at timestamp with time zone,
  reason text not null,
  reason_detail text,
  resolution_notes text,
  resolved_at timestamp with time zone,
  resolved_by text,
  round integer not null,
  round_at timestamp with time zone,
  severity text not null,
  status text not null,
  steps_taken integer default 0 not null,
  tenant_id text collate "C" not null,
  thread_seq bigint,
  version integer not null,
  constraint human_fallback_channel_check CHECK (channel = ANY (ARRAY['voice'::text, 'sms'::text, 'whatsapp'::text, 'manual'::text])),
  constraint human_fallback_check CHECK ((status = 'resolved'::text) = (next_action_at IS NULL)),
  constraint human_fallback_check1 CHECK ((status = 'resolved'::text) = (resolved_at IS NOT NULL AND resolved_by IS NOT NULL AND resolution_notes IS NOT NULL)),
  constraint human_fallback_check2 CHECK ((acknowledged_by IS NULL) = (acknowledged_at IS NULL)),
  constraint human_fallback_check3 CHECK ((engaged_by IS NULL) = (engaged_at IS NULL)),
  constraint human_fallback_check4 CHECK (status <> 'acknowledged'::text OR acknowledged_at IS NOT NULL),
  constraint human_fallback_check5 CHECK (status <> 'engaged'::text OR engaged_at IS NOT NULL),
  constraint human_fallback_due_until_resolved CHECK ((status = 'resolved'::text) = (due_at IS NULL)),
  constraint human_fallback_event_id_key UNIQUE (event_id),
  constraint human_fallback_pkey PRIMARY KEY (entry_id),
  constraint human_fallback_reason_check CHECK (reason = ANY (ARRAY['caller_asked_for_human'::text, 'low_confidence'::text, 'ambiguous_time'::text, 'payment'::text, 'complaint'::text, 'emergency'::text, 'no_answer_found'::text, 'out_of_scope'::text, 'booking_conflict'::text, 'booking_not_allowed'::text, 'review_required'::text, 'message_left'::text, 'callback_requested'::text, 'text_undelivered'::text, 'limit_reached'::text, 'system_degraded'::text])),
  constraint human_fallback_round_check CHECK (round >= 1),
  constraint human_fallback_severity_check CHECK (severity = ANY (ARRAY['critical'::text, 'standard'::text])),
  constraint human_fallback_status_check CHECK (status = ANY (ARRAY['open'::text, 'acknowledged'::text, 'engaged'::text, 'resolved'::text])),
  constraint human_fallback_steps_taken_check CHECK (steps_taken >= 0),
  constraint human_fallback_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations(tenant_id, conversation_id),
  constraint human_fallback_tenant_id_entry_id_key UNIQUE (tenant_id, entry_id),
  constraint human_fallback_tenant_id_event_id_fkey FOREIGN KEY (tenant_id, event_id) REFERENCES escalate_events(tenant_id, event_id),
  constraint human_fallback_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id),
  constraint human_fallback_version_check CHECK (version >= 1)
);

CREATE INDEX human_fallback_by_due ON human_fallback USING btree (due_at, entry_id) WHERE due_at IS NOT NULL;

CREATE INDEX human_fallback_by_filing ON human_fallback USING btree (created_at);

CREATE INDEX human_fallback_by_next_action ON human_fallback USING btree (next_action_at) WHERE next_action_at IS NOT NULL;

CREATE INDEX human_fallback_by_resolution ON human_fallback USING btree (resolved_at, entry_id) WHERE status = 'resolved'::text;

CREATE INDEX human_fallback_by_tenant_and_due ON human_fallback USING btree (tenant_id, due_at, entry_id) WHERE due_at IS NOT NULL;

CREATE INDEX human_fallback_by_tenant_and_filing ON human_fallback USING btree (tenant_id, created_at);

CREATE INDEX human_fallback_by_tenant_and_resolution ON human_fallback USING btree (tenant_id, resolved_at, entry_id) WHERE status = 'resolved'::text;

CREATE INDEX human_fallback_of_conversation ON human_fallback USING btree (conversation_id);

CREATE UNIQUE INDEX human_fallback_one_unresolved ON human_fallback USING btree (conversation_id) WHERE status <> 'resolved'::text;

create table incoming_texts (
  conversation_id text collate "C" not null,
  message_id text not null,
  request_token text,
  tenant_id text collate "C" not null,
  turn integer not null,
  constraint incoming_texts_conversation_id_turn_fkey FOREIGN KEY (conversation_id, turn) REFERENCES turns(conversation_id, turn),
  constraint incoming_texts_pkey PRIMARY KEY (tenant_id, message_id),
  constraint incoming_texts_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations(tenant_id, conversation_id),
  constraint incoming_texts_tenant_id_request_token_key UNIQUE (tenant_id, request_token)
);

CREATE INDEX incoming_texts_of_turn ON incoming_texts USING btree (conversation_id, turn);

create table kept_answers (
  actor text not null,
  body text not null,
  expires_at timestamp with time zone not null,
  idempotency_key text not null,
  request_hash text not null,
  status integer not null,
  constraint kept_answers_body_check CHECK (body::jsonb IS NOT NULL),
  constraint kept_answers_pkey PRIMARY KEY (actor, idempotency_key)
);

CREATE INDEX kept_answers_by_expiry ON kept_answers USING btree (expires_at);

create table notices (
  key text collate "C" not null,
  said_at timestamp with time zone not null,
  constraint notices_pkey PRIMARY KEY (key)
);

create table oncall (
  changed_at timestamp with time zone,
  only_row integer not null,
  constraint oncall_only_row_check CHECK (only_row = 1),
  constraint oncall_pkey PRIMARY KEY (only_row)
);

create table oncall_overrides (
  admin_user text collate "C" not null,
  ends_at timestamp with time zone not null,
  seq bigint generated always as identity not null,
  starts_at timestamp with time zone not null,
  tenant_id text collate "C",
  constraint oncall_overrides_check CHECK (starts_at < ends_at),
  constraint oncall_overrides_pkey PRIMARY KEY (seq),
  constraint oncall_overrides_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
);

CREATE INDEX oncall_overrides_by_end ON oncall_overrides USING btree (ends_at);

create table oncall_people (
  admin_user text collate "C" not null,
  phone text,
  "position" integer not null,
  slack_user_id text collate "C",
  constraint oncall_people_phone_check CHECK (phone ~~ '+%'::text),
  constraint oncall_people_pkey PRIMARY KEY (admin_user),
  constraint oncall_people_slack_user_id_key UNIQUE (slack_user_id)
);

create table oncall_rotations (
  every text not null,
  name text collate "C" not null,
  "position" integer not null,
  starts_at timestamp with time zone not null,
  tenant_id text collate "C",
  time_zone text not null,
  users jsonb not null,
  constraint oncall_rotations_every_check CHECK (every = ANY (ARRAY['hour'::text, 'day'::text, 'week'::text])),
  constraint oncall_rotations_pkey PRIMARY KEY (name),
  constraint oncall_rotations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
);

create table outgoing_texts (
  attempts integer not null,
  body text,
  conversation_id text collate "C" not null,
  created_at timestamp with time zone not null,
  fence integer not null,
  lease_until timestamp with time zone,
  next_attempt_at timestamp with time zone,
  provider_id text,
  provider_status text,
  recipient text not null,
  sender text not null,
  status text not null,
  tenant_id text collate "C" not null,
  text_id text collate "C" not null,
  why text,
  constraint outgoing_texts_attempts_check CHECK (attempts >= 0),
  constraint outgoing_texts_check CHECK ((status = 'waiting'::text) = (next_attempt_at IS NOT NULL)),
  constraint outgoing_texts_check1 CHECK ((status = 'sending'::text) = (lease_until IS NOT NULL)),
  constraint outgoing_texts_fence_check CHECK (fence >= 0),
  constraint outgoing_texts_pkey PRIMARY KEY (text_id),
  constraint outgoing_texts_provider_id_key UNIQUE (provider_id),
  constraint outgoing_texts_provider_status_check CHECK (provider_status = ANY (ARRAY['accepted'::text, 'scheduled'::text, 'queued'::text, 'sending'::text, 'sent'::text, 'delivered'::text, 'undelivered'::text, 'failed'::text, 'canceled'::text, 'read'::text])),
  constraint outgoing_texts_status_check CHECK (status = ANY (ARRAY['waiting'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'skipped'::text])),
  constraint outgoing_texts_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations(tenant_id, conversation_id)
);

CREATE INDEX outgoing_texts_due ON outgoing_texts USING btree (next_attempt_at) WHERE next_attempt_at IS NOT NULL;

CREATE INDEX outgoing_texts_leased ON outgoing_texts USING btree (lease_until) WHERE lease_until IS NOT NULL;

CREATE INDEX outgoing_texts_of_conversation ON outgoing_texts USING btree (tenant_id, conversation_id);

create table plan_versions (
  beyond text not null,
  concurrent_calls integer,
  documents integer,
  flags jsonb not null,
  included_messages integer,
  included_voice_minutes integer,
  plan text not null,
  version integer not null,
  constraint plan_versions_beyond_check CHECK (beyond = ANY (ARRAY['block'::text, 'bill'::text])),
  constraint plan_versions_concurrent_calls_check CHECK (concurrent_calls >= 1),
  constraint plan_versions_documents_check CHECK (documents >= 0),
  constraint plan_versions_included_messages_check CHECK (included_messages >= 0),
  constraint plan_versions_included_voice_minutes_check CHECK (included_voice_minutes >= 0),
  constraint plan_versions_pkey PRIMARY KEY (plan, version),
  constraint plan_versions_plan_fkey FOREIGN KEY (plan) REFERENCES plans(plan),
  constraint plan_versions_version_check CHECK (version >= 1)
);

create table plans (
  beyond text not null,
  concurrent_calls integer,
  documents integer,
  flags jsonb not null,
  included_messages integer,
  included_voice_minutes integer,
  plan text not null,
  constraint plans_beyond_check CHECK (beyond = ANY (ARRAY['block'::text, 'bill'::text])),
  constraint plans_concurrent_calls_check CHECK (concurrent_calls >= 1),
  constraint plans_documents_check CHECK (documents >= 0),
  constraint plans_included_messages_check CHECK (included_messages >= 0),
  constraint plans_included_voice_minutes_check CHECK (included_voice_minutes >= 0),
  constraint plans_pkey PRIMARY KEY (plan)
);

create table recordings (
  at timestamp with time zone not null,
  conversation_id text collate "C" not null,
  duration_s integer,
  recording_id text collate "C" not null,
  status text not null,
  tenant_id text collate "C" not null,
  url text not null,
  constraint recordings_duration_s_check CHECK (duration_s >= 0),
  constraint recordings_pkey PRIMARY KEY (recording_id),
  constraint recordings_status_check CHECK (status = ANY (ARRAY['in_progress'::text, 'completed'::text, 'failed'::text])),
  constraint recordings_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations(tenant_id, conversation_id)
);

CREATE INDEX recordings_of_conversation ON recordings USING btree (tenant_id, conversation_id);

create table rollout_members (
  flag text not null,
  listed boolean not null,
  tenant_id text collate "C" not null,
  constraint rollout_members_flag_fkey FOREIGN KEY (flag) REFERENCES flag_rollouts(flag),
  constraint rollout_members_pkey PRIMARY KEY (flag, tenant_id, listed),
  constraint rollout_members_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
);

CREATE INDEX rollout_members_of_tenant ON rollout_members USING btree (tenant_id, flag);

create table rollout_plans (
  flag text not null,
  halt_if text,
  halted_at timestamp with time zone,
  halted_why text,
  next_at timestamp with time zone,
  next_step integer not null,
  planned_by text not null,
  started_at timestamp with time zone not null,
  started_hundredths integer not null,
  stepped_at timestamp with time zone,
  stepped_from_hundredths integer,
  steps jsonb not null,
  constraint rollout_plans_check CHECK ((stepped_at IS NULL) = (stepped_from_hundredths IS NULL)),
  constraint rollout_plans_check1 CHECK ((halted_at IS NULL) = (halted_why IS NULL)),
  constraint rollout_plans_check2 CHECK (halted_at IS NULL OR next_at IS NULL),
  constraint rollout_plans_flag_check CHECK (flag = ANY (ARRAY['allow_ai_booking'::text, 'allow_rag'::text, 'require_human_review'::text, 'allow_live_transfer'::text, 'record_calls'::text])),
  constraint rollout_plans_next_step_check CHECK (next_step >= 0),
  constraint rollout_plans_pkey PRIMARY KEY (flag),
  constraint rollout_plans_started_hundredths_check CHECK (started_hundredths >= 0 AND started_hundredths <= 10000),
  constraint rollout_plans_stepped_from_hundredths_check CHECK (stepped_from_hundredths >= 0 AND stepped_from_hundredths <= 10000)
);

create table tenant_numbers (
  number text not null,
  "position" integer not null,
  tenant_id text collate "C" not null,
  constraint tenant_numbers_number_check CHECK (number ~~ '+%'::text),
  constraint tenant_numbers_pkey PRIMARY KEY (number),
  constraint tenant_numbers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
);

CREATE INDEX tenant_numbers_of_tenant ON tenant_numbers USING btree (tenant_id, "position");

create table tenants (
  created_at timestamp with time zone not null,
  name text not null,
  next_plan text,
  next_plan_at timestamp with time zone,
  next_plan_by text,
  plan text not null,
  plan_version integer default 1 not null,
  profile text not null,
  tenant_id text collate "C" not null,
  updated_at timestamp with time zone not null,
  constraint tenants_check CHECK ((next_plan IS NULL) = (next_plan_at IS NULL) AND (next_plan IS NULL) = (next_plan_by IS NULL)),
  constraint tenants_next_plan_fkey FOREIGN KEY (next_plan) REFERENCES plans(plan),
  constraint tenants_pkey PRIMARY KEY (tenant_id),
  constraint tenants_plan_fkey FOREIGN KEY (plan) REFERENCES plans(plan),
  constraint tenants_plan_plan_version_fkey FOREIGN KEY (plan, plan_version) REFERENCES plan_versions(plan, version),
  constraint tenants_profile_check CHECK (profile::jsonb IS NOT NULL)
);

CREATE INDEX tenants_by_next_plan ON tenants USING btree (next_plan_at) WHERE next_plan_at IS NOT NULL;

create table text_opt_outs (
  at timestamp with time zone not null,
  channel text not null,
  recipient text not null,
  tenant_id text collate "C" not null,
  constraint text_opt_outs_channel_check CHECK (channel = ANY (ARRAY['sms'::text, 'whatsapp'::text])),
  constraint text_opt_outs_pkey PRIMARY KEY (tenant_id, channel, recipient),
  constraint text_opt_outs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
);

create table text_threads (
  channel text not null,
  conversation_id text collate "C" not null,
  last_at timestamp with time zone not null,
  sender text not null,
  tenant_id text collate "C" not null,
  constraint text_threads_channel_check CHECK (channel = ANY (ARRAY['sms'::text, 'whatsapp'::text])),
  constraint text_threads_conversation_id_key UNIQUE (conversation_id),
  constraint text_threads_pkey PRIMARY KEY (tenant_id, channel, sender),
  constraint text_threads_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations(tenant_id, conversation_id)
);

CREATE INDEX text_threads_idle ON text_threads USING btree (last_at);

create table turns (
  at timestamp with time zone not null,
  conversation_id text collate "C" not null,
  decision text not null,
  heard_confidence double precision,
  heard_text text,
  intent text,
  reply text,
  request_token text,
  said text not null,
  tenant_id text collate "C" not null,
  took_ms integer,
  turn integer not null,
  constraint turns_check CHECK (heard_text IS NOT NULL OR heard_confidence IS NULL),
  constraint turns_conversation_id_request_token_key UNIQUE (conversation_id, request_token),
  constraint turns_pkey PRIMARY KEY (conversation_id, turn),
  constraint turns_reply_check CHECK (reply IS NULL OR reply::jsonb IS NOT NULL),
  constraint turns_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations(tenant_id, conversation_id),
  constraint turns_took_ms_check CHECK (took_ms >= 0),
  constraint turns_turn_check CHECK (turn >= 1)
);

CREATE INDEX turns_with_reply ON turns USING btree (at) WHERE reply IS NOT NULL;

create table used_tokens (
  expires_at timestamp with time zone not null,
  jti text not null,
  constraint used_tokens_pkey PRIMARY KEY (jti)
);

CREATE INDEX used_tokens_by_expiry ON used_tokens USING btree (expires_at);
