#!/bin/bash
# The library as others get it: installed into a folder, found with pkg-config, compiled against as C
# and C++, linked shared and static, its examples and the program of its README run, and a machine
# without memory survived. Ends with `N passed, N failed`.
set -u
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# check NAME COMMAND…
check() {
  local name=$1
  shift
  if "$@" >"$work/log" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAIL $name"
    sed 's/^/  /' "$work/log" | tail -20
  fi
}

same() { diff <("${@:2}" 2>&1) "$1"; }

make -s --no-print-directory install-library DESTDIR="$work/tree" PREFIX=/opt/jixia >"$work/log" 2>&1 ||
  { cat "$work/log"; echo "0 passed, 1 failed"; exit 1; }
mv "$work/tree/opt/jixia" "$work/moved" # the tree finds itself wherever it is
export PKG_CONFIG_PATH=$work/moved/lib/pkgconfig LD_LIBRARY_PATH=$work/moved/lib
flags=$(pkg-config --cflags jixia-dmn) libs=$(pkg-config --libs jixia-dmn)
warn='-Wall -Wextra -pedantic -Werror'

# shellcheck disable=SC2086
compile() { gcc -std=c11 $warn $flags "$1" -o "$2" $libs -pthread; }
# shellcheck disable=SC2086
compile_static() {
  gcc -std=c11 $warn $flags "$1" -o "$2" "$work/moved/lib/libjixia-dmn.a" \
    $(pkg-config --static --libs-only-l jixia-dmn | sed 's/-ljixia-dmn//') -pthread
}

echo '#include <jixia/dmn.h>' >"$work/header.c"
# shellcheck disable=SC2086
check 'header as C11' gcc -std=c11 $warn $flags -fsyntax-only "$work/header.c"
# shellcheck disable=SC2086
check 'header as C++17' g++ -std=c++17 $warn $flags -x c++ -fsyntax-only "$work/header.c"

sed -n '/^```c$/,/^```$/{/^```/!p}' docs/library.md >"$work/first.c"
check 'README program compiles' compile "$work/first.c" "$work/first"
check 'README program runs' same <(echo 74074.0734) "$work/first"
check 'README program is short' test "$(sed -n '/^int main/,/^}/p' "$work/first.c" | wc -l)" -le 20

for name in evaluate why_not check_threads; do
  check "$name compiles" compile "examples/$name.c" "$work/$name"
  check "$name compiles static" compile_static "examples/$name.c" "$work/$name.static"
done
for kind in '' .static; do
  check "evaluate$kind" same examples/evaluate.out \
    "$work/evaluate$kind" examples/grant.dmn examples/grant.json 补助金额
  check "why_not$kind" same examples/why_not.out "$work/why_not$kind" examples/grant.dmn
  check "check_threads$kind" same examples/check_threads.out \
    "$work/check_threads$kind" examples/grant.dmn
done
check 'evaluate refuses' bash -c "! '$work/evaluate' examples/grant.json examples/grant.json x"

# Nothing but libc, libm and what the engine needs.
needs() {
  ldd "$1" | awk '{ print $1 }' | sed 's|.*/||' |
    grep -vE '^(linux-vdso|ld-linux-x86-64|libc|libm|libexpat|libpcre2-8|libjixia-dmn)\.so' && return 1
  ldd "$1" | grep -q libc.so
}
check 'ldd of an example' needs "$work/evaluate"
check 'ldd of a static example' needs "$work/evaluate.static"
only_ours() {
  nm "$@" --defined-only | awk 'NF >= 3 && $2 != "A" { print $3 }' | grep -v '^jx_dmn_' && return 1
  test "$(nm "$@" --defined-only | grep -c ' T jx_dmn_')" -ge 40
}
check 'the shared library shows only jx_dmn_*' only_ours -D "$work/moved/lib/libjixia-dmn.so.0"
check 'the archive shows only jx_dmn_*' only_ours -g "$work/moved/lib/libjixia-dmn.a"
check 'every function of the header is there' bash -c "
  grep -oE 'jx_dmn_[a-z_0-9]+\(' include/jixia/dmn.h | tr -d '(' | sort -u >'$work/declared'
  nm -D --defined-only '$work/moved/lib/libjixia-dmn.so.0' |
    awk '\$2 == \"T\" { sub(/@.*/, \"\", \$3); print \$3 }' | sort -u >'$work/defined'
  diff '$work/declared' '$work/defined'"

check 'no memory: compiles' compile tests/library/oom.c "$work/oom"
check 'no memory at any request' "$work/oom" examples/grant.dmn 补助金额
check 'manual page' test -s "$work/moved/share/man/man3/jixia-dmn.3"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
