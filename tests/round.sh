#!/bin/bash
# One round by the command line and by the API on two copies of one generated city; see round.py.
set -eu
cd "$(dirname "$0")/.."
[ -f build/tests/moved_clock.so ] || { echo "first: make build/tests/moved_clock.so" >&2; exit 2; }
dir=$(mktemp -d /tmp/jixia-round.XXXXXX)
trap 'rm -rf "$dir"' EXIT
export JIXIA_DATA=$dir
python3 -B tests/round.py "${1:-build/asan/jixia}" "$dir" "${2:-1500}"
