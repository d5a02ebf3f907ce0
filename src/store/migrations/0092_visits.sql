-- How often a firm may be visited 现场核查: at most `most` visits in `months` months, by the office's
-- own word; no text was found that says it (依据待补). The newest row holds; most 0: no cap. Append-only.
CREATE TABLE visit_cap (
  id $ID,
  most $INT NOT NULL,
  months $INT NOT NULL,
  basis $TEXT NOT NULL,
  actor $TEXT NOT NULL,
  reason $TEXT NOT NULL,
  recorded_ms $INT NOT NULL
) $STRICT;

-- The visit opened for a drawn candidate: one, ever.
CREATE TABLE review_visit (
  candidate $INT NOT NULL PRIMARY KEY REFERENCES review_candidate(id),
  case_file $INT NOT NULL REFERENCES case_file(id)
) $CLUSTERED;
CREATE INDEX review_visit_case ON review_visit(case_file);
