-- People who sign in. roles is a set of bits (city/rights.h), version the ETag of a row.
CREATE TABLE app_user (
  id $INT NOT NULL PRIMARY KEY,
  name $TEXT NOT NULL UNIQUE,
  display_name $TEXT NOT NULL,
  department $TEXT NOT NULL,
  district $TEXT NOT NULL,
  roles $INT NOT NULL,
  password $TEXT NOT NULL,
  must_change $INT NOT NULL,
  disabled $INT NOT NULL,
  failures $INT NOT NULL,
  locked_until_ms $INT NOT NULL,
  created_ms $INT NOT NULL,
  last_sign_in_ms $INT NOT NULL,
  last_sign_in_from $TEXT NOT NULL,
  version $INT NOT NULL
) $STRICT;

-- Sessions are known by the SM3 of their token only.
CREATE TABLE session (
  token_sm3 $TEXT NOT NULL PRIMARY KEY,
  app_user $INT NOT NULL REFERENCES app_user(id),
  created_ms $INT NOT NULL,
  seen_ms $INT NOT NULL,
  expires_ms $INT NOT NULL,
  address $TEXT NOT NULL
) $CLUSTERED;
CREATE INDEX session_by_user ON session(app_user);

-- Answers to repeatable writes, kept seven days. status 0: still running.
CREATE TABLE idempotency (
  key $TEXT NOT NULL,
  app_user $INT NOT NULL,
  request_sha256 $TEXT NOT NULL,
  status $INT NOT NULL,
  etag $TEXT NOT NULL,
  location $TEXT NOT NULL,
  body $BLOB NOT NULL,
  made_ms $INT NOT NULL,
  PRIMARY KEY(app_user, key)
) $CLUSTERED;
