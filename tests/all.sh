#!/bin/bash
# Runs every suite that `make test` built, one stage a line with its seconds, and ends with the sum:
# `N passed, N failed`. A stage that ends badly without a failed case (a crash, a sanitizer report,
# a leak) counts as one failure. Logs are in build/results/.
set -u
cd "$(dirname "$0")/.."
out=build/results
rm -rf "$out" && mkdir -p "$out"
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=halt_on_error=0
passed=0 failed=0

# Sums of a log: our own last line, or the summary of Node's test runner.
sum() {
  if [ "$2" = pass ]; then word=passed; else word=failed; fi
  sed -nE "s/^(# |ℹ )$2 ([0-9]+)\$/\2/p; s/^(.*, )?([0-9]+) $word(,.*)?\$/\2/p" "$1" |
    awk '{ n += $1 } END { print n + 0 }'
}

# stage NAME COMMAND…
stage() {
  local name=$1 start=$SECONDS log="$out/${1// /-}.log" status=0 p f took=
  shift
  "$@" >"$log" 2>&1 || status=$?
  took=${took:-$((SECONDS - start))}
  p=$(sum "$log" pass) f=$(sum "$log" fail)
  if grep -qE 'Sanitizer|runtime error:' "$log"; then status=99; fi
  if [ "$status" != 0 ] && [ "$f" = 0 ]; then f=1; fi
  if [ "$status" = 0 ] && [ "$p" = 0 ]; then f=$((f + 1)); fi
  passed=$((passed + p)) failed=$((failed + f))
  printf '%-24s %4d s  %6d passed  %4d failed\n' "$name" "$took" "$p" "$f"
  [ "$f" = 0 ] || grep -vE '^(ok|# Subtest|  +---|  +\.\.\.|  +duration_ms)' "$log" | tail -60
}

# lane NAME COMMAND NAME COMMAND…: runs the commands (words split at blanks) one after another
# beside everything else; `stage NAME ended NAME` waits for one of them and takes its log, its status
# and its seconds.
lane() {
  while [ $# -gt 0 ]; do
    local file="$out/${1// /-}" start=$SECONDS status=0
    $2 >"$file.early" 2>&1 || status=$?
    echo "$status $((SECONDS - start))" >"$file.tmp" && mv "$file.tmp" "$file.ended"
    shift 2
  done
}
ended() {
  local file="$out/${1// /-}" status
  while [ ! -f "$file.ended" ]; do sleep 1; done
  cat "$file.early"
  read -r status took <"$file.ended"
  return "$status"
}

# tck FOLDER: all cases of level 2; of the others those that expect a value, at least $2 of them.
# Cases beyond that are the business of the conformance suite: named in the log, not counted.
tck() {
  build/asan/jixia dmn tck "$1" --verbose >"$out/tck.tmp" || true
  if [ "$2" = all ]; then
    cat "$out/tck.tmp"
    tail -1 "$out/tck.tmp" | grep -q ' 0 failed$'
    return
  fi
  sed -n '/^value-bearing/!p' "$out/tck.tmp" | sed '$d'
  sed -nE 's/^value-bearing: ([0-9]+) of ([0-9]+) passed$/value-bearing \1 of \2/p' "$out/tck.tmp"
  local n
  n=$(sed -nE 's/^value-bearing: ([0-9]+) of .*/\1/p' "$out/tck.tmp")
  local all
  all=$(sed -nE 's/^([0-9]+) passed.*/\1/p' "$out/tck.tmp" | tail -1)
  if [ "${n:-0}" -lt "$2" ]; then
    echo "$all passed, 1 failed"
    return 1
  fi
  echo "$all passed, 0 failed"
}

tidy() {
  if build/tools/tidy; then echo '1 passed, 0 failed'; else echo '0 passed, 1 failed'; return 1; fi
}

stage 'house rules' tidy
# What never opens a store (the engine, codecs, readers) runs once; the rest on both databases, but for
# the walk of every route by every reader, which takes a minute and asks the same of either.
stored=$(grep -lE 'test_db_url|test_program_folder|tests/(http|library|store)_fixture\.h|unit/flow_play\.h' \
  tests/unit/*.c | grep -v test_rights.c | tr '\n' ' ')
lane 'unit PostgreSQL' "tests/pg.sh build/asan/tests/run $stored" \
  'round' tests/round.sh \
  'threads' build/tsan/tests/threads \
  'library' tests/library.sh \
  'titles' tests/titles.sh \
  'decimal oracle' 'tests/oracle/run.sh build/asan/tests/ops 10000' \
  'kill' 'python3 -B tests/kill_round.py build/asan/jixia build/kill-round 10' \
  'mail' 'tests/mail.sh build/asan/jixia 6' \
  'journey' 'tests/journey.sh build/asan/jixia' \
  'browser 2' 'tests/e2e.sh 2/2' &
stage 'unit SQLite' build/asan/tests/run
cases=../shared/tck/TestCases
if [ -d "$cases" ]; then
  stage 'TCK level 2' tck "$cases/compliance-level-2" all
  stage 'TCK level 3' tck "$cases/compliance-level-3" 875
else
  echo "TCK                      skipped: $cases is not there"
fi
stage 'web' npm --prefix web test --silent
stage 'browser' tests/e2e.sh 1/2
for name in 'unit PostgreSQL' 'round' 'threads' 'library' 'titles' 'decimal oracle' 'kill' 'mail' 'journey' \
  'browser 2'; do
  stage "$name" ended "$name"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
