-- id: 0005_flags
-- phase: expand

-- The twin of SQLite's, with the same names. A daemon of the version before goes on beside it: it reads the terms in plans,
-- which are those of version 1, and puts tenants on that version.

-- The terms of each plan as they were sold; a tenant keeps the version that it was put on.
create table plan_versions (
  plan text not null references plans (plan),
  version integer not null check (version >= 1),
  included_voice_minutes integer check (included_voice_minutes >= 0),
  included_messages integer check (included_messages >= 0),
  beyond text not null check (beyond in ('block', 'bill')),
  concurrent_calls integer check (concurrent_calls >= 1),
  documents integer check (documents >= 0),
  flags jsonb not null,
  primary key (plan, version)
);
insert into plan_versions (plan, version, included_voice_minutes, included_messages, beyond, concurrent_calls, documents, flags)
select plan, 1, included_voice_minutes, included_messages, beyond,
  -- Nobody counted calls before. As many as a business of the plan's size does not meet by itself.
  case plan when 'free' then 10 when 'core' then 25 when 'pro' then 100 end, documents, flags
from plans;

alter table tenants add column plan_version integer not null default 1;
alter table tenants add foreign key (plan, plan_version) references plan_versions (plan, version);
-- What the plan becomes, when, and who decided it.
alter table tenants add column next_plan text references plans (plan);
alter table tenants add column next_plan_at timestamptz;
alter table tenants add column next_plan_by text;
alter table tenants add check ((next_plan is null) = (next_plan_at is null) and (next_plan is null) = (next_plan_by is null));
create index tenants_by_next_plan on tenants (next_plan_at) where next_plan_at is not null;

-- One row: whoever changes what decides a flag holds it until the end, so that versions become visible in their order.
create table flag_state (
  only_row integer primary key check (only_row = 1),
  version bigint not null check (version >= 0)
);
insert into flag_state (only_row, version) values (1, 0);

-- One row for each version, kept for a day.
create table flag_changes (
  version bigint primary key,
  -- Null: of all.
  tenant_id text collate "C",
  at timestamptz not null
);
create index flag_changes_by_time on flag_changes (at);

create table flag_rollouts (
  flag text primary key
    check (flag in ('allow_ai_booking', 'allow_rag', 'require_human_review', 'allow_live_transfer', 'record_calls')),
  percent_hundredths integer not null check (percent_hundredths between 0 and 10000),
  -- Before it nothing changes.
  starts_at timestamptz,
  updated_at timestamptz not null,
  updated_by text not null
);

-- Who is in, by name or by their share; some are by both.
create table rollout_members (
  flag text not null references flag_rollouts (flag),
  tenant_id text collate "C" not null references tenants (tenant_id),
  listed boolean not null,
  primary key (flag, tenant_id, listed)
);
create index rollout_members_of_tenant on rollout_members (tenant_id, flag);

create table rollout_plans (
  flag text primary key
    check (flag in ('allow_ai_booking', 'allow_rag', 'require_human_review', 'allow_live_transfer', 'record_calls')),
  steps jsonb not null,
  -- How many steps are behind it, and when the next is due.
  next_step integer not null check (next_step >= 0),
  next_at timestamptz,
  halt_if text,
  started_at timestamptz not null,
  started_hundredths integer not null check (started_hundredths between 0 and 10000),
  -- The last step: when, and from where.
  stepped_at timestamptz,
  stepped_from_hundredths integer check (stepped_from_hundredths between 0 and 10000),
  halted_at timestamptz,
  halted_why text,
  planned_by text not null,
  check ((stepped_at is null) = (stepped_from_hundredths is null)),
  check ((halted_at is null) = (halted_why is null)),
  check (halted_at is null or next_at is null)
);

-- From the request to its answer, where somebody measured it.
alter table turns add column took_ms integer check (took_ms >= 0);
