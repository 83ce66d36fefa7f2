-- id: 0014_due_at_only
-- phase: contract
-- needs: 0013_due_at_read
-- grace: 24h

-- Everybody writes due_at and nobody reads the expression: what kept the old ways goes, and the database sees to it that due_at
-- stays right.
alter table human_fallback
  add constraint human_fallback_due_until_resolved check ((status = 'resolved') = (due_at is null));
drop trigger human_fallback_keeps_due_at;
drop trigger human_fallback_begins_due_at;
drop index human_fallback_by_deadline;
drop index human_fallback_by_tenant_and_deadline;

-- down
create index human_fallback_by_deadline
  on human_fallback ((case status when 'open' then ack_due_at else engage_due_at end), entry_id)
  where status <> 'resolved';
create index human_fallback_by_tenant_and_deadline
  on human_fallback (tenant_id, (case status when 'open' then ack_due_at else engage_due_at end), entry_id)
  where status <> 'resolved';
create trigger human_fallback_begins_due_at after insert on human_fallback
  when new.due_at is distinct from
    case new.status when 'resolved' then null when 'open' then new.ack_due_at else new.engage_due_at end
begin
  update human_fallback
  set due_at = case status when 'resolved' then null when 'open' then ack_due_at else engage_due_at end
  where entry_id = new.entry_id;
end;
create trigger human_fallback_keeps_due_at after update on human_fallback
  when new.due_at is distinct from
    case new.status when 'resolved' then null when 'open' then new.ack_due_at else new.engage_due_at end
begin
  update human_fallback
  set due_at = case status when 'resolved' then null when 'open' then ack_due_at else engage_due_at end
  where entry_id = new.entry_id;
end;
alter table human_fallback drop constraint human_fallback_due_until_resolved;
