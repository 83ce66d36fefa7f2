-- id: 0011_due_at_index
-- phase: expand
-- needs: 0010_due_at
-- transaction: no

-- The twin of SQLite's, with the same names. The list of what is not resolved, of all tenants or of one.
create index concurrently if not exists human_fallback_by_due on human_fallback (due_at, entry_id) where due_at is not null;
create index concurrently if not exists human_fallback_by_tenant_and_due
  on human_fallback (tenant_id, due_at, entry_id) where due_at is not null;

-- down
drop index concurrently if exists human_fallback_by_tenant_and_due;
drop index concurrently if exists human_fallback_by_due;
