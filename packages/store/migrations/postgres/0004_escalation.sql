-- id: 0004_escalation
-- phase: expand

-- The twin of SQLite's, with the same names. A daemon of the version before goes on beside it: what it does not write is null
-- or has a default.

-- When the present round began: deadlines and steps count from then. Null in rows of a daemon that knew no rounds' beginnings:
-- when it was filed.
alter table human_fallback add column round_at timestamptz;
-- How many of the round's steps were told, repetitions included.
alter table human_fallback add column steps_taken integer not null default 0 check (steps_taken >= 0);
-- Up to which seq of the timeline Slack was told of it, by its first message and in threads. Null: by no message yet.
alter table human_fallback add column thread_seq bigint;

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

-- Both null where it is about no entry.
alter table deliveries alter column entry_id drop not null;
alter table deliveries alter column tenant_id drop not null;
alter table deliveries add check ((entry_id is null) = (tenant_id is null));
-- Whose limit it counts against. Null where it reaches nobody, and in rows of a daemon that knew no limits.
alter table deliveries add column destination text collate "C";
-- Who is texted or rung, by admin name.
alter table deliveries add column person text;
-- The words of a notice.
alter table deliveries add column text text;
-- An attempt ended without us knowing whether it arrived.
alter table deliveries add column unclear boolean not null default false;
-- Nobody took this call, and the next person was rung for it, if there was one.
alter table deliveries add column passed_on boolean not null default false;
drop index deliveries_due;
drop index deliveries_leased;
create index deliveries_due on deliveries (coalesce(destination, 'log'), next_attempt_at) where next_attempt_at is not null;
create index deliveries_leased on deliveries (coalesce(destination, 'log'), lease_until) where lease_until is not null;
create index deliveries_of_message on deliveries (reference) where reference is not null;

create index fallback_tags_of_tenant on fallback_tags (tenant_id, entry_id, tag);

-- What each destination allows, shared by all daemons: whoever holds the row sends.
create table destination_limits (
  destination text collate "C" primary key,
  -- Sends that were allowed at counted_at.
  tokens double precision not null,
  counted_at timestamptz not null,
  -- The other side asked to wait.
  blocked_until timestamptz,
  -- The last time that many were told at once, and that this called people to it.
  grouped_at timestamptz,
  mentioned_at timestamptz
);

-- What was said about no entry, so that it is not said again too soon.
create table notices (
  key text collate "C" primary key,
  said_at timestamptz not null
);
