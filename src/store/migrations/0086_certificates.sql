-- Certificates: what they say as canonical JSON with the signature of the city's key (NULL: the
-- register had none yet), and what a title is.
ALTER TABLE certificate ADD COLUMN tier $TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN level $TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN document_number $TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN case_file $INT NOT NULL DEFAULT 0;
ALTER TABLE certificate ADD COLUMN demo $INT NOT NULL DEFAULT 0;
ALTER TABLE certificate ADD COLUMN frozen $BLOB;
ALTER TABLE certificate ADD COLUMN signature $BLOB;
ALTER TABLE certificate ADD COLUMN public_key $BLOB;

-- Codes asked for that are none, by the salted hash of who asked: they are limited.
CREATE TABLE certificate_miss (
  id $ID,
  sender_sm3 $TEXT NOT NULL,
  at_ms $INT NOT NULL
) $STRICT;
CREATE INDEX certificate_miss_sender ON certificate_miss(sender_sm3, at_ms);
