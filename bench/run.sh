#!/bin/bash
# `make bench`: one figure a line, `name value unit`; ratios come from this run on this machine,
# medians of RUNS. A peer that is not here prints `skipped` and why.
set -eu
cd "$(dirname "$0")/.."
RUNS=5 ROWS=${BENCH_ROWS:-100000}
dir=$(mktemp -d /tmp/jixia-bench.XXXXXX)
trap 'rm -rf "$dir"' EXIT
engine=build/bench/engine

now() { date +%s%N; }
median() { sort -n | sed -n "$((RUNS / 2 + 1))p"; }
figure() { echo "$1 $2" | awk -v name="$3" -v unit="$4" '{ printf "%s %.0f %s\n", name, $1 / $2 * 1e9, unit }'; }

$engine scalar bench/policy.dmn
$engine rows "$ROWS" >"$dir/rows.csv"
$engine codec "$dir/rows.csv" src/http/openapi.json

export JIXIA_DATA=$dir/data
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

for peer in zen feelin duckdb; do
  echo "scalar.vs_$peer skipped (compared from the columnar engine on)"
done
echo "batch.ns_per_row skipped (no columnar engine yet)"
