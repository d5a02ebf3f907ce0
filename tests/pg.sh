#!/bin/bash
# pg.sh COMMAND…: runs the command with JIXIA_TEST_PG set to a private PostgreSQL 15 that lives in a
# temporary folder, listens on a free loopback port and is stopped by its own process id at the end.
set -eu
bin=/usr/lib/postgresql/15/bin
dir=$(mktemp -d /tmp/jixia-pg.XXXXXX)
as=()
if [ "$(id -u)" = 0 ]; then
  chown postgres "$dir"
  as=(runuser -u postgres --)
fi
pid=
stop() {
  if [ -n "$pid" ]; then
    kill -INT "$pid" 2>/dev/null || true
    wait "$runner" 2>/dev/null || true
  fi
  rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT TERM
"${as[@]}" "$bin/initdb" -D "$dir/data" -U jixia -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
  >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; exit 1; }
for attempt in 1 2 3 4 5; do
  port=$((20000 + (RANDOM * 32768 + RANDOM) % 30000))
  "${as[@]}" "$bin/postgres" -D "$dir/data" -p "$port" -k "" -c listen_addresses=127.0.0.1 \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=128MB \
    -c max_wal_size=4GB -c max_connections=60 >"$dir/log" 2>&1 &
  runner=$!
  for i in $(seq 100); do
    if [ -s "$dir/data/postmaster.pid" ] && "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; then
      pid=$(head -1 "$dir/data/postmaster.pid")
      break 2
    fi
    kill -0 "$runner" 2>/dev/null || break
    sleep 0.1
  done
done
[ -n "$pid" ] || { cat "$dir/log" >&2; exit 1; }
status=0
JIXIA_SECRET_KEY="$dir/secret.key" JIXIA_DATA="$dir/beside" JIXIA_TEST_PG="postgresql://jixia@127.0.0.1:$port/postgres" "$@" || status=$?
exit $status
