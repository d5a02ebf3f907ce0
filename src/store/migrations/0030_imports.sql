-- Files by their SHA-256; several drafts may share one.
CREATE TABLE file_content (
  sha256 $TEXT NOT NULL PRIMARY KEY,
  made_ms $INT NOT NULL,
  bytes $BLOB NOT NULL
) $STRICT;

-- state: job/draft.h. mapping, edits and report are JSON. content_sm3 tells two imports of the same
-- file apart: file, mapping and edits.
CREATE TABLE import_draft (
  id $INT NOT NULL PRIMARY KEY,
  version $INT NOT NULL,
  state $INT NOT NULL,
  name $TEXT NOT NULL,
  file_sha256 $TEXT NOT NULL,
  file_size $INT NOT NULL,
  owner $TEXT NOT NULL,
  mapping $TEXT NOT NULL,
  edits $TEXT NOT NULL,
  report $TEXT NOT NULL,
  content_sm3 $TEXT NOT NULL,
  source $TEXT NOT NULL,
  row_count $INT NOT NULL,
  accepted $INT NOT NULL,
  refused $INT NOT NULL,
  warnings $INT NOT NULL,
  facts $INT NOT NULL,
  created_ms $INT NOT NULL,
  batch $INT,
  seq $INT,
  committed_ms $INT,
  committed_by $TEXT NOT NULL,
  reversed_ms $INT,
  reason $TEXT NOT NULL
) $STRICT;
CREATE INDEX import_draft_file ON import_draft(file_sha256);
CREATE INDEX import_draft_owner ON import_draft(owner, id);

INSERT INTO counter(name, next) VALUES ('import_draft', 1);
