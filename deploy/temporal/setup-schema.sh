#!/bin/sh
# Brings Temporal's two databases to the schema of the image's own version. Run again, it changes nothing.
# Connection: SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD, SQL_PLUGIN. SCHEMA_DIR is where the image keeps its schema.
set -eu

update() { # update DATABASE FOLDER
  temporal-sql-tool --db "$1" setup-schema -v 0.0
  temporal-sql-tool --db "$1" update-schema -d "${SCHEMA_DIR:-/etc/temporal/schema/postgresql/v12}/$2/versioned"
}
update temporal temporal
update temporal_visibility visibility
