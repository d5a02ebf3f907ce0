#!/bin/sh
# man.sh PROGRAM: the manual page, made of what the program says of itself.
set -eu
cat <<'HEAD'
.TH JIXIA 1
.SH NAME
jixia \- decide and explain a city's industrial policy
.SH SYNOPSIS
.B jixia
.I COMMAND
.RI [ OPTION ...]
.SH DESCRIPTION
Jixia keeps a city's register of enterprises, decides by published, dated rules who stands in which
tier and what support each enterprise is entitled to, and explains each decision down to the
article and the fact. Every command knows
.B \-\-db URL
(SQLite file or postgresql:// address; default jixia.db in $JIXIA_DATA, else in
~/.local/share/jixia) and
.BR \-\-json .
.SH COMMANDS
HEAD
JIXIA_LANG=en "$1" help | sed -e 's/\\/\\\\/g' -e 's/-/\\-/g' | awk '
  /^  / { sub(/^  +/, ""); print ".br"; print; next }
  { name = $1; sub(/^[^ ]+ +/, ""); print ".TP"; print ".B " name; print }'
cat <<'TAIL'
.SH CHECKING A MODEL
.B dmn check
lists what is wrong with a DMN model, or may be, without running it: names and types nobody knows,
inputs and requirements that are not used, results that can only be null, cells that can never
match, rules that overlap, contradict each other or are never reached, and inputs no rule covers.
Each finding has a code, a severity (error, warning, remark), a place and a hint; those of a table
name rule and column and give a row of inputs that shows them, which
.B dmn eval \-\-input
runs.
.B \-\-budget
is the number of steps (500,000,000, about 2 seconds); where it ended the search, a finding says so.
.B \-\-shown
is how many findings of one kind are listed for a table (50). With
.B \-\-boundary
it writes test rows instead: each cut point of a table and its neighbours, and a row for every rule.
The exit status is 1 when there is an error.
.SH EXIT STATUS
0 ok; 1 the answer is no or rows were refused; 2 wrong usage or bad input; 3 internal.
.SH ENVIRONMENT
JIXIA_DATA, JIXIA_DB, JIXIA_PACK, JIXIA_LANG (zh or en)
TAIL
