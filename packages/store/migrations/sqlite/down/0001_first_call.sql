-- Everything is lost. Events and entries refer to one another.
update escalate_events set entry_id = null, filed_at = null;
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
