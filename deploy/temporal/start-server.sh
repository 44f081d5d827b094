#!/bin/sh
# The image's own start, with the password of a file: the server reads it from its environment only.
set -eu

POSTGRES_PWD=$(cat "$POSTGRES_PWD_FILE")
export POSTGRES_PWD
exec /etc/temporal/entrypoint.sh
