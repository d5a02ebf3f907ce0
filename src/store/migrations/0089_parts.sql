-- What a request over many has done already, one row a case, until its answer is kept: after the death
-- of the server the same request goes on where it stopped. request_sha256: of the request.
CREATE TABLE idempotency_part (
  app_user $INT NOT NULL,
  key $TEXT NOT NULL,
  item $INT NOT NULL,
  request_sha256 $TEXT NOT NULL,
  result $TEXT NOT NULL,
  made_ms $INT NOT NULL,
  PRIMARY KEY(app_user, key, item)
) $CLUSTERED;
CREATE INDEX idempotency_part_made ON idempotency_part(made_ms);
