#!/bin/bash
# distance.sh [FIRMS]: every suggestion for made-up firms (10,000) and all rules, decided again: it
# turns the outcome and one step less does not; whoever gets none is told what is in the way.
# Release build; prints what was met.
set -eu
cd "$(dirname "$0")/.."
make -s build/release/tests/run VARIANT=release
JIXIA_DISTANCE_FIRMS=${1:-10000} build/release/tests/run distance_of
