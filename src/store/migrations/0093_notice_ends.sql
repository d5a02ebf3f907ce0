-- A draft given up does not keep others from replacing the notice it named.
DROP INDEX public_notice_replaces;
CREATE UNIQUE INDEX public_notice_replaces ON public_notice(replaces)
  WHERE replaces IS NOT NULL AND state <> 4;
-- When a notice was concluded: it stays so when it is taken down afterwards.
ALTER TABLE public_notice ADD COLUMN concluded_ms $INT;
UPDATE public_notice SET concluded_ms = ended_ms WHERE state = 2;
