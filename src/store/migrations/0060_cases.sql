-- Cases 事项: what runs along a flow of the pack (city/flow/case.h). Days are days since 1970-01-01
-- (NULL: none), instants milliseconds. flow_sm3: of the flow's file in rule_content, under which the
-- case finishes. stage and final repeat what the flow says of the state, for lists. data is a
-- canonical JSON object. version: raised by every change, for If-Match.
CREATE TABLE case_file (
  id $INT NOT NULL PRIMARY KEY,
  version $INT NOT NULL,
  flow $TEXT NOT NULL,
  flow_sm3 $TEXT NOT NULL,
  state $TEXT NOT NULL,
  stage $TEXT NOT NULL,
  subject $INT REFERENCES subject(id),
  parent $INT REFERENCES case_file(id),
  number $TEXT NOT NULL UNIQUE,
  title $TEXT NOT NULL,
  division $TEXT NOT NULL,
  organisation $INT NOT NULL,
  data $TEXT NOT NULL,
  opened_ms $INT NOT NULL,
  opened_by $TEXT NOT NULL,
  changed_ms $INT NOT NULL,
  closed_ms $INT,
  seq_at_open $INT NOT NULL
) $STRICT;
CREATE INDEX case_file_parent ON case_file(parent, flow, state);
CREATE INDEX case_file_subject ON case_file(subject, flow);
CREATE INDEX case_file_open ON case_file(flow, state) WHERE closed_ms IS NULL;

-- What was done, in order; never changed. from_state is empty for the opening. data: what the act
-- changed, canonical JSON. decision: the kept decision a guard was made by.
CREATE TABLE case_event (
  id $ID,
  case_file $INT NOT NULL REFERENCES case_file(id),
  at_ms $INT NOT NULL,
  actor $TEXT NOT NULL,
  role $TEXT NOT NULL,
  act $TEXT NOT NULL,
  from_state $TEXT NOT NULL,
  to_state $TEXT NOT NULL,
  code $TEXT NOT NULL,
  reason $TEXT NOT NULL,
  data $TEXT NOT NULL,
  decision $INT REFERENCES decision(id)
) $STRICT;
CREATE INDEX case_event_case ON case_event(case_file, id);

-- days: of the term, working or calendar days. due_day is NULL while the calendar does not reach so
-- far. While paused (paused_day) used_days are used up. stopped_day: over.
CREATE TABLE case_clock (
  case_file $INT NOT NULL REFERENCES case_file(id),
  name $TEXT NOT NULL,
  days $INT NOT NULL,
  working $INT NOT NULL,
  started_day $INT NOT NULL,
  due_day $INT,
  paused_day $INT,
  pause_reason $TEXT NOT NULL,
  used_days $INT NOT NULL,
  stopped_day $INT,
  escalate_to $TEXT NOT NULL,
  escalated_ms $INT,
  PRIMARY KEY(case_file, name)
) $CLUSTERED;
CREATE INDEX case_clock_due ON case_clock(due_day) WHERE stopped_day IS NULL;

-- A signature holds while the content's SM3 is the same: an edit voids it.
CREATE TABLE case_signature (
  case_file $INT NOT NULL REFERENCES case_file(id),
  act $TEXT NOT NULL,
  actor $TEXT NOT NULL,
  content_sm3 $TEXT NOT NULL,
  at_ms $INT NOT NULL,
  PRIMARY KEY(case_file, act, actor, content_sm3)
) $CLUSTERED;

-- The thread of a case, as when it is returned for correction. field: of the data; empty: the whole.
CREATE TABLE case_message (
  id $ID,
  case_file $INT NOT NULL REFERENCES case_file(id),
  at_ms $INT NOT NULL,
  actor $TEXT NOT NULL,
  role $TEXT NOT NULL,
  text $TEXT NOT NULL,
  field $TEXT NOT NULL
) $STRICT;
CREATE INDEX case_message_case ON case_message(case_file, id);

-- Steps on paper 纸面环节: 征求意见函 and 回函, 联审, 会议纪要, 文号, 行文.
CREATE TABLE case_paper (
  id $ID,
  case_file $INT NOT NULL REFERENCES case_file(id),
  kind $TEXT NOT NULL,
  addressee $TEXT NOT NULL,
  sent_day $INT,
  due_day $INT,
  answered_day $INT,
  answer $TEXT NOT NULL,
  number $TEXT NOT NULL,
  file $TEXT NOT NULL,
  actor $TEXT NOT NULL,
  at_ms $INT NOT NULL
) $STRICT;
CREATE INDEX case_paper_case ON case_paper(case_file, id);

-- Evidence files by their SM3; type is what their bytes say.
CREATE TABLE file_blob (
  sm3 $TEXT NOT NULL PRIMARY KEY,
  type $TEXT NOT NULL,
  size $INT NOT NULL,
  bytes $BLOB NOT NULL
) $CLUSTERED;

CREATE TABLE case_document (
  id $ID,
  case_file $INT NOT NULL REFERENCES case_file(id),
  kind $TEXT NOT NULL,
  sm3 $TEXT NOT NULL REFERENCES file_blob(sm3),
  name $TEXT NOT NULL,
  uploaded_by $TEXT NOT NULL,
  at_ms $INT NOT NULL,
  grade $INT NOT NULL,
  withdrawn_ms $INT
) $STRICT;
CREATE INDEX case_document_case ON case_document(case_file, id);
CREATE INDEX case_document_sm3 ON case_document(sm3);

INSERT INTO counter(name, next) VALUES ('case_file', 1);
