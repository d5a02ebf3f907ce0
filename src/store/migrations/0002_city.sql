-- Subjects, facts with two clocks, the journal. Why facts are packed: docs/decisions/0003.

CREATE TABLE subject (
  id $INT NOT NULL PRIMARY KEY,
  kind $INT NOT NULL,
  name $TEXT NOT NULL,
  code $TEXT NOT NULL,
  demo $INT NOT NULL,
  merged_into $INT REFERENCES subject(id),
  division $TEXT NOT NULL,
  unit $TEXT NOT NULL,
  created_ms $INT NOT NULL
) $STRICT;
CREATE INDEX subject_merged ON subject(merged_into) WHERE merged_into IS NOT NULL;

-- key is the folded value; days are yyyymmdd, 0 open, to_day the first day it no longer holds.
CREATE TABLE identifier (
  key $TEXT NOT NULL,
  scheme $TEXT NOT NULL,
  subject $INT NOT NULL,
  from_day $INT NOT NULL,
  to_day $INT NOT NULL,
  value $TEXT NOT NULL,
  marked $INT NOT NULL,
  recorded_ms $INT NOT NULL,
  PRIMARY KEY(key, scheme, subject, from_day)
) $CLUSTERED;
CREATE INDEX identifier_subject ON identifier(subject);

CREATE TABLE placement (
  subject $INT NOT NULL,
  kind $INT NOT NULL,
  from_day $INT NOT NULL,
  recorded_ms $INT NOT NULL,
  code $TEXT NOT NULL,
  PRIMARY KEY(subject, kind, from_day, recorded_ms)
) $CLUSTERED;

CREATE TABLE merger (
  id $ID,
  kept $INT NOT NULL REFERENCES subject(id),
  absorbed $INT NOT NULL REFERENCES subject(id),
  made_ms $INT NOT NULL,
  actor $TEXT NOT NULL,
  reason $TEXT NOT NULL,
  undone_ms $INT,
  undone_by $TEXT,
  undone_reason $TEXT
) $STRICT;

-- For each token, the ids of a block of 65,536 that have it, two bytes each, ascending. Part 0 is
-- rewritten by single additions; every bulk load writes a part of its own.
CREATE TABLE posting (
  token $TEXT NOT NULL,
  block $INT NOT NULL,
  part $INT NOT NULL,
  ids $BLOB NOT NULL,
  PRIMARY KEY(token, block, part)
) $CLUSTERED;

CREATE TABLE source (
  id $INT NOT NULL PRIMARY KEY,
  code $TEXT NOT NULL UNIQUE,
  title $TEXT NOT NULL,
  note $TEXT NOT NULL
) $STRICT;

CREATE TABLE indicator (
  id $INT NOT NULL PRIMARY KEY,
  code $TEXT NOT NULL UNIQUE
) $STRICT;

-- seq and recorded_ms are NULL while the batch is staged.
CREATE TABLE batch (
  id $INT NOT NULL PRIMARY KEY,
  seq $INT UNIQUE,
  recorded_ms $INT,
  known_ms $INT NOT NULL,
  made_ms $INT NOT NULL,
  facts $INT NOT NULL,
  content_sm3 $TEXT NOT NULL,
  origin $TEXT NOT NULL,
  origin_sha256 $TEXT NOT NULL,
  reverses $INT UNIQUE REFERENCES batch(id),
  actor $TEXT NOT NULL,
  reason $TEXT NOT NULL
) $STRICT;
CREATE INDEX batch_file ON batch(origin_sha256) WHERE origin_sha256 <> '';

-- One packed record per subject, year and batch (and source, known time, evidence). known_ms 0: the
-- batch's. A fact's id is id * 4096 + its place in the record.
CREATE TABLE fact_record (
  subject $INT NOT NULL,
  year $INT NOT NULL,
  id $INT NOT NULL,
  batch $INT NOT NULL,
  source $INT NOT NULL,
  known_ms $INT NOT NULL,
  evidence $TEXT,
  facts $BLOB NOT NULL,
  PRIMARY KEY(subject, year, id)
) $CLUSTERED;
CREATE INDEX fact_record_batch ON fact_record(batch);

CREATE TABLE withdrawal (
  subject $INT NOT NULL,
  fact $INT NOT NULL,
  batch $INT NOT NULL,
  reason $TEXT NOT NULL,
  PRIMARY KEY(subject, fact, batch)
) $CLUSTERED;
CREATE INDEX withdrawal_batch ON withdrawal(batch);

CREATE TABLE coverage (
  id $ID,
  batch $INT NOT NULL,
  indicator $INT NOT NULL,
  from_day $INT NOT NULL,
  to_day $INT NOT NULL,
  source $INT NOT NULL
) $STRICT;

CREATE TABLE journal (
  id $ID,
  number $INT UNIQUE,
  at_ms $INT NOT NULL,
  actor $TEXT NOT NULL,
  action $TEXT NOT NULL,
  object $TEXT NOT NULL,
  reason $TEXT NOT NULL,
  content_sm3 $TEXT NOT NULL,
  sm3 $TEXT
) $STRICT;
CREATE INDEX journal_unsealed ON journal(id) WHERE number IS NULL;
CREATE INDEX journal_object ON journal(object, id);

INSERT INTO counter(name, next) VALUES
  ('subject', 1), ('batch', 1), ('seq', 1), ('recorded_ms', 0), ('fact_record', 1),
  ('posting', 1), ('source', 1), ('indicator', 1), ('journal', 1);
INSERT INTO setting(name, value) VALUES ('journal_head', '');
