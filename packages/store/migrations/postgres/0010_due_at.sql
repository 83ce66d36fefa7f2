-- id: 0010_due_at
-- phase: expand

-- The twin of SQLite's, with the same names.

-- The deadline that is to be met next. Null once it is resolved, and in rows that nobody wrote since.
alter table human_fallback add column due_at timestamptz;

-- Keeps it for a daemon of the version before, which does not know it; for whoever writes it right it is not even called.
create function human_fallback_due_at() returns trigger language plpgsql as $$
begin
  new.due_at := case new.status when 'resolved' then null when 'open' then new.ack_due_at else new.engage_due_at end;
  return new;
end
$$;
create trigger human_fallback_keeps_due_at before insert or update on human_fallback for each row
  when (new.due_at is distinct from
    case new.status when 'resolved' then null when 'open' then new.ack_due_at else new.engage_due_at end)
  execute function human_fallback_due_at();

-- down
drop trigger human_fallback_keeps_due_at on human_fallback;
drop function human_fallback_due_at();
alter table human_fallback drop column due_at;
