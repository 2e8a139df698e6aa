#!/usr/bin/env bash
# Makes the roles of this folder in Elasticsearch and a user of the same name for each: make-users.sh ADDRESS
# Passwords come from the environment: ELASTIC_PASSWORD, ZHIMAI_INDEXER_PASSWORD, ZHIMAI_WEB_PASSWORD. They reach curl
# through files that only this process has open, never as arguments.
set -euo pipefail
address=$1
folder=$(dirname "$0")

check() { # NAME VALUE
  if [[ ! $2 =~ ^[A-Za-z0-9._~+/=-]{12,}$ ]]; then
    echo "$1 must have 12 or more letters, digits and . _ ~ + / = -" >&2
    exit 2
  fi
}

put() { # PATH BODY
  curl --silent --show-error --fail-with-body --retry 10 --retry-connrefused --max-time 60 \
    --config <(printf 'user = "elastic:%s"\n' "$ELASTIC_PASSWORD") \
    --header 'Content-Type: application/json' --request PUT --data @<(printf '%s' "$2") \
    "$address/_security/$1" >&2
  echo >&2
}

check ELASTIC_PASSWORD "${ELASTIC_PASSWORD:-}"
check ZHIMAI_INDEXER_PASSWORD "${ZHIMAI_INDEXER_PASSWORD:-}"
check ZHIMAI_WEB_PASSWORD "${ZHIMAI_WEB_PASSWORD:-}"
for role in zhimai-indexer zhimai-web; do
  put "role/$role" "$(cat "$folder/$role.json")"
done
put user/zhimai-indexer "{\"password\": \"$ZHIMAI_INDEXER_PASSWORD\", \"roles\": [\"zhimai-indexer\"]}"
put user/zhimai-web "{\"password\": \"$ZHIMAI_WEB_PASSWORD\", \"roles\": [\"zhimai-web\"]}"
echo "the roles and users zhimai-indexer and zhimai-web are there" >&2
