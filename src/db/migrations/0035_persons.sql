-- Up Migration

-- A key belongs to a person, so that approvals count persons; null: to nobody, and then it proposes and approves nothing.
alter table api_keys add column operator_id uuid references operators;

-- What takes two persons: who proposed it, and who decided. Honouring a case is one of these; the columns of a proposal in
-- support_cases are of before.
create table approvals (
  id uuid primary key,
  kind text not null check (kind in ('honour', 'apply_ipn', 'credentials', 'admin_key', 'policy', 'operator')),
  subject text not null, -- the public id of what it is about: one waits at a time
  account_id uuid references accounts,
  order_id text,
  what jsonb not null, -- as the second person is to see it: never a secret
  sealed text, -- the secrets that it takes
  reason text,
  proposed_by text not null,
  proposer uuid not null references operators,
  proposed_at instant not null default now(),
  lapses_at instant not null,
  outcome text check (outcome in ('approved', 'declined', 'lapsed')),
  decided_by text,
  decider uuid references operators,
  decided_at instant,
  decision_reason text,
  check (outcome is distinct from 'approved' or (decider is not null and decided_at is not null)),
  constraint approvals_two_persons check (outcome is distinct from 'approved' or decider <> proposer)
);
create unique index approvals_one_waiting on approvals (kind, subject) where outcome is null;
create index approvals_by_subject on approvals (kind, subject, proposed_at);

-- Whose word an actor of the audit log is: an operator's own, or that of his key. Null: nobody can say.
create function person_of(actor text) returns uuid language sql stable as $$
  select case
    when actor like 'operator:%' then (select id from operators where name = substr(actor, 10))
    when actor ~ '^key_[0-9a-f-]{36}$' then (select operator_id from api_keys where id = substr(actor, 5)::uuid)
  end
$$;

-- The persons are read from the actors here, whatever the program says; what was proposed is never changed, nor decided twice.
create function approvals_persons() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.outcome is not null then raise exception 'an approval begins undecided' using errcode = 'check_violation'; end if;
    new.proposer := person_of(new.proposed_by);
    return new;
  end if;
  if old.outcome is not null then raise exception 'approval % is decided', old.id using errcode = 'check_violation'; end if;
  if new.outcome = 'approved' and old.lapses_at <= now() then
    raise exception 'approval % has lapsed', old.id using errcode = 'check_violation';
  end if;
  if (to_jsonb(new) - array['outcome', 'decided_by', 'decider', 'decided_at', 'decision_reason', 'sealed'])
    is distinct from (to_jsonb(old) - array['outcome', 'decided_by', 'decider', 'decided_at', 'decision_reason', 'sealed']) then
    raise exception 'approval % says what was proposed', old.id using errcode = 'check_violation';
  end if;
  new.decider := person_of(new.decided_by);
  return new;
end $$;
create trigger approvals_persons before insert or update on approvals for each row execute function approvals_persons();

-- A live key of operators takes two persons as soon as there are two who may make one.
alter table api_keys add column approval_id uuid unique references approvals;
create function guard_operator_keys() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if (new.account_id, new.mode, new.prefix, new.sha256, new.scopes, new.approval_id)
        is distinct from (old.account_id, old.mode, old.prefix, old.sha256, old.scopes, old.approval_id)
      or old.operator_id is not null and new.operator_id is distinct from old.operator_id
      or old.revoked_at is not null and new.revoked_at is null then
      raise exception 'a key stays what it is, and whose it is' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if new.account_id is not null or new.mode = 'test' then return new; end if;
  if new.approval_id is not null then
    if not exists (select 1 from approvals where id = new.approval_id and kind = 'admin_key' and outcome = 'approved'
        and subject = 'key_' || new.id and what -> 'scopes' = to_jsonb(new.scopes)) then
      raise exception 'nobody approved key_%', new.id using errcode = 'check_violation', constraint = 'operator_keys_two_persons';
    end if;
  elsif (select count(*) from operators where role = 'admin' and disabled_at is null) > 1 then
    raise exception 'a key of operators takes two persons' using errcode = 'check_violation', constraint = 'operator_keys_two_persons';
  end if;
  return new;
end $$;
create trigger api_keys_guarded before insert or update on api_keys for each row execute function guard_operator_keys();

-- A name in an actor is one person for ever.
create function operators_keep_names() returns trigger language plpgsql as $$
begin
  if new.name is distinct from old.name then
    raise exception 'an operator keeps his name' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger operators_keep_names before update of name on operators for each row execute function operators_keep_names();

-- What two persons decided on a case names two persons.
create function cases_two_persons() returns trigger language plpgsql as $$
begin
  if new.resolution ->> 'approved_by' is not null and not coalesce(
      person_of(new.resolution ->> 'actor') <> person_of(new.resolution ->> 'approved_by'), false) then
    raise exception 'case % was approved by whoever proposed it', new.id using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger support_cases_two_persons before update of resolution on support_cases
  for each row execute function cases_two_persons();

-- Down Migration
-- Forward only.
