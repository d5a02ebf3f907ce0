#!/bin/bash
# The annual round in a browser: a city of 4,800 firms (tests/city.py), the real server under a clock
# the test moves, Chromium. journey.sh [JIXIA]
set -eu
cd "$(dirname "$0")/.."
jixia=$(realpath "${1:-build/asan/jixia}")
dir=$(mktemp -d /tmp/jixia-journey.XXXXXX)
trap 'rm -rf "$dir"' EXIT
python3 -B tests/city.py "$jixia" "$dir"
# The test starts and ends the server itself: it wants to see that it ends well.
JIXIA_CITY=$dir JIXIA_PROGRAM=$jixia node web/tools/test.mjs journey
