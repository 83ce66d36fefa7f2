-- id: 0009_report
-- phase: expand

-- A report reads the entries of a period, of all tenants or of one.
create index human_fallback_by_filing on human_fallback (created_at);
create index human_fallback_by_tenant_and_filing on human_fallback (tenant_id, created_at);
-- The few whose entries are in no report.
create index conversations_simulated on conversations (conversation_id) where simulated;
