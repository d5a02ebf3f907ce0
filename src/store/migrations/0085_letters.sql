-- Letters: what kind of paper, to whom, from which round; what became of each sending. Days are
-- yyyymmdd. kind: letter or decision; organisation, objection, round: ids, 0 none.
ALTER TABLE letter ADD COLUMN kind $TEXT NOT NULL DEFAULT 'letter';
ALTER TABLE letter ADD COLUMN organisation $INT NOT NULL DEFAULT 0;
ALTER TABLE letter ADD COLUMN objection $INT NOT NULL DEFAULT 0;
ALTER TABLE letter ADD COLUMN round $INT NOT NULL DEFAULT 0;
ALTER TABLE letter ADD COLUMN due_day $INT;
ALTER TABLE letter ADD COLUMN returned_day $INT;
ALTER TABLE letter ADD COLUMN site_url $TEXT NOT NULL DEFAULT '';
ALTER TABLE letter ADD COLUMN scan_sm3 $TEXT NOT NULL DEFAULT '';
ALTER TABLE letter ADD COLUMN scan_name $TEXT NOT NULL DEFAULT '';
CREATE INDEX letter_round ON letter(round, id);
CREATE INDEX letter_state ON letter(state, id);

-- What happened to a letter: sent (with the way), delivered, returned, read. Append only. day: when
-- it happened as far as is known; proof: what shows it, proof_sm3: a file of file_blob.
CREATE TABLE letter_event (
  letter $INT NOT NULL REFERENCES letter(id),
  position $INT NOT NULL,
  kind $INT NOT NULL,
  way $INT,
  day $INT NOT NULL,
  at_ms $INT NOT NULL,
  proof $TEXT NOT NULL,
  proof_sm3 $TEXT NOT NULL,
  actor $TEXT NOT NULL,
  PRIMARY KEY(letter, position)
) $CLUSTERED;
