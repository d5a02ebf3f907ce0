-- Rounds 轮次: what the office set, what was frozen, who reviews what, sheets, draws, verdicts. Moments
-- are milliseconds, 0: not yet. case_file: the case of flow round, of flow candidate; 0: none.
-- setting: canonical JSON (docs/rounds.md). seed: no route reads it before listed_ms. as_of: yyyymmdd.
CREATE TABLE review_round (
  id $INT NOT NULL PRIMARY KEY,
  version $INT NOT NULL,
  case_file $INT NOT NULL,
  title $TEXT NOT NULL,
  rule $TEXT NOT NULL,
  setting $TEXT NOT NULL,
  setting_sm3 $TEXT NOT NULL,
  rule_version $TEXT NOT NULL,
  rule_hash $TEXT NOT NULL,
  as_of $INT NOT NULL,
  as_known_ms $INT NOT NULL,
  seq $INT NOT NULL,
  seed $TEXT NOT NULL,
  seed_sm3 $TEXT NOT NULL,
  seed_sha256 $TEXT NOT NULL,
  list_sha256 $TEXT NOT NULL,
  created_ms $INT NOT NULL,
  opened_ms $INT NOT NULL,
  listed_ms $INT NOT NULL,
  assigned_ms $INT NOT NULL,
  second_ms $INT NOT NULL,
  scored_ms $INT NOT NULL,
  decided_ms $INT NOT NULL
) $STRICT;
CREATE INDEX review_round_case ON review_round(case_file);

-- decision: the packet that counts. seq, known_ms: facts were looked at up to there; what comes later
-- is a difference. kept: why a difference was passed over. scored: 0 no result, 1 a result, 2 a vote
-- that did not pass. verdict: admit | refuse | hold, empty: none yet.
CREATE TABLE review_candidate (
  id $INT NOT NULL PRIMARY KEY,
  round $INT NOT NULL REFERENCES review_round(id),
  case_file $INT NOT NULL,
  subject $INT NOT NULL REFERENCES subject(id),
  number $TEXT NOT NULL,
  field $TEXT NOT NULL,
  entered_ms $INT NOT NULL,
  had $INT NOT NULL,
  outcome $TEXT NOT NULL,
  result $TEXT NOT NULL,
  decision $INT NOT NULL,
  seq $INT NOT NULL,
  known_ms $INT NOT NULL,
  kept $TEXT NOT NULL,
  scored $INT NOT NULL,
  score $TEXT NOT NULL,
  verdict $TEXT NOT NULL,
  code $TEXT NOT NULL,
  reason $TEXT NOT NULL
) $STRICT;
CREATE UNIQUE INDEX review_candidate_subject ON review_candidate(round, subject);
CREATE UNIQUE INDEX review_candidate_number ON review_candidate(round, number);
CREATE INDEX review_candidate_case ON review_candidate(case_file);

-- Who recommended a candidate: user name and organisation, 0: none.
CREATE TABLE review_sponsor (
  candidate $INT NOT NULL REFERENCES review_candidate(id),
  person $TEXT NOT NULL,
  organisation $INT NOT NULL,
  PRIMARY KEY(candidate, person, organisation)
) $CLUSTERED;

-- fields: JSON list. most: files at most, 0: no limit. gone_ms: left the panel.
CREATE TABLE review_member (
  round $INT NOT NULL REFERENCES review_round(id),
  person $TEXT NOT NULL,
  organisation $INT NOT NULL,
  fields $TEXT NOT NULL,
  most $INT NOT NULL,
  chair $INT NOT NULL,
  gone_ms $INT NOT NULL,
  PRIMARY KEY(round, person)
) $CLUSTERED;

-- What keeps a member from a file, as found at assigning or declared. kind: city/review/wall.h.
CREATE TABLE review_wall (
  round $INT NOT NULL REFERENCES review_round(id),
  candidate $INT NOT NULL REFERENCES review_candidate(id),
  person $TEXT NOT NULL,
  kind $TEXT NOT NULL,
  note $TEXT NOT NULL,
  at_ms $INT NOT NULL,
  PRIMARY KEY(candidate, person, kind)
) $CLUSTERED;
CREATE INDEX review_wall_round ON review_wall(round);

-- A file at a reviewer. sheet: JSON {marks: {criterion: mark}, comments: {criterion: text}, vote}.
-- first: the sheet as it stood when the blind pass was handed in. ended: why the seat ended.
CREATE TABLE review_seat (
  id $INT NOT NULL PRIMARY KEY,
  round $INT NOT NULL REFERENCES review_round(id),
  candidate $INT NOT NULL REFERENCES review_candidate(id),
  person $TEXT NOT NULL,
  version $INT NOT NULL,
  assigned_ms $INT NOT NULL,
  declared_ms $INT NOT NULL,
  sheet $TEXT NOT NULL,
  saved_ms $INT NOT NULL,
  first $TEXT NOT NULL,
  submitted_ms $INT NOT NULL,
  second_ms $INT NOT NULL,
  ended_ms $INT NOT NULL,
  ended $TEXT NOT NULL
) $STRICT;
CREATE INDEX review_seat_round ON review_seat(round, candidate);
CREATE INDEX review_seat_person ON review_seat(person, round);

-- Consensus 合议: one value, signed by those seated; a signature counts for the value it was given for.
CREATE TABLE review_consensus (
  candidate $INT NOT NULL PRIMARY KEY REFERENCES review_candidate(id),
  value $TEXT NOT NULL,
  note $TEXT NOT NULL,
  actor $TEXT NOT NULL,
  at_ms $INT NOT NULL
) $CLUSTERED;

-- What was signed: the digest of it. object: round:ID (all verdicts) or consensus:ID.
CREATE TABLE review_signature (
  id $INT NOT NULL PRIMARY KEY,
  object $TEXT NOT NULL,
  actor $TEXT NOT NULL,
  content_sm3 $TEXT NOT NULL,
  at_ms $INT NOT NULL
) $STRICT;
CREATE INDEX review_signature_object ON review_signature(object, content_sm3);

CREATE TABLE review_draw (
  round $INT NOT NULL PRIMARY KEY REFERENCES review_round(id),
  record $TEXT NOT NULL,
  actor $TEXT NOT NULL,
  at_ms $INT NOT NULL
) $CLUSTERED;

INSERT INTO counter(name, next) VALUES ('review_round', 1), ('review_candidate', 1),
  ('review_seat', 1), ('review_signature', 1);
