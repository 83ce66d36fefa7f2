-- id: 0003_on_call
-- phase: expand

-- The twin of SQLite's, with the same names.

-- One row: whoever changes the three tables below by what stands in them holds it.
create table oncall (
  only_row integer primary key check (only_row = 1),
  changed_at timestamptz
);
insert into oncall (only_row) values (1);

-- admin_user is the `user` of the API: in SQL that word is the user of the database.
create table oncall_people (
  admin_user text collate "C" primary key,
  phone text check (phone like '+%'),
  slack_user_id text collate "C" unique,
  position integer not null
);

create table oncall_rotations (
  name text collate "C" primary key,
  -- Null: for all tenants.
  tenant_id text collate "C" references tenants (tenant_id),
  time_zone text not null,
  every text not null check (every in ('hour', 'day', 'week')),
  starts_at timestamptz not null,
  -- In the order of their turns; they need not be described in oncall_people.
  users jsonb not null,
  position integer not null
);

create table oncall_overrides (
  seq bigint generated always as identity primary key,
  admin_user text collate "C" not null,
  -- Null: for all tenants.
  tenant_id text collate "C" references tenants (tenant_id),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  check (starts_at < ends_at)
);
create index oncall_overrides_by_end on oncall_overrides (ends_at);
