-- id: 0010_due_at
-- phase: expand

-- The deadline that is to be met next. Null once it is resolved, and in rows that nobody wrote since.
alter table human_fallback add column due_at text;

-- They keep it for a daemon of the version before, which does not know it; for whoever writes it right they do nothing, and so
-- they do not call themselves.
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

-- down
drop trigger human_fallback_keeps_due_at;
drop trigger human_fallback_begins_due_at;
alter table human_fallback drop column due_at;
