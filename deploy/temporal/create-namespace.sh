#!/bin/sh
# Creates Quittance's namespace when it is missing, and ends once the server takes calls for it.
# TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE are read by the CLI itself. RETENTION: how long finished workflows stay.
set -eu

patiently() { # patiently COMMAND...: up to a minute
  attempt=1
  until "$@" >/dev/null 2>&1; do
    [ "$attempt" -lt 30 ] || { echo "gave up: $*" >&2; "$@"; exit 1; }
    attempt=$((attempt + 1))
    sleep 2
  done
}

patiently temporal operator cluster health
temporal operator namespace describe -n "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create -n "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
patiently temporal workflow list -n "$TEMPORAL_NAMESPACE" --limit 1
echo "namespace $TEMPORAL_NAMESPACE is ready"
