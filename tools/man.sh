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
.SH EXIT STATUS
0 ok; 1 the answer is no or rows were refused; 2 wrong usage or bad input; 3 internal.
.SH ENVIRONMENT
JIXIA_DATA, JIXIA_DB, JIXIA_PACK, JIXIA_LANG (zh or en)
TAIL
