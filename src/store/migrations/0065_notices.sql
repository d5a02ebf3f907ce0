-- Public notices 公示, objections to them 异议, letters 函件 and certificates 证书. States are those of
-- the headers in city/notice. Days are yyyymmdd, NULL when there is none; content, frozen: JSON.
-- frozen and its SM3 are written once, at publication or sending, and never changed.
CREATE TABLE public_notice (
  id $INT NOT NULL PRIMARY KEY,
  version $INT NOT NULL,
  state $INT NOT NULL,
  round $INT,
  replaces $INT REFERENCES public_notice(id),
  template $TEXT NOT NULL,
  title $TEXT NOT NULL,
  content $TEXT NOT NULL,
  working_days $INT,
  from_day $INT,
  to_day $INT,
  take_down_day $INT,
  frozen $BLOB,
  sm3 $TEXT NOT NULL,
  number $TEXT NOT NULL,
  site_url $TEXT NOT NULL,
  scan_sm3 $TEXT NOT NULL,
  scan_name $TEXT NOT NULL,
  owner $TEXT NOT NULL,
  created_ms $INT NOT NULL,
  changed_ms $INT NOT NULL,
  published_by $TEXT NOT NULL,
  published_ms $INT,
  ended_by $TEXT NOT NULL,
  ended_ms $INT
) $STRICT;
CREATE INDEX public_notice_state ON public_notice(state, id);
CREATE INDEX public_notice_round ON public_notice(round, id);
-- A notice is replaced by one other at most.
CREATE UNIQUE INDEX public_notice_replaces ON public_notice(replaces) WHERE replaces IS NOT NULL;

CREATE TABLE notice_firm (
  notice $INT NOT NULL REFERENCES public_notice(id),
  position $INT NOT NULL,
  subject $INT,
  case_file $INT,
  name $TEXT NOT NULL,
  code $TEXT NOT NULL,
  district $TEXT NOT NULL,
  firm_group $TEXT NOT NULL,
  note $TEXT NOT NULL,
  PRIMARY KEY(notice, position)
) $CLUSTERED;
CREATE INDEX notice_firm_subject ON notice_firm(subject);

-- person, contact, organisation and text are for the office alone; no export has them. sender_sm3:
-- of a salt of this store, the sender's address and the day, to count requests of one sender.
CREATE TABLE objection (
  id $INT NOT NULL PRIMARY KEY,
  version $INT NOT NULL,
  notice $INT NOT NULL REFERENCES public_notice(id),
  position $INT NOT NULL,
  subject $INT,
  receipt $TEXT NOT NULL UNIQUE,
  channel $INT NOT NULL,
  state $INT NOT NULL,
  person $TEXT NOT NULL,
  contact $TEXT NOT NULL,
  organisation $TEXT NOT NULL,
  text $TEXT NOT NULL,
  sender_sm3 $TEXT NOT NULL,
  received_ms $INT NOT NULL,
  received_day $INT NOT NULL,
  registered_by $TEXT NOT NULL,
  case_file $INT,
  answer $TEXT NOT NULL,
  closed_by $TEXT NOT NULL,
  closed_ms $INT
) $STRICT;
CREATE INDEX objection_notice ON objection(notice, id);
CREATE INDEX objection_subject ON objection(subject, state);
CREATE INDEX objection_sender ON objection(sender_sm3, received_ms);
CREATE INDEX objection_case ON objection(case_file);

CREATE TABLE letter (
  id $INT NOT NULL PRIMARY KEY,
  version $INT NOT NULL,
  state $INT NOT NULL,
  template $TEXT NOT NULL,
  case_file $INT,
  notice $INT REFERENCES public_notice(id),
  subject $INT,
  addressee $TEXT NOT NULL,
  title $TEXT NOT NULL,
  content $TEXT NOT NULL,
  frozen $BLOB,
  sm3 $TEXT NOT NULL,
  number $TEXT NOT NULL,
  way $INT,
  sent_day $INT,
  delivered_day $INT,
  proof $TEXT NOT NULL,
  proof_sm3 $TEXT NOT NULL,
  owner $TEXT NOT NULL,
  created_ms $INT NOT NULL,
  changed_ms $INT NOT NULL,
  sent_by $TEXT NOT NULL,
  sent_ms $INT,
  read_ms $INT
) $STRICT;
CREATE INDEX letter_subject ON letter(subject, id);
CREATE INDEX letter_case ON letter(case_file, id);

-- title_record: the title it certifies (city/library). code: random, what the QR code says.
CREATE TABLE certificate (
  id $INT NOT NULL PRIMARY KEY,
  version $INT NOT NULL,
  code $TEXT NOT NULL UNIQUE,
  title_record $INT,
  subject $INT NOT NULL,
  name $TEXT NOT NULL,
  uscc $TEXT NOT NULL,
  title $TEXT NOT NULL,
  issuer $TEXT NOT NULL,
  number $TEXT NOT NULL,
  from_day $INT NOT NULL,
  to_day $INT,
  issued_ms $INT NOT NULL,
  issued_by $TEXT NOT NULL
) $STRICT;
CREATE INDEX certificate_subject ON certificate(subject, id);
CREATE INDEX certificate_title ON certificate(title_record);

-- What became of it: state (held, suspended, revoked) from a day on. Append only.
CREATE TABLE certificate_state (
  certificate $INT NOT NULL REFERENCES certificate(id),
  from_day $INT NOT NULL,
  at_ms $INT NOT NULL,
  state $INT NOT NULL,
  reason $TEXT NOT NULL,
  actor $TEXT NOT NULL,
  PRIMARY KEY(certificate, from_day, at_ms)
) $CLUSTERED;

INSERT INTO counter(name, next) VALUES ('public_notice', 1);
INSERT INTO counter(name, next) VALUES ('objection', 1);
INSERT INTO counter(name, next) VALUES ('letter', 1);
INSERT INTO counter(name, next) VALUES ('certificate', 1);
