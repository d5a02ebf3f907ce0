-- What one person may see of one enterprise beyond their role, such as a reviewer of a candidate:
-- up to a grade 0 公开 … 3 商业秘密, until a day. `why` names what it was given for (kind:id).
CREATE TABLE sight_grant (
  id $INT NOT NULL PRIMARY KEY,
  app_user $INT NOT NULL REFERENCES app_user(id),
  subject $INT NOT NULL REFERENCES subject(id),
  grade $INT NOT NULL,
  why $TEXT NOT NULL,
  from_day $INT NOT NULL,
  to_day $INT NOT NULL,
  actor $TEXT NOT NULL,
  made_ms $INT NOT NULL
) $STRICT;
CREATE INDEX sight_grant_user ON sight_grant(app_user);
INSERT INTO counter(name, next) VALUES ('sight_grant', 1);
