-- Revisions of rules 拟修订: drafted, checked, submitted, released by a second person. The model is
-- kept in rule_content. state: city/revision.h. cases and new_document are JSON; days are ISO text,
-- empty when not given. rule_set: the one its release made.
CREATE TABLE revision (
  id $INT NOT NULL PRIMARY KEY,
  version $INT NOT NULL,
  state $INT NOT NULL,
  rule $TEXT NOT NULL,
  base_version $TEXT NOT NULL,
  base_hash $TEXT NOT NULL,
  new_version $TEXT NOT NULL,
  title $TEXT NOT NULL,
  effective_from $TEXT NOT NULL,
  effective_to $TEXT NOT NULL,
  reason $TEXT NOT NULL,
  document $TEXT NOT NULL,
  article $TEXT NOT NULL,
  status $TEXT NOT NULL,
  new_document $TEXT NOT NULL,
  cases $TEXT NOT NULL,
  dmn_sm3 $TEXT NOT NULL REFERENCES rule_content(sm3),
  owner $TEXT NOT NULL,
  created_ms $INT NOT NULL,
  changed_ms $INT NOT NULL,
  submitted_by $TEXT NOT NULL,
  submitted_ms $INT,
  decided_by $TEXT NOT NULL,
  decided_ms $INT,
  decided_reason $TEXT NOT NULL,
  rule_set $INT
) $STRICT;
CREATE INDEX revision_rule ON revision(rule, id);
CREATE INDEX revision_state ON revision(state, id);

-- Everybody who has put content into a revision: none of them may release it.
CREATE TABLE revision_author (
  revision $INT NOT NULL REFERENCES revision(id),
  actor $TEXT NOT NULL,
  PRIMARY KEY(revision, actor)
) $CLUSTERED;

INSERT INTO counter(name, next) VALUES ('revision', 1);
