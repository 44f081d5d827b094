-- Up Migration

-- An operator's key may hold one right of several; what was the one scope is their sum, so every stored key fits.
alter table api_keys drop constraint api_keys_check;
alter table api_keys add constraint api_keys_of_operators check ((account_id is null) = (scopes && array[
  'driftstack_internal_admin', 'operator:read', 'operator:support', 'operator:accounts', 'operator:keys',
  'operator:credentials', 'operator:policies', 'operator:operations']));

-- Down Migration
-- Forward only.
