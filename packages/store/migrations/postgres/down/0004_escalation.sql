drop table notices;
drop table destination_limits;
drop index fallback_tags_of_tenant;
drop index deliveries_of_message;
drop index deliveries_leased;
drop index deliveries_due;
-- Notices, about no entry: the version before has no place for them.
delete from deliveries where entry_id is null;
alter table deliveries
  drop constraint deliveries_check3,
  drop column passed_on,
  drop column unclear,
  drop column text,
  drop column person,
  drop column destination,
  alter column tenant_id set not null,
  alter column entry_id set not null;
create index deliveries_due on deliveries (next_attempt_at) where next_attempt_at is not null;
create index deliveries_leased on deliveries (lease_until) where lease_until is not null;
alter table human_fallback drop column thread_seq, drop column steps_taken, drop column round_at;
