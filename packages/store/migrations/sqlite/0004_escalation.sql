-- id: 0004_escalation
-- phase: expand

-- When the present round began: deadlines and steps count from then. Null in rows of a daemon that knew no rounds' beginnings:
-- when it was filed.
alter table human_fallback add column round_at text;
-- How many of the round's steps were told, repetitions included.
alter table human_fallback add column steps_taken integer not null default 0 check (steps_taken >= 0);
-- Up to which seq of the timeline Slack was told of it, by its first message and in threads. Null: by no message yet.
alter table human_fallback add column thread_seq integer;

-- The first step of what is not resolved was told, or waits to be.
update human_fallback set
  round_at = coalesce(
    (select min(created_at) from deliveries
     where deliveries.entry_id = human_fallback.entry_id and deliveries.round = human_fallback.round),
    created_at),
  steps_taken = 1,
  thread_seq =
    (select max(seq) from fallback_timeline
     where fallback_timeline.entry_id = human_fallback.entry_id and exists (
       select 1 from deliveries where deliveries.entry_id = human_fallback.entry_id and deliveries.status = 'sent'))
where status <> 'resolved';

-- Anew, because a column cannot be made nullable.
create table new_deliveries (
  delivery_id text primary key,
  -- Both null where it is about no entry.
  tenant_id text,
  entry_id text,
  round integer not null,
  channel text not null,
  status text not null check (status in ('waiting', 'sending', 'sent', 'grouped', 'failed', 'skipped')),
  attempts integer not null check (attempts >= 0),
  next_attempt_at text,
  lease_until text,
  -- Counts the claims: who held an earlier lease cannot record over a later one.
  fence integer not null check (fence >= 0),
  created_at text not null,
  sent_at text,
  reference text,
  -- Why it was skipped, failed or must wait.
  why text,
  -- Whose limit it counts against. Null where it reaches nobody, and in rows of a daemon that knew no limits.
  destination text,
  -- Who is texted or rung, by admin name.
  person text,
  -- The words of a notice.
  text text,
  -- An attempt ended without us knowing whether it arrived.
  unclear integer not null default 0 check (unclear in (0, 1)),
  -- Nobody took this call, and the next person was rung for it, if there was one.
  passed_on integer not null default 0 check (passed_on in (0, 1)),
  foreign key (tenant_id, entry_id) references human_fallback (tenant_id, entry_id),
  check ((entry_id is null) = (tenant_id is null)),
  check ((status = 'waiting') = (next_attempt_at is not null)),
  check ((status = 'sending') = (lease_until is not null)),
  check (status <> 'sent' or sent_at is not null)
) strict;
insert into new_deliveries (delivery_id, tenant_id, entry_id, round, channel, status, attempts, next_attempt_at,
  lease_until, fence, created_at, sent_at, reference, why)
select delivery_id, tenant_id, entry_id, round, channel, status, attempts, next_attempt_at,
  lease_until, fence, created_at, sent_at, reference, why
from deliveries;
drop table deliveries;
alter table new_deliveries rename to deliveries;
create index deliveries_due on deliveries (coalesce(destination, 'log'), next_attempt_at) where next_attempt_at is not null;
create index deliveries_leased on deliveries (coalesce(destination, 'log'), lease_until) where lease_until is not null;
create index deliveries_of_entry on deliveries (entry_id, delivery_id);
create index deliveries_of_message on deliveries (reference) where reference is not null;

create index fallback_tags_of_tenant on fallback_tags (tenant_id, entry_id, tag);

-- What each destination allows, shared by all daemons: whoever holds the row sends.
create table destination_limits (
  destination text primary key,
  -- Sends that were allowed at counted_at.
  tokens real not null,
  counted_at text not null,
  -- The other side asked to wait.
  blocked_until text,
  -- The last time that many were told at once, and that this called people to it.
  grouped_at text,
  mentioned_at text
) strict;

-- What was said about no entry, so that it is not said again too soon.
create table notices (
  key text primary key,
  said_at text not null
) strict;
