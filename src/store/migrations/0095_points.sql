-- What is said of a case may ask for an answer (a point of a return for correction), or give one:
-- answers is the message that asked.
ALTER TABLE case_message ADD COLUMN asks $INT NOT NULL DEFAULT 0;
ALTER TABLE case_message ADD COLUMN answers $INT REFERENCES case_message(id);
