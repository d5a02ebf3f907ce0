-- A merger and its undoing stand in the same order as batches, so that a reader at an older seq (a
-- replayed packet) sees the subjects as they were.
ALTER TABLE merger ADD COLUMN seq $INT NOT NULL DEFAULT 0;
ALTER TABLE merger ADD COLUMN undone_seq $INT;
