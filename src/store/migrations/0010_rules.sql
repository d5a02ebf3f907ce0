-- The rule sets a store has run, newest id in force. Contents are kept once and for ever, so that a
-- packet can be replayed with the rule version that made it.
CREATE TABLE rule_content (
  sm3 $TEXT NOT NULL PRIMARY KEY,
  bytes $BLOB NOT NULL
) $CLUSTERED;

CREATE TABLE rule_set (
  id $INT NOT NULL PRIMARY KEY,
  hash $TEXT NOT NULL,
  loaded_ms $INT NOT NULL,
  actor $TEXT NOT NULL
) $STRICT;

CREATE TABLE rule_set_file (
  rule_set $INT NOT NULL REFERENCES rule_set(id),
  place $INT NOT NULL,
  pack $TEXT NOT NULL,
  path $TEXT NOT NULL,
  sm3 $TEXT NOT NULL,
  PRIMARY KEY(rule_set, place)
) $CLUSTERED;

-- Which set first had a rule version (by its hash).
CREATE TABLE rule_version (
  hash $TEXT NOT NULL PRIMARY KEY,
  rule_set $INT NOT NULL REFERENCES rule_set(id),
  rule $TEXT NOT NULL,
  version $TEXT NOT NULL
) $CLUSTERED;

-- Decisions that were kept, as their packets. as_of is yyyymmdd.
CREATE TABLE decision (
  id $INT NOT NULL PRIMARY KEY,
  subject $INT NOT NULL REFERENCES subject(id),
  rule $TEXT NOT NULL,
  version $TEXT NOT NULL,
  as_of $INT NOT NULL,
  as_known_ms $INT NOT NULL,
  seq $INT NOT NULL,
  outcome $TEXT NOT NULL,
  packet $TEXT NOT NULL,
  made_ms $INT NOT NULL,
  actor $TEXT NOT NULL
) $STRICT;
CREATE INDEX decision_subject ON decision(subject, rule);

-- The facts a kept decision read: indicator code and year (0: attribute), with the seq that gave it.
CREATE TABLE decision_fact (
  decision $INT NOT NULL REFERENCES decision(id),
  indicator $TEXT NOT NULL,
  year $INT NOT NULL,
  seq $INT NOT NULL,
  PRIMARY KEY(decision, indicator, year)
) $CLUSTERED;
