-- A signature on a case covers the act with its reason and code, too. Those given before do not
-- hold any more while their case is open: what they were on is not known in full.
ALTER TABLE case_signature ADD COLUMN code $TEXT NOT NULL DEFAULT '';
ALTER TABLE case_signature ADD COLUMN reason $TEXT NOT NULL DEFAULT '';
