#!/bin/bash
# The browser suite against the real server: a fresh store, a free loopback port; the server is
# stopped by its own process id and must end well (leaks included). e2e.sh [K/N]: every N-th file of
# it from the K-th on.
set -eu
cd "$(dirname "$0")/.."
. tests/server.sh
server_start build/asan/jixia "jixia-e2e" 400
export JIXIA_URL=$url JIXIA_USER=admin JIXIA_PASSWORD=$password
status=0
npm --prefix web run --silent e2e -- ${1:-1/1} || status=$?
server_stop || { status=1; echo "the server ended with a failure"; }
cat "$dir/serve.log" | tail -40
exit $status
