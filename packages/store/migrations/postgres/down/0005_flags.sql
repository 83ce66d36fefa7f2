alter table turns drop column took_ms;
drop table rollout_plans;
drop table rollout_members;
drop table flag_rollouts;
drop table flag_changes;
drop table flag_state;
drop index tenants_by_next_plan;
-- With them go the constraints that name them.
alter table tenants
  drop column next_plan_by,
  drop column next_plan_at,
  drop column next_plan,
  drop column plan_version;
drop table plan_versions;
