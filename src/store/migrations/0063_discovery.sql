-- Interests 利益关系 in an enterprise, declared by an organisation or a person (0: not of one).
-- kind: city/library/interest.h. share: of the capital, a fraction as canonical decimal text, empty
-- when there is none or it is not known. Days are yyyymmdd, 0 open; to_day the first day it no
-- longer holds. A row only ever ends; a corrected declaration is a new row.
CREATE TABLE interest (
  id $ID,
  organisation $INT NOT NULL,
  app_user $INT NOT NULL,
  subject $INT NOT NULL REFERENCES subject(id),
  kind $TEXT NOT NULL,
  share $TEXT NOT NULL,
  note $TEXT NOT NULL,
  from_day $INT NOT NULL,
  to_day $INT NOT NULL,
  declared_ms $INT NOT NULL,
  declared_by $TEXT NOT NULL,
  ended_ms $INT,
  ended_by $TEXT NOT NULL
) $STRICT;
CREATE INDEX interest_subject ON interest(subject);
CREATE INDEX interest_organisation ON interest(organisation, subject);
CREATE INDEX interest_user ON interest(app_user, subject);
