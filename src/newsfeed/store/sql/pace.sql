-- name: pace_last(domain)^
-- When letters left last, and how many did ever.
SELECT at, upto FROM pace WHERE domain = :domain ORDER BY at DESC LIMIT 1;

-- name: pace_upto(domain, at)$
-- How many had left by then; NULL where nothing is known of that time.
SELECT upto FROM pace WHERE domain = :domain AND at <= :at ORDER BY at DESC LIMIT 1;

-- name: pace_next(domain, after)$
-- When letters left next after a time; NULL where none did.
SELECT at FROM pace WHERE domain = :domain AND at > :after ORDER BY at LIMIT 1;

-- name: put_pace(domain, at, upto)!
-- So many had left by then.
INSERT INTO pace (domain, at, upto) VALUES (:domain, :at, :upto)
ON CONFLICT (domain, at) DO UPDATE SET upto = excluded.upto;

-- name: drop_pace_after(domain, at)!
-- Forget when they left, according to a clock that was ahead.
DELETE FROM pace WHERE domain = :domain AND at > :at;

-- name: prune_pace(oldest)!
-- No quota asks for what was before; the last row before it stays, to count from.
DELETE FROM pace
WHERE at < :oldest
  AND EXISTS (SELECT 1 FROM pace AS later
              WHERE later.domain = pace.domain AND later.at > pace.at AND later.at <= :oldest);

-- name: thin_pace(since, until)!
-- Of a stretch of time that is over, one row a second is enough: the last.
DELETE FROM pace
WHERE at >= :since AND at < :until
  AND EXISTS (SELECT 1 FROM pace AS later
              WHERE later.domain = pace.domain AND later.at > pace.at
                AND later.at < pace.at - pace.at % 1000 + 1000);

-- name: uncount_pace(domain, at)!
-- One letter less from that time on.
UPDATE pace SET upto = upto - 1 WHERE domain = :domain AND at >= :at;
