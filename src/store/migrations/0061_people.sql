-- People: where they belong, how they come in, how they prove who they are. Days are yyyymmdd, 0
-- open; to_day is the first day something no longer holds. Instants are milliseconds.
ALTER TABLE app_user ADD COLUMN office $INT NOT NULL DEFAULT 0;
ALTER TABLE app_user ADD COLUMN organisation $INT NOT NULL DEFAULT 0;

-- The account of a session, what a preview shows instead of it (view_roles 0: none), and the sign-in
-- before this one. serial: how a person names a session without knowing its token.
ALTER TABLE session ADD COLUMN serial $INT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN agent $TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN previous_ms $INT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN previous_from $TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN view_roles $INT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN view_district $TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN view_organisation $INT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN view_subject $INT NOT NULL DEFAULT 0;

-- Offices 处室. A merged office has its to_day and merged_into; its duties went on with it.
CREATE TABLE office (
  id $INT NOT NULL PRIMARY KEY,
  name $TEXT NOT NULL,
  district $TEXT NOT NULL,
  from_day $INT NOT NULL,
  to_day $INT NOT NULL,
  merged_into $INT REFERENCES office(id),
  version $INT NOT NULL
) $STRICT;

-- Who has a duty 职责 from which day to which. Handing over ends one row and begins the next.
CREATE TABLE office_duty (
  id $INT NOT NULL PRIMARY KEY,
  office $INT NOT NULL REFERENCES office(id),
  duty $TEXT NOT NULL,
  from_day $INT NOT NULL,
  to_day $INT NOT NULL,
  document $TEXT NOT NULL,
  reason $TEXT NOT NULL,
  actor $TEXT NOT NULL,
  recorded_ms $INT NOT NULL
) $STRICT;
CREATE INDEX office_duty_of ON office_duty(office);
CREATE INDEX office_duty_name ON office_duty(duty, from_day);

-- Organisations of partners: think tanks, venture capital. kind: city/people/organisation.h.
CREATE TABLE organisation (
  id $INT NOT NULL PRIMARY KEY,
  kind $TEXT NOT NULL,
  name $TEXT NOT NULL,
  code $TEXT NOT NULL,
  contact $TEXT NOT NULL,
  closed $INT NOT NULL,
  created_ms $INT NOT NULL,
  version $INT NOT NULL
) $STRICT;

-- Agreements 合作协议: term, confidentiality promise 保密承诺 (its day, 0: none given), the
-- indicators (codes) and tiers (rule ids) in scope, as JSON lists.
CREATE TABLE agreement (
  id $INT NOT NULL PRIMARY KEY,
  organisation $INT NOT NULL REFERENCES organisation(id),
  number $TEXT NOT NULL,
  from_day $INT NOT NULL,
  to_day $INT NOT NULL,
  promised_day $INT NOT NULL,
  promise $TEXT NOT NULL,
  indicators $TEXT NOT NULL,
  tiers $TEXT NOT NULL,
  actor $TEXT NOT NULL,
  made_ms $INT NOT NULL,
  ended_day $INT NOT NULL,
  ended_reason $TEXT NOT NULL
) $STRICT;
CREATE INDEX agreement_of ON agreement(organisation);

-- A person's account bound to an enterprise. state: asked, bound, refused, ended.
CREATE TABLE enterprise_binding (
  id $INT NOT NULL PRIMARY KEY,
  app_user $INT NOT NULL REFERENCES app_user(id),
  code $TEXT NOT NULL,
  subject $INT NOT NULL REFERENCES subject(id),
  state $TEXT NOT NULL,
  proof_name $TEXT NOT NULL,
  proof_type $TEXT NOT NULL,
  proof_sm3 $TEXT NOT NULL,
  proof $BLOB NOT NULL,
  asked_ms $INT NOT NULL,
  decided_by $TEXT NOT NULL,
  decided_ms $INT NOT NULL,
  reason $TEXT NOT NULL,
  from_day $INT NOT NULL,
  to_day $INT NOT NULL,
  ended_by $TEXT NOT NULL,
  ended_ms $INT NOT NULL
) $STRICT;
CREATE INDEX enterprise_binding_user ON enterprise_binding(app_user);
CREATE INDEX enterprise_binding_subject ON enterprise_binding(subject);

-- One-time links to a first password, known by the SM3 of their token only.
CREATE TABLE invitation (
  id $INT NOT NULL PRIMARY KEY,
  token_sm3 $TEXT NOT NULL UNIQUE,
  app_user $INT NOT NULL REFERENCES app_user(id),
  made_by $TEXT NOT NULL,
  made_ms $INT NOT NULL,
  expires_ms $INT NOT NULL,
  used_ms $INT NOT NULL,
  withdrawn_ms $INT NOT NULL
) $STRICT;
CREATE INDEX invitation_of ON invitation(app_user);

-- Second factor (RFC 6238). confirmed_ms 0: set up, not proved yet. last_step: of the last code
-- taken; no code of that step or an earlier one is taken again.
CREATE TABLE second_factor (
  app_user $INT NOT NULL PRIMARY KEY REFERENCES app_user(id),
  secret $TEXT NOT NULL,
  made_ms $INT NOT NULL,
  confirmed_ms $INT NOT NULL,
  last_step $INT NOT NULL
) $STRICT;
CREATE TABLE recovery_code (
  app_user $INT NOT NULL REFERENCES app_user(id),
  code_sm3 $TEXT NOT NULL,
  used_ms $INT NOT NULL,
  PRIMARY KEY(app_user, code_sm3)
) $CLUSTERED;

INSERT INTO counter(name, next) VALUES ('office', 1), ('office_duty', 1), ('organisation', 1),
  ('agreement', 1), ('enterprise_binding', 1), ('invitation', 1), ('session', 1);
