-- Wrong passwords by name, whether or not somebody has that name: what is answered tells nothing
-- about it. Rows are forgotten some minutes after the last failure.
CREATE TABLE sign_in_failure (
  name $TEXT NOT NULL PRIMARY KEY,
  failures $INT NOT NULL,
  locked_until_ms $INT NOT NULL,
  last_ms $INT NOT NULL
) $CLUSTERED;
ALTER TABLE app_user DROP COLUMN failures;
ALTER TABLE app_user DROP COLUMN locked_until_ms;

INSERT INTO counter(name, next) SELECT 'app_user', COALESCE(max(id), 0) + 1 FROM app_user;
INSERT INTO counter(name, next) SELECT 'rule_set', COALESCE(max(id), 0) + 1 FROM rule_set;

-- Who holds a claim that is still running: an opening of the register, which says now and then that
-- it lives.
ALTER TABLE idempotency ADD COLUMN process $TEXT NOT NULL DEFAULT '';
CREATE TABLE process (
  name $TEXT NOT NULL PRIMARY KEY,
  seen_ms $INT NOT NULL
) $CLUSTERED;
