-- id: 0002_texts
-- phase: expand

-- The conversation that goes on in writing with a sender; the row is gone once it has ended.
create table text_threads (
  tenant_id text not null,
  channel text not null check (channel in ('sms', 'whatsapp')),
  -- As the provider names them, also where that is no phone number.
  sender text not null,
  conversation_id text not null unique,
  last_at text not null,
  primary key (tenant_id, channel, sender),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, conversation_id)
) strict;
create index text_threads_idle on text_threads (last_at);

-- The texts that were answered: one that comes again is given the reply of its turn.
create table incoming_texts (
  tenant_id text not null,
  message_id text not null,
  request_token text,
  conversation_id text not null,
  turn integer not null,
  primary key (tenant_id, message_id),
  unique (tenant_id, request_token),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, conversation_id),
  foreign key (conversation_id, turn) references turns (conversation_id, turn)
) strict;
create index incoming_texts_of_turn on incoming_texts (conversation_id, turn);

-- Who wants no texts from a tenant.
create table text_opt_outs (
  tenant_id text not null references tenants (tenant_id),
  channel text not null check (channel in ('sms', 'whatsapp')),
  recipient text not null,
  at text not null,
  primary key (tenant_id, channel, recipient)
) strict;

-- What we write without being asked by a webhook, and what became of every text of ours. A row alone holds attempts, next
-- time, lease and fence. One whose lease ran out may have been sent: it is never sent again.
create table outgoing_texts (
  text_id text primary key,
  tenant_id text not null,
  conversation_id text not null,
  recipient text not null,
  sender text not null,
  -- Null for the answer to a webhook, which stands in its turn.
  body text,
  status text not null check (status in ('waiting', 'sending', 'sent', 'failed', 'skipped')),
  attempts integer not null check (attempts >= 0),
  next_attempt_at text,
  lease_until text,
  -- Counts the claims: who held an earlier lease cannot record over a later one.
  fence integer not null check (fence >= 0),
  created_at text not null,
  -- The provider's id, and what it said of the text last.
  provider_id text unique,
  provider_status text check (provider_status in (
    'accepted', 'scheduled', 'queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'canceled', 'read')),
  -- Why it was skipped, failed or must wait.
  why text,
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, conversation_id),
  check ((status = 'waiting') = (next_attempt_at is not null)),
  check ((status = 'sending') = (lease_until is not null))
) strict;
create index outgoing_texts_due on outgoing_texts (next_attempt_at) where next_attempt_at is not null;
create index outgoing_texts_leased on outgoing_texts (lease_until) where lease_until is not null;
create index outgoing_texts_of_conversation on outgoing_texts (tenant_id, conversation_id);
