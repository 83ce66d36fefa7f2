-- id: 0012_due_at_backfill
-- phase: backfill
-- needs: 0011_due_at_index
-- table: human_fallback
-- key: entry_id
-- batch: 1000

-- What was filed before there was the column, and has not moved since.
update human_fallback
set due_at = case status when 'open' then ack_due_at else engage_due_at end
where entry_id > :after and entry_id <= :upto and due_at is null and status <> 'resolved';

-- verify
select 'due_at' as name, due_at as new,
  case status when 'resolved' then null when 'open' then ack_due_at else engage_due_at end as old
from human_fallback
where entry_id > :after and entry_id <= :upto and due_at is distinct from
  case status when 'resolved' then null when 'open' then ack_due_at else engage_due_at end;

-- down
-- Nothing to undo: the column goes with 0010.
