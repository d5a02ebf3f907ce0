#!/bin/bash
# run.sh OPS COUNT: COUNT random operations of each decimal function, made by the program OPS,
# checked by decimal_check.py; two functions at a time. A line each, then `N passed, N failed`.
set -u
cd "$(dirname "$0")/../.."
ops=$1 count=$2
out=build/results/oracle
rm -rf "$out" && mkdir -p "$out"
functions="add sub mul div mod sqrt exp ln powi powf text
  round-he round-hu round-hd round-up round-dn round-fl round-ce"
one() { "$1" "$2" "$3" | python3 -B tests/oracle/decimal_check.py - >"$4/$3" 2>&1; }
export -f one
echo $functions | tr ' ' '\n' |
  xargs -P "$(nproc)" -I{} bash -c 'one "$@"' _ "$ops" "$count" {} "$out"
passed=0 failed=0
for f in $functions; do
  line=$(tail -1 "$out/$f")
  printf '%-9s %s\n' "$f" "$line"
  case $line in
  "$count checked, 0 different"*) passed=$((passed + 1)) ;;
  *) failed=$((failed + 1)) && head -20 "$out/$f" ;;
  esac
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
