-- Answers kept for repetition are dropped by age, and what a dead server left running by its name,
-- without reading the answers.
CREATE INDEX idempotency_made ON idempotency(made_ms);
CREATE INDEX idempotency_running ON idempotency(process) WHERE status = 0;
