create table incoming_texts (
  conversation_id text collate "C" not null,
  message_id text not null,
  request_token text,
  tenant_id text collate "C" not null,
  turn integer not null,
  constraint incoming_texts_conversation_id_turn_fkey FOREIGN KEY (conversation_id, turn) REFERENCES turns(conversation_id, turn),
  constraint incoming_texts_pkey PRIMARY KEY (tenant_id, message_id),
  constraint incoming_texts_tenant_id_request_token_key UNIQUE (tenant_id, request_token)
);

CREATE INDEX incoming_texts_of_turn ON incoming_texts USING btree (conversation_id, turn);

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
  constraint recordings_status_check CHECK (status = ANY (ARRAY['in_progress'::text, 'completed'::text, 'failed'::text]))
);

CREATE INDEX recordings_of_conversation ON recordings USING btree (tenant_id, conversation_id);

create table text_bodies (
  body text not null,
  conversation_id text collate "C" not null,
  tenant_id text collate "C" not null,
  text_id text collate "C" not null,
  constraint text_bodies_pkey PRIMARY KEY (text_id)
);

CREATE INDEX text_bodies_of_conversation ON text_bodies USING btree (tenant_id, conversation_id);

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
  state jsonb not null,
  tenant_id text collate "C" not null,
  took_ms integer,
  turn integer not null,
  constraint turns_check CHECK (heard_text IS NOT NULL OR heard_confidence IS NULL),
  constraint turns_conversation_id_request_token_key UNIQUE (conversation_id, request_token),
  constraint turns_pkey PRIMARY KEY (conversation_id, turn),
  constraint turns_reply_check CHECK (reply IS NULL OR reply::jsonb IS NOT NULL),
  constraint turns_took_ms_check CHECK (took_ms >= 0),
  constraint turns_turn_check CHECK (turn >= 1)
);

CREATE INDEX turns_with_reply ON turns USING btree (at) WHERE reply IS NOT NULL;
