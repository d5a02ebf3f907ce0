-- What the system tells people: the bell, the daily digest, letters by electronic mail with their
-- proof, what somebody follows. why: city/bundle/notify.h. args is a JSON list of texts.
CREATE TABLE notification (
  id $ID,
  at_ms $INT NOT NULL,
  code $TEXT NOT NULL,
  args $TEXT NOT NULL,
  object $TEXT NOT NULL,
  link $TEXT NOT NULL,
  actor $TEXT NOT NULL
) $STRICT;
CREATE INDEX notification_object ON notification(object, id);

CREATE TABLE notification_user (
  app_user $INT NOT NULL,
  notification $INT NOT NULL REFERENCES notification(id),
  why $INT NOT NULL,
  read_ms $INT,
  PRIMARY KEY(app_user, notification)
) $CLUSTERED;
CREATE INDEX notification_unread ON notification_user(app_user, notification) WHERE read_ms IS NULL;

CREATE TABLE follow (
  app_user $INT NOT NULL,
  object $TEXT NOT NULL,
  since_ms $INT NOT NULL,
  PRIMARY KEY(app_user, object)
) $CLUSTERED;
CREATE INDEX follow_object ON follow(object);

-- What a person chose. feed_sm3: of the secret in the address of the calendar feed, empty: none.
-- digest_to: the notification the last digest reached; digest_day: the day it was made for.
CREATE TABLE notify_setting (
  app_user $INT NOT NULL PRIMARY KEY,
  email $TEXT NOT NULL,
  digest $INT NOT NULL,
  language $TEXT NOT NULL,
  feed_sm3 $TEXT NOT NULL,
  digest_day $INT NOT NULL,
  digest_to $INT NOT NULL,
  version $INT NOT NULL
) $STRICT;
CREATE UNIQUE INDEX notify_setting_feed ON notify_setting(feed_sm3) WHERE feed_sm3 <> '';

-- Mail that waits or went out. kind digest: at most one a user and day. For a legal notice the row
-- is the proof: message id, what the server answered, when. state: city/bundle/mail.h.
CREATE TABLE mail (
  id $ID,
  kind $TEXT NOT NULL,
  app_user $INT,
  day $INT NOT NULL,
  address $TEXT NOT NULL,
  subject $TEXT NOT NULL,
  body $TEXT NOT NULL,
  object $TEXT NOT NULL,
  actor $TEXT NOT NULL,
  made_ms $INT NOT NULL,
  next_ms $INT NOT NULL,
  tries $INT NOT NULL,
  state $INT NOT NULL,
  message_id $TEXT NOT NULL,
  content_sm3 $TEXT NOT NULL,
  answer $TEXT NOT NULL,
  answered_ms $INT
) $STRICT;
CREATE UNIQUE INDEX mail_digest ON mail(app_user, day) WHERE kind = 'digest';
CREATE INDEX mail_waiting ON mail(next_ms, id) WHERE state = 0;
CREATE INDEX mail_object ON mail(object, id);
