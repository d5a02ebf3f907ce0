-- Recommendations 推荐 of firms for a tier or title (a rule). subject is NULL until a clerk said which
-- enterprise is meant; firm_name, firm_code are as given. round, case_file: 0 none. sponsor:
-- city/library/recommend.h. outcome: of the rule when it was made. interest: none, or declared (then
-- interest_id). All open ones of an enterprise, its mergers included, with one rule and round are
-- one candidate: nothing is stored for that.
CREATE TABLE recommendation (
  id $INT NOT NULL PRIMARY KEY,
  version $INT NOT NULL,
  subject $INT REFERENCES subject(id),
  firm_name $TEXT NOT NULL,
  firm_code $TEXT NOT NULL,
  rule $TEXT NOT NULL,
  round $INT NOT NULL,
  case_file $INT NOT NULL,
  sponsor $TEXT NOT NULL,
  organisation $INT NOT NULL,
  app_user $INT NOT NULL,
  district $TEXT NOT NULL,
  reason $TEXT NOT NULL,
  interest $TEXT NOT NULL,
  interest_id $INT NOT NULL,
  outcome $TEXT NOT NULL,
  made_day $INT NOT NULL,
  made_ms $INT NOT NULL,
  made_by $TEXT NOT NULL,
  withdrawn_ms $INT,
  withdrawn_reason $TEXT NOT NULL
) $STRICT;
CREATE INDEX recommendation_subject ON recommendation(subject, rule);
CREATE INDEX recommendation_organisation ON recommendation(organisation, id);

-- Files beside a recommendation, by the SHA-256 of their bytes.
CREATE TABLE recommendation_content (
  sha256 $TEXT NOT NULL PRIMARY KEY,
  made_ms $INT NOT NULL,
  bytes $BLOB NOT NULL
) $STRICT;
CREATE TABLE recommendation_file (
  id $ID,
  recommendation $INT NOT NULL REFERENCES recommendation(id),
  name $TEXT NOT NULL,
  type $TEXT NOT NULL,
  size $INT NOT NULL,
  sha256 $TEXT NOT NULL REFERENCES recommendation_content(sha256),
  made_ms $INT NOT NULL,
  actor $TEXT NOT NULL
) $STRICT;
CREATE INDEX recommendation_file_of ON recommendation_file(recommendation);

-- What the firm said: given or declined, by its account or on paper (then document says which). The
-- newest row counts.
CREATE TABLE recommendation_consent (
  id $ID,
  subject $INT NOT NULL REFERENCES subject(id),
  rule $TEXT NOT NULL,
  round $INT NOT NULL,
  answer $TEXT NOT NULL,
  way $TEXT NOT NULL,
  document $TEXT NOT NULL,
  reason $TEXT NOT NULL,
  at_ms $INT NOT NULL,
  actor $TEXT NOT NULL
) $STRICT;
CREATE INDEX recommendation_consent_of ON recommendation_consent(subject, rule, round, id);

-- Publishing a partner's record: content is the record as signed; it is out when two have signed.
CREATE TABLE partner_publication (
  id $INT NOT NULL PRIMARY KEY,
  organisation $INT NOT NULL,
  day $INT NOT NULL,
  content $TEXT NOT NULL,
  content_sm3 $TEXT NOT NULL,
  first_by $TEXT NOT NULL,
  first_ms $INT NOT NULL,
  second_by $TEXT NOT NULL,
  published_ms $INT
) $STRICT;
CREATE INDEX partner_publication_of ON partner_publication(organisation, id);

-- Authorisations 授权书 of an enterprise: who may read which indicators (codes, JSON list) of it, from
-- when to when, by which paper. An authorisation is withdrawn, never changed. Days are yyyymmdd.
CREATE TABLE authorisation (
  id $INT NOT NULL PRIMARY KEY,
  subject $INT NOT NULL REFERENCES subject(id),
  grantee $TEXT NOT NULL,
  indicators $TEXT NOT NULL,
  from_day $INT NOT NULL,
  to_day $INT NOT NULL,
  document $TEXT NOT NULL,
  made_ms $INT NOT NULL,
  actor $TEXT NOT NULL,
  reason $TEXT NOT NULL,
  withdrawn_ms $INT,
  withdrawn_by $TEXT NOT NULL,
  withdrawn_reason $TEXT NOT NULL
) $STRICT;
CREATE INDEX authorisation_subject ON authorisation(subject);

-- Watches 关注: a person watches an enterprise under a rule.
-- watch_seen is what was seen last: outcome and the conditions with theirs, as JSON.
CREATE TABLE watch (
  id $INT NOT NULL PRIMARY KEY,
  app_user $INT NOT NULL,
  subject $INT NOT NULL REFERENCES subject(id),
  rule $TEXT NOT NULL,
  note $TEXT NOT NULL,
  since_ms $INT NOT NULL,
  ended_ms $INT
) $STRICT;
CREATE INDEX watch_user ON watch(app_user, id);
CREATE INDEX watch_open ON watch(subject, rule) WHERE ended_ms IS NULL;
CREATE TABLE watch_seen (
  subject $INT NOT NULL,
  rule $TEXT NOT NULL,
  day $INT NOT NULL,
  seq $INT NOT NULL,
  outcome $TEXT NOT NULL,
  conditions $TEXT NOT NULL,
  at_ms $INT NOT NULL,
  PRIMARY KEY(subject, rule)
) $CLUSTERED;
-- A line was crossed: the outcome, or a condition (then `condition` names it), between two looks.
CREATE TABLE watch_event (
  id $ID,
  subject $INT NOT NULL,
  rule $TEXT NOT NULL,
  condition $TEXT NOT NULL,
  was $TEXT NOT NULL,
  now $TEXT NOT NULL,
  seq_before $INT NOT NULL,
  seq $INT NOT NULL,
  day $INT NOT NULL,
  at_ms $INT NOT NULL
) $STRICT;
CREATE INDEX watch_event_of ON watch_event(subject, rule, id);

INSERT INTO counter(name, next) VALUES ('recommendation', 1), ('partner_publication', 1),
  ('authorisation', 1), ('watch', 1);
