-- Titles 称号: records of being in the library 在库, recognised 认定, listed 上榜, and what happened to
-- them. Append-only: nothing here is changed or removed; a mistake is corrected by an event. Each row
-- has the fact batch that recorded it, with its seq and recorded time. kind: city/library/title.h.
-- Days are yyyymmdd, 0 open; to_day the first day it no longer holds. document: key of a document of
-- the packs, or where the paper is. first: NULL where nothing proves it. case_file, round: 0 none.
CREATE TABLE title (
  id $INT NOT NULL PRIMARY KEY,
  subject $INT NOT NULL REFERENCES subject(id),
  kind $INT NOT NULL,
  tier $TEXT NOT NULL,
  level $TEXT NOT NULL,
  name $TEXT NOT NULL,
  publisher $TEXT NOT NULL,
  document_number $TEXT NOT NULL,
  document $TEXT NOT NULL,
  from_day $INT NOT NULL,
  to_day $INT NOT NULL,
  first $INT,
  published $INT NOT NULL,
  case_file $INT NOT NULL,
  round $INT NOT NULL,
  actor $TEXT NOT NULL,
  reason $TEXT NOT NULL,
  batch $INT NOT NULL REFERENCES batch(id),
  recorded_ms $INT NOT NULL,
  seq $INT NOT NULL
) $STRICT;
CREATE INDEX title_subject ON title(subject);
CREATE INDEX title_tier ON title(tier, level);
CREATE INDEX title_round ON title(round) WHERE round > 0;

-- title 0: an event of the subject itself (a bar without a title). to_day: of a suspension, of a
-- renewed term. target: the subject a title passes to, or the event a correction takes back (0: the
-- record itself). bar_until: the first day the subject may apply again.
CREATE TABLE title_event (
  id $INT NOT NULL PRIMARY KEY,
  title $INT NOT NULL,
  subject $INT NOT NULL REFERENCES subject(id),
  kind $INT NOT NULL,
  day $INT NOT NULL,
  to_day $INT NOT NULL,
  target $INT NOT NULL,
  bar_until $INT NOT NULL,
  code $TEXT NOT NULL,
  document $TEXT NOT NULL,
  case_file $INT NOT NULL,
  actor $TEXT NOT NULL,
  reason $TEXT NOT NULL,
  batch $INT NOT NULL REFERENCES batch(id),
  recorded_ms $INT NOT NULL,
  seq $INT NOT NULL
) $STRICT;
CREATE INDEX title_event_title ON title_event(title) WHERE title > 0;
CREATE INDEX title_event_subject ON title_event(subject);

-- Firms incubated 孵化 by another, as a source says. replaces: the row this one corrects, 0 none.
CREATE TABLE incubation (
  id $INT NOT NULL PRIMARY KEY,
  incubator $INT NOT NULL REFERENCES subject(id),
  subject $INT NOT NULL REFERENCES subject(id),
  from_day $INT NOT NULL,
  to_day $INT NOT NULL,
  source $TEXT NOT NULL,
  document $TEXT NOT NULL,
  replaces $INT NOT NULL,
  actor $TEXT NOT NULL,
  reason $TEXT NOT NULL,
  recorded_ms $INT NOT NULL,
  seq $INT NOT NULL
) $STRICT;
CREATE INDEX incubation_subject ON incubation(subject);
CREATE INDEX incubation_incubator ON incubation(incubator);

INSERT INTO counter(name, next) VALUES ('title', 1), ('title_event', 1), ('incubation', 1);
