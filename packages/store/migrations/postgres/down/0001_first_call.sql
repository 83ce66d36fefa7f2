-- Everything is lost.
alter table escalate_events drop constraint escalate_events_tenant_id_entry_id_fkey;
drop table audit_log;
drop table kept_answers;
drop table used_tokens;
drop table deliveries;
drop table fallback_timeline;
drop table fallback_tags;
drop table human_fallback;
drop table escalate_events;
drop table turns;
drop table conversations;
drop table feature_flags;
drop table tenant_numbers;
drop table tenants;
drop table plans;
