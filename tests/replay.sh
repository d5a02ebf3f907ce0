#!/bin/bash
# replay.sh [FIRMS]: keeps the decisions of all rules for a made-up city (5,500 firms: more than
# 100,000 decisions), then makes a thousand later edits: corrected facts, an import undone, mergers,
# withdrawn facts, a revised pack. Every decision must then replay to the same bytes. Release build.
set -eu
cd "$(dirname "$0")/.."
make -s build/release/jixia VARIANT=release
firms=${1:-5500} jixia=$PWD/build/release/jixia
dir=$(mktemp -d /tmp/jixia-replay.XXXXXX)
trap 'rm -rf "$dir"' EXIT
export JIXIA_DATA=$dir JIXIA_LANG=en
"$jixia" init >/dev/null
"$jixia" demo --enterprises "$firms" --seed 1
"$jixia" evaluate --keep --as-of 2022-06-30 | tail -1

"$jixia" evaluate --rule zibo/gazelle --as-of 2022-06-30 --out "$dir/all.csv" >/dev/null
sed 1d "$dir/all.csv" | grep DEMO | cut -d, -f1 | sed 's/^uscc://' >"$dir/codes"
{
  echo '统一社会信用代码,营业收入(万元)'
  head -300 "$dir/codes" | awk '{ print $1 "," 5000 + NR * 37 }'
} >"$dir/corrected.csv"
{
  echo '统一社会信用代码,从业人员(人)'
  sed -n 301,500p "$dir/codes" | awk '{ print $1 "," 50 + NR }'
} >"$dir/undone.csv"
"$jixia" import "$dir/corrected.csv" --source annual_report --year 2021 --reason later | tail -1
batch=$("$jixia" import "$dir/undone.csv" --source annual_report --year 2021 --reason later |
  sed -nE 's/.*--undo ([0-9]+)$/\1/p')
"$jixia" import --undo "$batch" --reason mistaken | tail -1
sed -n 501,900p "$dir/codes" | paste -d' ' - - >"$dir/pairs"
while read -r kept absorbed; do
  "$jixia" subject merge "$kept" "$absorbed" --reason "the same firm" >/dev/null
done <"$dir/pairs"
echo "$(wc -l <"$dir/pairs") mergers"
sed -n 901,1200p "$dir/codes" >"$dir/renamed"
{
  echo '统一社会信用代码,企业名称,营业收入(万元)'
  awk '{ print $1 ",演示更名企业" NR "有限公司," 9000 + NR }' "$dir/renamed"
} >"$dir/renamed.csv"
"$jixia" import "$dir/renamed.csv" --source annual_report --year 2020 --reason later | tail -1

cp -R packs "$dir/packs"
sed -i 's/营业收入.前3年 &gt;= 10000000/营业收入.前3年 \&gt;= 20000000/' \
  "$dir"/packs/zibo/rules/gazelle/*.dmn
if cmp -s packs/zibo/rules/gazelle/gazelle-2021.dmn "$dir/packs/zibo/rules/gazelle/gazelle-2021.dmn"; then
  echo "replay.sh: the pack was not changed" >&2
  exit 1
fi
"$jixia" init --pack "$dir/packs/zibo" >"$dir/init.log" 2>&1 || { cat "$dir/init.log" >&2; exit 1; }
"$jixia" replay --all
"$jixia" journal verify
