drop table notices;
drop table destination_limits;
drop index fallback_tags_of_tenant;
create table old_deliveries (
  delivery_id text primary key,
  tenant_id text not null,
  entry_id text not null,
  round integer not null,
  channel text not null,
  status text not null check (status in ('waiting', 'sending', 'sent', 'grouped', 'failed', 'skipped')),
  attempts integer not null check (attempts >= 0),
  next_attempt_at text,
  lease_until text,
  fence integer not null check (fence >= 0),
  created_at text not null,
  sent_at text,
  reference text,
  why text,
  foreign key (tenant_id, entry_id) references human_fallback (tenant_id, entry_id),
  check ((status = 'waiting') = (next_attempt_at is not null)),
  check ((status = 'sending') = (lease_until is not null)),
  check (status <> 'sent' or sent_at is not null)
) strict;
insert into old_deliveries (delivery_id, tenant_id, entry_id, round, channel, status, attempts, next_attempt_at,
  lease_until, fence, created_at, sent_at, reference, why)
select delivery_id, tenant_id, entry_id, round, channel, status, attempts, next_attempt_at,
  lease_until, fence, created_at, sent_at, reference, why
from deliveries
-- Notices, about no entry: the version before has no place for them.
where entry_id is not null;
drop table deliveries;
alter table old_deliveries rename to deliveries;
create index deliveries_due on deliveries (next_attempt_at) where next_attempt_at is not null;
create index deliveries_leased on deliveries (lease_until) where lease_until is not null;
create index deliveries_of_entry on deliveries (entry_id, delivery_id);
alter table human_fallback drop column thread_seq;
alter table human_fallback drop column steps_taken;
alter table human_fallback drop column round_at;
