-- Sealed bundles asked for over HTTP (city/bundle/order.h): what of, by whom, what came of it. object
-- is enterprise:ID, case:ID, round:ID or rule:PACK/RULE; process: who has it in hand. The file
-- itself stands in a folder beside the database.
CREATE TABLE bundle_order (
  id $ID,
  object $TEXT NOT NULL,
  as_of $INT NOT NULL,
  whole_journal $INT NOT NULL,
  actor $TEXT NOT NULL,
  reason $TEXT NOT NULL,
  asked_ms $INT NOT NULL,
  state $INT NOT NULL,
  process $TEXT NOT NULL DEFAULT '',
  tries $INT NOT NULL DEFAULT 0,
  ended_ms $INT NOT NULL DEFAULT 0,
  grade $INT NOT NULL DEFAULT 0,
  decisions $INT NOT NULL DEFAULT 0,
  cases $INT NOT NULL DEFAULT 0,
  documents $INT NOT NULL DEFAULT 0,
  entries $INT NOT NULL DEFAULT 0,
  bytes $INT NOT NULL DEFAULT 0,
  reader_bytes $INT NOT NULL DEFAULT 0,
  sm3 $TEXT NOT NULL DEFAULT '',
  problem $TEXT NOT NULL DEFAULT ''
) $STRICT;
CREATE INDEX bundle_order_open ON bundle_order(id) WHERE state IN (0, 1);
INSERT INTO counter(name, next) VALUES ('bundle_order', 1);
