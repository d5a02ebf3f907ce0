#!/bin/bash
# run.sh SECONDS TARGET…: runs each fuzz target for that long, one more at a time than there are
# processors. Starts from tests/fuzz/seeds/TARGET and what earlier runs found (build/fuzz/corpus).
# A line each, then `N passed, N failed`; inputs that broke something are kept in build/fuzz/found.
set -u
cd "$(dirname "$0")/../.."
seconds=$1
shift
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=0
one() {
  local t=$2 log=build/fuzz/log/$2 words=()
  mkdir -p "build/fuzz/corpus/$t" "build/fuzz/found" "tests/fuzz/seeds/$t"
  [ -f "tests/fuzz/$t.dict" ] && words=(-dict="tests/fuzz/$t.dict")
  "build/fuzz/run/$t" -max_total_time="$1" -timeout=20 -rss_limit_mb=1500 -max_len=4096 \
    -print_final_stats=1 -artifact_prefix="build/fuzz/found/$t-" "${words[@]}" \
    "build/fuzz/corpus/$t" "tests/fuzz/seeds/$t" >"$log" 2>&1
  echo $? >"$log.status"
}
export -f one
mkdir -p build/fuzz/log
printf '%s\n' "$@" | xargs -P "$(($(nproc) + 1))" -I{} bash -c 'one "$@"' _ "$seconds" {}
passed=0 failed=0
for t in "$@"; do
  execs=$(sed -nE 's/^stat::number_of_executed_units: //p' "build/fuzz/log/$t")
  if [ "$(cat "build/fuzz/log/$t.status")" = 0 ] && [ "${execs:-0}" -gt 100 ]; then
    passed=$((passed + 1))
    printf '%-8s %9d inputs in %d s\n' "$t" "$execs" "$seconds"
  else
    failed=$((failed + 1))
    echo "$t: FAILED"
    grep -vE '^#[0-9]+\s+(NEW|REDUCE|pulse|INITED|RELOAD)' "build/fuzz/log/$t" | head -40
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
