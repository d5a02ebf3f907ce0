-- Lists of a round of thousands: pages, counts and sums read an index, not the rows.
CREATE INDEX review_candidate_list ON review_candidate(round, id, outcome, verdict, had);
CREATE INDEX review_candidate_sums ON review_candidate(round, outcome, verdict, had, scored, score,
  id, seq, known_ms);
CREATE INDEX review_seat_state ON review_seat(round, ended_ms, submitted_ms, version);

-- Lists of cases by change, of a parent and of all; what waits for somebody by state; an opener's own.
CREATE INDEX case_file_of ON case_file(parent, changed_ms, id, flow, state, stage, division, closed_ms,
  opened_by, organisation, subject);
CREATE INDEX case_file_changed ON case_file(changed_ms, id, flow, state, stage, division, closed_ms,
  opened_by, organisation, subject, parent);
CREATE INDEX case_file_waiting ON case_file(flow, flow_sm3, state, changed_ms, id, division, subject,
  organisation, opened_by) WHERE closed_ms IS NULL;
CREATE INDEX case_file_opener ON case_file(opened_by, changed_ms);
CREATE INDEX case_file_organisation ON case_file(organisation) WHERE organisation > 0;
