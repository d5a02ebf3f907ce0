#!/bin/bash
# mail.sh PROGRAM [TIMES]: a server with a mail server beside it (python3, 127.0.0.1) is killed (-9)
# TIMES (6) random moments while legal mails wait. In the end every mail was taken by the mail
# server at most once, each one not taken is unclear, none is lost. TLS with a certificate of our
# own: refused unless it is trusted, with the right name; the password is in no answer.
set -eu
program=$(realpath "$1") times=${2:-6}
cd "$(dirname "$0")/.."
. tests/server.sh
server_start "$program" jixia-mail
port=${url##*:} smtp=
clean_all() { [ -z "$smtp" ] || kill "$smtp" 2>/dev/null || true; server_clean; }
trap clean_all EXIT
fail() { echo "mail: $*" >&2; exit 1; }

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout "$dir/tls.key" -out "$dir/tls.pem" 2>/dev/null
smtp_start() { # plain|tls
  rm -f "$dir/smtp.port"
  python3 -B tests/smtp_server.py "$1" "$dir" >"$dir/smtp.log" 2>&1 &
  smtp=$!
  for _ in $(seq 100); do [ -s "$dir/smtp.port" ] && break; sleep 0.1; done
  mail_port=$(cat "$dir/smtp.port")
}
smtp_stop() { kill "$smtp" 2>/dev/null || true; wait "$smtp" 2>/dev/null || true; smtp=; }

# --- TLS ---
smtp_start tls
echo "s3cret-word" >"$dir/password"
chmod 644 "$dir/password"
configure() {
  "$program" mail configure --from office@example.cn --reason test "$@" >"$dir/out" 2>&1
}
configure --server "smtps://localhost:$mail_port" --user office --password-file "$dir/password" || fail "settings"
if "$program" mail test w@example.cn >"$dir/out" 2>&1; then fail "a password file others may read"; fi
chmod 600 "$dir/password"
if "$program" mail test w@example.cn >"$dir/out" 2>&1; then fail "a certificate nobody trusts"; fi
[ ! -s "$dir/taken" ] || fail "something went to a server that is not trusted"
configure --server "smtps://127.0.0.1:$mail_port" --ca "$dir/tls.pem" --user office --password-file "$dir/password"
if "$program" mail test w@example.cn >"$dir/out" 2>&1; then fail "a certificate of another name"; fi
[ ! -s "$dir/taken" ] || fail "something went to a server of another name"
configure --server "smtps://localhost:$mail_port" --ca "$dir/tls.pem" --user office --password-file "$dir/password"
"$program" mail test w@example.cn >"$dir/out" 2>&1 || { cat "$dir/out"; fail "a server that is trusted"; }
grep -q "AUTH PLAIN $(printf '\0office\0s3cret-word' | base64)" "$dir/smtp.log" || fail "no signing in"
for words in "mail show" "mail list --json" "journal list"; do
  # shellcheck disable=SC2086
  if "$program" $words 2>&1 | grep -q "s3cret-word"; then fail "the password shows: $words"; fi
done
if grep -rq "s3cret-word" "$dir/jixia.db" "$dir/serve.log"; then fail "the password is stored"; fi
smtp_stop

# --- killed while sending ---
kill -KILL "$pid"; wait "$pid" 2>/dev/null || true; pid=
smtp_start plain
configure --server "smtp://127.0.0.1:$mail_port" --plain || fail "plain settings"
sqlite3 "$dir/jixia.db" "DELETE FROM mail_try; DELETE FROM mail; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
 INSERT INTO mail(kind, day, address, subject, body, object, actor, made_ms, next_ms, tries, state, message_id, content_sm3, answer)
 SELECT 'letter', 20000, 'firm' || i || '@example.cn', 's', 'b', 'letter:' || i, 'w', 1, 1, 0, 0, '', '', '' FROM n"
for _ in $(seq "$times"); do
  "$program" mail send >"$dir/send.log" 2>&1 &
  sender=$!
  sleep "0.$(printf %03d $((RANDOM % 400 + 30)))"
  kill -KILL "$sender" 2>/dev/null || true
  wait "$sender" 2>/dev/null || true
  sqlite3 -cmd ".timeout 5000" "$dir/jixia.db" "UPDATE mail SET held_ms = 1 WHERE state IN (1, 2)" # five minutes pass
done
"$program" mail send >"$dir/send.log" 2>&1 || true
"$program" mail send >"$dir/send.log" 2>&1 || true
twice=$(sort "$dir/taken" | grep firm | uniq -d | wc -l)
taken=$(grep -c firm "$dir/taken" || true)
sent=$(sqlite3 "$dir/jixia.db" "SELECT count(*) FROM mail WHERE state = 3")
unclear=$(sqlite3 "$dir/jixia.db" "SELECT count(*) FROM mail WHERE state = 6")
other=$(sqlite3 "$dir/jixia.db" "SELECT count(*) FROM mail WHERE state NOT IN (3, 6)")
echo "mail: $times kills, 120 mails: $taken taken, $sent sent, $unclear unclear, $twice twice, $other left"
[ "$twice" = 0 ] && [ "$other" = 0 ] && [ "$((sent + unclear))" = 120 ] && [ "$taken" -ge "$sent" ] || fail "lost or doubled"
"$program" journal verify >/dev/null || fail "the journal"
smtp_stop
echo "1 passed, 0 failed"
