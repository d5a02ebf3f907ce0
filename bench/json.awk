# Lines `name value unit` or `name skipped (why)` as one JSON object.
function quoted(s) {
  gsub(/\\/, "\\\\", s)
  gsub(/"/, "\\\"", s)
  return "\"" s "\""
}
BEGIN { print "{" }
{
  if (NR > 1) printf ",\n"
  rest = $0
  sub(/^[^ ]+ [^ ]+ ?/, "", rest)
  gsub(/^\(|\)$/, "", rest)
  if ($2 == "skipped")
    printf "  %s: {\"skipped\": %s}", quoted($1), quoted(rest)
  else
    printf "  %s: {\"value\": %s, \"unit\": %s}", quoted($1), $2, quoted(rest)
}
END { print "\n}" }
