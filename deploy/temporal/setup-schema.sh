#!/bin/sh
# Brings Temporal's two databases to the schema of the image's own version. Run again, it changes nothing.
# Connection: SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD_FILE, SQL_PLUGIN. The schema is compiled into the tool.
set -eu

SQL_PASSWORD=$(cat "$SQL_PASSWORD_FILE")
export SQL_PASSWORD

update() { # update DATABASE SCHEMA
  temporal-sql-tool --db "$1" setup-schema -v 0.0
  temporal-sql-tool --db "$1" update-schema --schema-name "postgresql/v12/$2"
}
update temporal temporal
update temporal_visibility visibility
