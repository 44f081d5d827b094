#!/bin/sh
# The postgres image runs this once, on an empty volume: each program owns its own databases and no others.
set -eu

psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres <<'SQL'
\set owner_password `cat "$QUITTANCE_OWNER_PASSWORD_FILE"`
\set quittance_password `cat "$QUITTANCE_DB_PASSWORD_FILE"`
\set temporal_password `cat "$TEMPORAL_DB_PASSWORD_FILE"`
-- The owner migrates and is used for nothing else. API and worker get rows, by the migration, and own nothing: whoever
-- takes one of them over can neither switch a trigger off nor change the audit log or a receipt.
create role quittance_owner login password :'owner_password';
create role quittance login password :'quittance_password';
create role temporal login password :'temporal_password';
-- Byte order: pages walk by order id, and no upgrade of the operating system may change how text sorts.
create database quittance owner quittance_owner encoding 'UTF8' locale 'C' template template0;
revoke connect, temporary on database quittance from public;
grant connect on database quittance to quittance;
create database temporal owner temporal;
create database temporal_visibility owner temporal;
SQL
