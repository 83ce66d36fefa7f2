-- id: 0014_due_at_only
-- phase: contract
-- needs: 0013_due_at_read
-- grace: 24h
-- transaction: no

-- The twin of SQLite's, with the same names. Everybody writes due_at and nobody reads the expression: what kept the old ways
-- goes, and the database sees to it that due_at stays right. Each statement bears to be run again.
alter table human_fallback
  drop constraint if exists human_fallback_due_until_resolved,
  add constraint human_fallback_due_until_resolved check ((status = 'resolved') = (due_at is null)) not valid;
alter table human_fallback validate constraint human_fallback_due_until_resolved;
drop trigger if exists human_fallback_keeps_due_at on human_fallback;
drop function if exists human_fallback_due_at();
drop index concurrently if exists human_fallback_by_deadline;
drop index concurrently if exists human_fallback_by_tenant_and_deadline;

-- down
create index concurrently if not exists human_fallback_by_deadline
  on human_fallback ((case status when 'open' then ack_due_at else engage_due_at end), entry_id)
  where status <> 'resolved';
create index concurrently if not exists human_fallback_by_tenant_and_deadline
  on human_fallback (tenant_id, (case status when 'open' then ack_due_at else engage_due_at end), entry_id)
  where status <> 'resolved';
create or replace function human_fallback_due_at() returns trigger language plpgsql as $$
begin
  new.due_at := case new.status when 'resolved' then null when 'open' then new.ack_due_at else new.engage_due_at end;
  return new;
end
$$;
create or replace trigger human_fallback_keeps_due_at before insert or update on human_fallback for each row
  when (new.due_at is distinct from
    case new.status when 'resolved' then null when 'open' then new.ack_due_at else new.engage_due_at end)
  execute function human_fallback_due_at();
alter table human_fallback drop constraint if exists human_fallback_due_until_resolved;
