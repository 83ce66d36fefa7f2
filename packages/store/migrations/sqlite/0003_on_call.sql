-- id: 0003_on_call
-- phase: expand

-- One row: whoever changes the three tables below by what stands in them holds it.
create table oncall (
  only_row integer primary key check (only_row = 1),
  changed_at text
) strict;
insert into oncall (only_row) values (1);

-- admin_user is the `user` of the API: in SQL that word is the user of the database.
create table oncall_people (
  admin_user text primary key,
  phone text check (phone like '+%'),
  slack_user_id text unique,
  position integer not null
) strict;

create table oncall_rotations (
  name text primary key,
  -- Null: for all tenants.
  tenant_id text references tenants (tenant_id),
  time_zone text not null,
  every text not null check (every in ('hour', 'day', 'week')),
  starts_at text not null,
  -- In the order of their turns; they need not be described in oncall_people.
  users text not null check (json_valid(users)),
  position integer not null
) strict;

create table oncall_overrides (
  seq integer primary key autoincrement,
  admin_user text not null,
  -- Null: for all tenants.
  tenant_id text references tenants (tenant_id),
  starts_at text not null,
  ends_at text not null,
  check (starts_at < ends_at)
) strict;
create index oncall_overrides_by_end on oncall_overrides (ends_at);
