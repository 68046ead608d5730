-- name: measure_articles()^
-- How many articles were ever published, and how many of them are gone.
SELECT count(*), count(gone) FROM article;

-- name: measure_active()
-- How many get each newsletter.
SELECT newsletter, count(*) FROM subscription WHERE state = 'active' GROUP BY newsletter;

-- name: measure_pending()
-- How many were asked whether they want it and did not answer.
SELECT newsletter, count(*) FROM subscription WHERE state = 'pending' GROUP BY newsletter;

-- name: measure_subscriptions()
-- How many there are in any state.
SELECT newsletter, count(*) FROM subscription GROUP BY newsletter;

-- name: measure_slots()
-- How many slots of each newsletter were decided, and how.
SELECT newsletter, outcome, count(*) FROM slot GROUP BY newsletter, outcome;

-- name: measure_editions()
-- Every edition; `begun` is since when, or from when on, its letters may leave.
SELECT id, newsletter, state, finished,
       CASE WHEN canary_until > released THEN canary_until ELSE released END AS begun
FROM edition;

-- name: measure_oldest_due(edition_id, now)$
-- Since when a letter of an edition waits that could leave at once; NULL where none does.
SELECT min(due) FROM delivery
WHERE edition_id = :edition_id AND state IN ('queued', 'deferred') AND owner = '' AND due <= :now;
