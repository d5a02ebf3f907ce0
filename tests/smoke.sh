#!/bin/bash
# `make run` as a person would type it, on a free port and a temporary data folder: waits for
# /api/v1/health, fetches one page and one answer of the API, stops the server by its process id.
set -eu
cd "$(dirname "$0")/.."
. tests/server.sh
dir=$(mktemp -d /tmp/jixia-smoke.XXXXXX) pid=
trap server_clean EXIT
trap 'exit 130' INT TERM
make --no-print-directory run PORT=0 JIXIA_DATA="$dir" >"$dir/run.log" 2>&1 &
runner=$!
server_wait "$dir/run.log"
pid=$(cat "$dir/jixia.pid")
curl -sSf --max-time 20 "$url/" | grep -q '<div id="app">' || { echo "smoke: no page"; exit 1; }
curl -sSf --max-time 20 "$url/api/v1/openapi.json" | grep -q '"openapi"' ||
  { echo "smoke: no answer of the API"; exit 1; }
first=$(sed -nE 's/.*(密码：|password: )([^ （(]+).*/\2/p' "$dir/run.log" | head -1)
[ -n "$first" ] || { cat "$dir/run.log"; echo "smoke: no first password"; exit 1; }
api POST /session --json "{\"name\":\"admin\",\"password\":\"$first\"}" >/dev/null
api GET /me | grep -q '"admin"' || { echo "smoke: cannot sign in"; exit 1; }
kill -TERM "$pid"
wait "$runner" || { cat "$dir/run.log"; echo "smoke: the server ended badly"; exit 1; }
pid=
echo "smoke: ok ($url)"
