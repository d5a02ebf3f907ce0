-- Mail that goes out (city/bundle/mail.h). holder: the process that has the row in hand, until
-- held_ms; notification: the one it tells of, 0 none. A try is one attempt with what the server said.
ALTER TABLE mail ADD COLUMN holder $TEXT NOT NULL DEFAULT '';
ALTER TABLE mail ADD COLUMN held_ms $INT NOT NULL DEFAULT 0;
ALTER TABLE mail ADD COLUMN notification $INT NOT NULL DEFAULT 0;
CREATE INDEX mail_in_hand ON mail(held_ms) WHERE state IN (1, 2);
CREATE INDEX mail_notification ON mail(notification) WHERE notification > 0;

CREATE TABLE mail_try (
  mail $INT NOT NULL REFERENCES mail(id),
  place $INT NOT NULL,
  at_ms $INT NOT NULL,
  state $INT NOT NULL,
  answer $TEXT NOT NULL,
  PRIMARY KEY(mail, place)
) $CLUSTERED;

-- formal: a legal notice, whose delivery is proved. shown_ms: first seen in the bell.
ALTER TABLE notification ADD COLUMN formal $INT NOT NULL DEFAULT 0;
ALTER TABLE notification_user ADD COLUMN shown_ms $INT;
