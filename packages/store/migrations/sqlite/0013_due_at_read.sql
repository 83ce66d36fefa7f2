-- id: 0013_due_at_read
-- phase: switch
-- needs: 0012_due_at_backfill

-- That this stands in schema_migrations is the switch: the list reads due_at from then on.

-- down
-- Without this row the list reads as before.
