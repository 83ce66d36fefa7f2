-- id: 0001_words
-- phase: expand

-- What the schema of one tenant has with TENANCY=schema: what the tenant's callers said, and what was said to them. Everything
-- else is shared. No foreign key leads out of here: each would put its triggers on the shared table, and lock it while a tenant is
-- made. tenant_id is here too, so that the verbs and these tables are the same as with one schema for all.

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
  took_ms integer check (took_ms >= 0),
  -- Of the conversation after this turn.
  state jsonb not null,
  primary key (conversation_id, turn),
  unique (conversation_id, request_token),
  check (heard_text is not null or heard_confidence is null)
);
create index turns_with_reply on turns (at) where reply is not null;

-- The texts that were answered: one that comes again is given the reply of its turn.
create table incoming_texts (
  tenant_id text collate "C" not null,
  message_id text not null,
  request_token text,
  conversation_id text collate "C" not null,
  turn integer not null,
  primary key (tenant_id, message_id),
  unique (tenant_id, request_token),
  foreign key (conversation_id, turn) references turns (conversation_id, turn)
);
create index incoming_texts_of_turn on incoming_texts (conversation_id, turn);

-- Of the texts of ours whose row, without the words, stands in the shared outbox.
create table text_bodies (
  text_id text collate "C" primary key,
  tenant_id text collate "C" not null,
  conversation_id text collate "C" not null,
  body text not null
);
create index text_bodies_of_conversation on text_bodies (tenant_id, conversation_id);

-- What callers left on tape. The sound stays with the provider.
create table recordings (
  -- The provider's id.
  recording_id text collate "C" primary key,
  tenant_id text collate "C" not null,
  conversation_id text collate "C" not null,
  url text not null,
  duration_s integer check (duration_s >= 0),
  status text not null check (status in ('in_progress', 'completed', 'failed')),
  at timestamptz not null
);
create index recordings_of_conversation on recordings (tenant_id, conversation_id);

-- down
drop table recordings;
drop table text_bodies;
drop table incoming_texts;
drop table turns;
