#!/bin/bash
# The library of titles, worked out a second time from the raw rows; see titles.py. titles.sh [JIXIA [SEED…]]
set -eu
cd "$(dirname "$0")/.."
jixia=${1:-build/asan/jixia}
[ $# -gt 1 ] || set -- "$jixia" 7 9
dir=$(mktemp -d /tmp/jixia-titles.XXXXXX)
trap 'rm -rf "$dir"' EXIT
for seed in "${@:2}"; do
  mkdir "$dir/$seed"
  python3 -B tests/titles.py "$jixia" "$dir/$seed" "$seed"
done
