-- Wrong keys, wrong signatures and logins by who tries, counted for all processes. Unlogged: after a crash they begin anew.
create unlogged table attempt_counts (
  kind text not null,
  key text not null check (length(key) <= 200),
  attempts int not null check (attempts > 0),
  ends_at instant not null, -- the end of its minute
  primary key (kind, key)
);
