#!/bin/bash
# `make bench`: ours and other engines in one run on one core, medians; a table on the screen, all
# figures in build/bench.json. A peer that cannot be installed says so and nothing fails. How to
# read it: bench/README.md.
#
#   BENCH_ROWS=N      rows of the import (100000)
#   BENCH_PEERS=no    without the other engines
set -eu
cd "$(dirname "$0")/.."
RUNS=5 ROWS=${BENCH_ROWS:-100000} ZEN_ROWS=300
dir=$(mktemp -d /tmp/jixia-bench.XXXXXX)
trap 'rm -rf "$dir"' EXIT
figures=$dir/figures
peers=build/bench/peers
one=$(command -v taskset >/dev/null && echo "taskset -c 0" || true)

now() { date +%s%N; }
median() { sort -n | sed -n "$((RUNS / 2 + 1))p"; }
figure() { echo "$1 $2" | awk -v name="$3" -v unit="$4" '{ printf "%s %.0f %s\n", name, $1 / $2 * 1e9, unit }'; }
step() { echo "bench: $*" >&2; }

# The other engines at the versions of bench/peers/package-lock.json, kept in build/bench/peers. Not
# `npm ci`: the lock names no programs for other machines than the one it was made on.
install_peers() {
  [ "${BENCH_PEERS:-yes}" = yes ] && command -v npm >/dev/null || return 0
  cmp -s bench/peers/package-lock.json $peers/.installed && return 0
  step "installing the other engines"
  rm -rf $peers && mkdir -p $peers
  cp bench/peers/package.json bench/peers/package-lock.json bench/peers/.npmrc $peers/
  if (cd $peers && npm install --no-audit --no-fund --loglevel=error) >$peers.log 2>&1; then
    cp bench/peers/package-lock.json $peers/.installed
  else
    step "not installed: $(grep -m1 -E 'npm (ERR|error)' $peers.log || echo "see $peers.log")"
  fi
}

# peer NAME… -- ARGUMENTS: the figures of peers.mjs, or a line for each name when it cannot run.
peer() {
  names=()
  while [ "$1" != -- ]; do names+=("$1"); shift; done
  shift
  if [ "${BENCH_PEERS:-yes}" = yes ] && command -v node >/dev/null && [ -d $peers ]; then
    (cd $peers && $one node "$OLDPWD/bench/peers/peers.mjs" "$@") && return 0
    why="the program failed"
  else
    why="not installed"
  fi
  for name in "${names[@]}"; do echo "$name.ns skipped ($why)"; done
}

policy() {
  step "the policy"
  $one build/bench/engine scalar bench/policy.dmn
  build/bench/engine policy 100000 >"$dir/policy.csv"
  peer policy.zen policy.zen_traced policy.feelin policy.duckdb -- policy "$dir/policy.csv"
}

tables() {
  for rules in 1000 3700 10000; do
    step "a table of $rules rules"
    $one build/bench/table run $rules
    build/bench/table json $rules $ZEN_ROWS >"$dir/table.json"
    peer table_$rules.zen -- table $rules "$dir/table.json"
  done
  $one build/bench/table worst 10000
}

import_rows() {
  step "the import"
  export JIXIA_DATA=$dir/data
  build/bench/engine rows "$ROWS" >"$dir/rows.csv"
  build/bench/engine codec "$dir/rows.csv" src/http/openapi.json
  for _ in $(seq $RUNS); do
    rm -rf "$JIXIA_DATA" "$dir/peer.db"
    build/jixia init >/dev/null
    start=$(now)
    build/jixia import "$dir/rows.csv" --year 2021 --json >"$dir/import.json"
    echo $(($(now) - start)) >>"$dir/own"
    start=$(now)
    sqlite3 "$dir/peer.db" '.mode csv' ".import $dir/rows.csv rows"
    echo $(($(now) - start)) >>"$dir/peer"
  done
  facts=$(sed -nE 's/.*"facts": *([0-9]+).*/\1/p' "$dir/import.json" | head -1)
  accepted=$(sed -nE 's/.*"accepted": *([0-9]+).*/\1/p' "$dir/import.json" | head -1)
  [ "$accepted" = "$ROWS" ] || { echo "bench: $accepted of $ROWS rows were accepted" >&2; exit 1; }
  own=$(median <"$dir/own") peer=$(median <"$dir/peer")
  figure "$facts" "$own" import.facts_per_s facts/s
  figure "$ROWS" "$own" import.rows_per_s rows/s
  figure "$ROWS" "$peer" import.sqlite3_rows_per_s rows/s
  echo "$own $peer" | awk '{ printf "import.vs_sqlite3 %.2f x\n", $1 / $2 }'
}

install_peers
policy >"$figures"
tables >>"$figures"
import_rows >>"$figures"
awk -f bench/report.awk "$figures"
awk -f bench/json.awk "$figures" >build/bench.json.new && mv build/bench.json.new build/bench.json
echo
echo "every figure: build/bench.json"
