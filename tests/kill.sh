#!/bin/bash
# kill.sh PROGRAM [TIMES]: the server is killed (-9) at TIMES (10) random moments of a series of
# writes and started again. Every write has an Idempotency-Key; one whose answer did not come is
# sent again with its key. In the end each acknowledged write stands once, none twice, and the
# journal is whole. The writes: users added (a counter, a row, a journal entry in one transaction).
set -eu
program=$(realpath "$1") times=${2:-10}
cd "$(dirname "$0")/.."
. tests/server.sh
server_start "$program" jixia-kill
port=${url##*:}
sent=0 acknowledged=0 killed=0 repeated=0 done_before=0 later=()

# The next life of the server on the same port and data.
restart() {
  for _ in 1 2 3 4 5; do
    "$program" serve --port "$port" >"$dir/serve.log" 2>&1 &
    pid=$!
    if server_wait "$dir/serve.log" 2>/dev/null; then return 0; fi
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    sleep 1
  done
  cat "$dir/serve.log" >&2
  return 1
}

# Kills the server after a random part of a quarter of a second.
killer() {
  sleep "0.$(printf %03d $((RANDOM % 250)))"
  kill -KILL "$1" 2>/dev/null || true
}

# post NUMBER: one write; its status, 000 when no answer came.
post() {
  curl -s --max-time 20 -o "$dir/answer" -w '%{http_code}' -b "$dir/cookies" -X POST \
    -H 'X-Jixia-CSRF: 1' -H "Idempotency-Key: kill-write-$1" \
    --json "{\"name\":\"kill.$1\",\"roles\":[\"auditor\"],\"reason\":\"kill\"}" \
    "$url/api/v1/users" || true
}

# write NUMBER: sends it until there is an answer. 409: a server that died has claimed it; whether
# it was done shows when the claim is given up, so it is sent again at the end.
write() {
  local status
  while :; do
    status=$(post "$1")
    case "$status" in
      201) acknowledged=$((acknowledged + 1)) && return 0 ;;
      000*)
        repeated=$((repeated + 1))
        wait "$pid" 2>/dev/null || true
        restart || return 1
        ;;
      409) later+=("$1") && return 0 ;;
      *) cat "$dir/answer" >&2; echo "kill.sh: status $status" >&2; return 1 ;;
    esac
  done
}

while [ "$killed" -lt "$times" ]; do
  victim=$pid
  killer "$victim" &
  hunter=$!
  while kill -0 "$hunter" 2>/dev/null; do
    sent=$((sent + 1))
    write "$sent" || exit 1
  done
  wait "$hunter" || true
  killed=$((killed + 1))
  if ! kill -0 "$pid" 2>/dev/null; then
    wait "$pid" 2>/dev/null || true
    restart || exit 1
  fi
done
# Claims of the dead were given up when their server started again.
for number in "${later[@]}"; do
  case "$(post "$number")" in
    201) acknowledged=$((acknowledged + 1)) ;;
    409) grep -qE '办妥|carried out' "$dir/answer" || { cat "$dir/answer" >&2; exit 1; }
      done_before=$((done_before + 1)) acknowledged=$((acknowledged + 1)) ;;
    *) cat "$dir/answer" >&2; exit 1 ;;
  esac
done
server_stop || true
names=$("$program" user list --json 2>/dev/null | grep -c '"name": "kill\.' || true)
[ "$names" -gt 0 ] || names=$("$program" user list | grep -c 'kill\.' || true)
entries=$("$program" journal list --most 100000 --json | grep -c '"action": "user.add"' || true)
"$program" journal verify || { echo "0 passed, 1 failed"; exit 1; }
echo "killed $killed times, $acknowledged writes acknowledged, $repeated sent again," \
  "${#later[@]} left to the end, $done_before of them done before their server died"
echo "users $names, journal entries $((entries - 1))"
if [ "$names" = "$acknowledged" ] && [ "$entries" = $((acknowledged + 1)) ]; then
  echo "1 passed, 0 failed"
else
  echo "0 passed, 1 failed"
  exit 1
fi
