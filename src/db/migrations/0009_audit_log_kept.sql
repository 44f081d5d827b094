-- Up Migration

-- Emptying the table is the one change that a trigger for each row does not see.
create trigger audit_log_not_emptied before truncate on audit_log
  for each statement execute function refuse_change();

-- Down Migration
-- Forward only.
