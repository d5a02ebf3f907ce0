# The figures of a run (lines `name value unit` or `name skipped (why)`) as tables for people.
{
  value[$1] = $2
  rest = $0
  sub(/^[^ ]+ [^ ]+ ?/, "", rest)
  unit[$1] = rest
  order[NR] = $1
}

function row(label, name, wrong, rows, inexact) {
  if (!(name in value)) return
  if (value[name] == "skipped") {
    printf "  %-30s %12s  %s\n", label, "-", unit[name]
    return
  }
  if (wrong in value)
    note = sprintf("%d of %d cents wrong, %d not the nearest double", value[wrong], value[rows],
                   value[inexact])
  else
    note = "0 cents wrong"
  printf "  %-30s %12.0f %9.2f  %s\n", label, value[name], value[name] / value[ours], note
}

function peer(label, key) {
  row(label, "policy." key ".ns", "policy." key ".wrong", "policy." key ".rows",
      "policy." key ".inexact")
}

function table(n, t, zen, own) {
  t = "table_" n "."
  if (!((t "load_ms") in value)) return
  own = value[t "ns_per_evaluation"]
  zen = value[t "zen.ns"]
  printf "  %7d %9.1f %9.0f %8.2f %9.2f %7.2f %9.2f %10.0f ", n, value[t "load_ms"],
         value[t "check_ms"], value[t "xml_mb"], value[t "memory_mb"], value[t "memory_per_xml"],
         value[t "heap_mb"], own
  if (zen == "" || zen == "skipped")
    printf "%12s  %s\n", "-", unit[t "zen.ns"]
  else
    printf "%12.0f %7.0f\n", zen, zen / own
}

END {
  ours = "scalar.ns_per_decision"
  print "\nOne decision of bench/policy.dmn, processor time"
  printf "  %-30s %12s %9s  %s\n", "", "ns", "x ours", "amounts"
  row("plain C, by hand", "scalar.plain_c_ns")
  row("Jixia", ours)
  row("Jixia, traced", "scalar.traced_ns")
  row("Jixia, every cell explained", "scalar.explained_ns")
  peer("zen", "zen")
  peer("zen, traced", "zen_traced")
  peer("feelin, cell by cell", "feelin")
  peer("DuckDB, SQL over all rows", "duckdb")

  print "\nFIRST tables of eight inputs; zen answers the same rows, every answer compared"
  printf "  %7s %9s %9s %8s %9s %7s %9s %10s %12s %7s\n", "rules", "load ms", "check ms",
         "XML MB", "model MB", "x XML", "heap MB", "ns/row", "zen ns/row", "x"
  table(1000)
  table(3700)
  table(10000)

  print "\nThe rest"
  for (i = 1; i <= NR; i++) {
    name = order[i]
    if (name ~ /^(scalar|policy)\./ || name ~ /^table_[0-9]/) continue
    printf "  %-34s %14s %s\n", name, value[name], unit[name]
  }
}
