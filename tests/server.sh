# Shell functions to start a server of its own on a temporary folder. Sourced, not run.
#   server_start PROGRAM NAME [FIRMS]   sets dir, url, pid, password (of admin, already changed
#                                       once); FIRMS of the demo beside those of the pack
#   server_stop                 SIGTERM, its exit status
first_password=first-password-1
password=second-password-2

# api METHOD PATH [curl options]: prints the body; fails unless the status is 2xx.
api() {
  local method=$1 path=$2
  shift 2
  curl -sS --fail-with-body --max-time 20 -b "$dir/cookies" -c "$dir/cookies" -X "$method" \
    -H 'X-Jixia-CSRF: 1' "$@" "$url/api/v1$path"
}

server_start() {
  dir=$(mktemp -d "/tmp/$2.XXXXXX") pid=
  trap server_clean EXIT
  trap 'exit 130' INT TERM
  export JIXIA_DATA=$dir
  "$1" init >"$dir/init.log" 2>&1 || { cat "$dir/init.log" >&2; return 1; }
  "$1" key new "$dir/key.pem" >>"$dir/init.log" && export JIXIA_KEY="$dir/key.pem"
  if [ -n "${3:-}" ]; then "$1" demo --enterprises "$3" >>"$dir/init.log" 2>&1; fi
  JIXIA_ADMIN_PASSWORD=$first_password "$1" serve --port 0 >"$dir/serve.log" 2>&1 &
  pid=$!
  server_wait "$dir/serve.log"
  api POST /session --json "{\"name\":\"admin\",\"password\":\"$first_password\"}" >/dev/null
  api PATCH /me --json "{\"current\":\"$first_password\",\"password\":\"$password\"}" >/dev/null
}

# Waits until the log names the address and the server answers.
server_wait() {
  url=
  for _ in $(seq 600); do
    url=$(sed -nE 's|.*(http://[0-9.]+:[0-9]+)/.*|\1|p' "$1" | head -1)
    if [ -n "$url" ] && curl -sf --max-time 5 "$url/api/v1/health" >/dev/null; then return 0; fi
    if [ -n "$pid" ] && ! kill -0 "$pid" 2>/dev/null; then break; fi
    sleep 0.2
  done
  cat "$1" >&2
  return 1
}

server_stop() {
  local status=0
  kill -TERM "$pid"
  wait "$pid" || status=$?
  pid=
  return $status
}

server_clean() {
  if [ -n "${pid:-}" ]; then kill -TERM "$pid" 2>/dev/null || true; fi
  rm -rf "$dir"
}
