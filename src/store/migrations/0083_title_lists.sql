-- Lists of titles that were imported, one row a batch. The records are in title, by batch; undoing a
-- list takes each of them back as a mistake (title_event). undone_ms: NULL while it stands.
CREATE TABLE title_list (
  batch $INT NOT NULL PRIMARY KEY REFERENCES batch(id),
  name $TEXT NOT NULL,
  sha256 $TEXT NOT NULL,
  rows_read $INT NOT NULL,
  accepted $INT NOT NULL,
  refused $INT NOT NULL,
  actor $TEXT NOT NULL,
  reason $TEXT NOT NULL,
  made_ms $INT NOT NULL,
  undone_ms $INT,
  undone_by $TEXT NOT NULL DEFAULT '',
  undone_reason $TEXT NOT NULL DEFAULT ''
) $STRICT;
CREATE INDEX title_list_file ON title_list(sha256);
