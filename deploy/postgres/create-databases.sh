#!/bin/sh
# The postgres image runs this once, on an empty volume: each program owns its own databases and no others.
set -eu

psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres <<'SQL'
\getenv quittance_password QUITTANCE_DB_PASSWORD
\getenv temporal_password TEMPORAL_DB_PASSWORD
create role quittance login password :'quittance_password';
create role temporal login password :'temporal_password';
-- Byte order: pages walk by order id, and no upgrade of the operating system may change how text sorts.
create database quittance owner quittance encoding 'UTF8' locale 'C' template template0;
create database temporal owner temporal;
create database temporal_visibility owner temporal;
SQL
