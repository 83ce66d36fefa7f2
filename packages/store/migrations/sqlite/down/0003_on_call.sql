drop table oncall_overrides;
drop table oncall_rotations;
drop table oncall_people;
drop table oncall;
