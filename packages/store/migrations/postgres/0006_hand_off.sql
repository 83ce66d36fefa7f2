-- id: 0006_hand_off
-- phase: expand

-- The twin of SQLite's, with the same names.

-- A caller who is put through to a person: one row for each call, or entry without one, however often somebody is asked for.
create table hand_offs (
  hand_off_id text collate "C" primary key,
  tenant_id text collate "C" not null references tenants (tenant_id),
  -- Null: filed by hand, nobody called.
  conversation_id text collate "C" unique,
  -- Its entry is the hand-off's, once it is filed. Null where somebody asked to join.
  event_id text collate "C",
  entry_id text collate "C",
  call_id text collate "C" unique,
  caller text,
  number text not null,
  place text not null check (place in ('talking', 'waiting', 'bridged', 'left')),
  place_since timestamptz not null,
  begun_at timestamptz not null,
  -- When somebody must look at it again. Null: nothing is left to do, or whoever claimed it knows.
  next_action_at timestamptz,
  lease_until timestamptz,
  -- Counts the claims: who held an earlier lease cannot record over a later one.
  fence integer not null check (fence >= 0),
  unique (tenant_id, hand_off_id),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, conversation_id),
  foreign key (tenant_id, event_id) references escalate_events (tenant_id, event_id),
  foreign key (tenant_id, entry_id) references human_fallback (tenant_id, entry_id),
  check (event_id is not null or entry_id is not null),
  check (call_id is null or conversation_id is not null)
);
create index hand_offs_of_event on hand_offs (tenant_id, event_id);
create index hand_offs_of_entry on hand_offs (tenant_id, entry_id);
create index hand_offs_due on hand_offs (next_action_at) where next_action_at is not null;
create index hand_offs_leased on hand_offs (lease_until) where lease_until is not null;

-- The phones that are rung for it.
create table hand_off_legs (
  leg_id text collate "C" primary key,
  tenant_id text collate "C" not null,
  hand_off_id text collate "C" not null,
  position integer not null,
  phone text not null check (phone like '+%'),
  -- The admin user who asked to be put through. Null: one of the tenant's phones.
  person text,
  ring_seconds integer not null check (ring_seconds > 0),
  state text not null
    check (state in ('due', 'placing', 'ringing', 'asked', 'accepted', 'calling_back', 'ended')),
  outcome text check (outcome in (
    'accepted', 'declined', 'voicemail', 'busy', 'no_answer', 'failed', 'caller_left', 'taken')),
  -- The provider's id of its call.
  provider_id text collate "C",
  since timestamptz not null,
  unique (hand_off_id, position),
  foreign key (tenant_id, hand_off_id) references hand_offs (tenant_id, hand_off_id),
  check (state <> 'ended' or outcome is not null),
  check (state not in ('accepted', 'calling_back') or outcome = 'accepted')
);
create index hand_off_legs_of_hand_off on hand_off_legs (tenant_id, hand_off_id);

-- What callers left on tape. The sound stays with the provider.
create table recordings (
  -- The provider's id.
  recording_id text collate "C" primary key,
  tenant_id text collate "C" not null,
  conversation_id text collate "C" not null,
  url text not null,
  duration_s integer check (duration_s >= 0),
  status text not null check (status in ('in_progress', 'completed', 'failed')),
  at timestamptz not null,
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, conversation_id)
);
create index recordings_of_conversation on recordings (tenant_id, conversation_id);

-- down
drop table recordings;
drop table hand_off_legs;
drop table hand_offs;
