-- What people said of a line of a list and a firm: the pair is not asked again.
CREATE TABLE match_confirmation (
  line_key $TEXT NOT NULL,
  subject $INT NOT NULL REFERENCES subject(id),
  same $INT NOT NULL,
  actor $TEXT NOT NULL,
  at_ms $INT NOT NULL,
  PRIMARY KEY(line_key, subject)
) $CLUSTERED;

-- A list of the province or a ministry, compared with the titles the city has on record 对账.
-- items: what each line is, as JSON, frozen when the comparison was made.
CREATE TABLE reconciliation (
  id $INT NOT NULL PRIMARY KEY,
  version $INT NOT NULL,
  title $TEXT NOT NULL,
  tier $TEXT NOT NULL,
  level $TEXT NOT NULL,
  publisher $TEXT NOT NULL,
  as_of $INT NOT NULL,
  seq $INT NOT NULL,
  file_sm3 $TEXT NOT NULL,
  file_name $TEXT NOT NULL,
  lines $INT NOT NULL,
  agreed $INT NOT NULL,
  only_here $INT NOT NULL,
  only_there $INT NOT NULL,
  unclear $INT NOT NULL,
  made_ms $INT NOT NULL,
  actor $TEXT NOT NULL,
  reason $TEXT NOT NULL
) $STRICT;
CREATE TABLE reconciliation_line (
  reconciliation $INT NOT NULL REFERENCES reconciliation(id),
  place $INT NOT NULL,
  kind $INT NOT NULL,
  line $TEXT NOT NULL,
  subject $INT,
  title $INT,
  score $INT NOT NULL,
  cause $TEXT NOT NULL,
  settled $TEXT NOT NULL,
  settled_by $TEXT NOT NULL,
  settled_ms $INT,
  PRIMARY KEY(reconciliation, place)
) $CLUSTERED;
INSERT INTO counter(name, next) VALUES ('reconciliation', 1);
