-- id: 0007_entry_events
-- phase: expand

-- Where an event stands for those who follow events: given after the commit, so that an event never appears before one that was
-- seen already, as it can with seq where several daemons write. Null: not given yet, or the event is older than positions are.
alter table fallback_timeline add column position integer;
create unique index fallback_timeline_by_position on fallback_timeline (position) where position is not null;
create index fallback_timeline_unnumbered on fallback_timeline (seq) where position is null;

-- One row: whoever gives positions holds it.
create table entry_event_state (
  only_row integer primary key check (only_row = 1),
  -- Events up to this seq are older than positions are.
  after_seq integer not null,
  -- The last that was given.
  position integer not null check (position >= 0)
) strict;
insert into entry_event_state (only_row, after_seq, position) select 1, coalesce(max(seq), 0), 0 from fallback_timeline;

-- down
drop table entry_event_state;
drop index fallback_timeline_unnumbered;
drop index fallback_timeline_by_position;
alter table fallback_timeline drop column position;
