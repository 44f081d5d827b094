#!/bin/sh
# Makes the files of ./secrets that docker-compose.yml hands to its services. What is there stays; what `.env` says of one is
# taken from there; the rest is drawn, but for the provider's pair, which only its dashboard knows. Run again, it changes nothing.
set -eu

cd "$(dirname "$0")/.."
# The folder is closed; the files are not, since each container reads its own as a user of its own.
umask 022
mkdir -p secrets
chmod 700 secrets

said() { # said NAME: its value in .env
  [ ! -f .env ] || (
    set -a
    # shellcheck disable=SC1091 # it is the operator's
    . ./.env
    printenv "$1" || true
  )
}

keep() { # keep NAME COMMAND...: makes the file where it is not there; COMMAND prints what nobody has said
  file=secrets/$1
  [ ! -s "$file" ] || return 0
  value=$(said "$1")
  shift
  [ -n "$value" ] || value=$("$@")
  [ -n "$value" ] || { missing="$missing ${file#secrets/}"; return 0; }
  printf '%s' "$value" >"$file"
  chmod 644 "$file"
  echo "$file is made"
}

ask() { # ask WORDS: of a person, where there is one
  [ -t 0 ] || return 0
  printf '%s: ' "$1" >&2
  read -r answer
  printf '%s' "$answer"
}

missing=
for name in POSTGRES_PASSWORD QUITTANCE_DB_PASSWORD QUITTANCE_OWNER_PASSWORD TEMPORAL_DB_PASSWORD GRAFANA_PASSWORD; do
  keep "$name" openssl rand -hex 24
done
keep QUITTANCE_MASTER_KEY openssl rand -base64 32
keep NOWPAYMENTS_API_KEY ask "API key of NOWPayments' dashboard"
keep NOWPAYMENTS_IPN_SECRET ask "IPN secret of the same page"
[ -z "$missing" ] || { echo "put into a file of that name in ./secrets:$missing" >&2; exit 1; }
