-- Mails to subscribers that are no editions.

-- name: add_notice(kind, subscriber_id, newsletter, language, at, due)!
-- One more to be sent.
INSERT INTO notice (kind, subscriber_id, newsletter, language, at, due, tries, done, reply)
VALUES (:kind, :subscriber_id, :newsletter, :language, :at, :due, 0, NULL, '');

-- name: count_notices(kind, subscriber_id, newsletter, after)$
-- How many of a kind somebody was given later than a time; of a newsletter, or with '' of all.
SELECT count(*) FROM notice
WHERE subscriber_id = :subscriber_id AND kind = :kind AND at > :after
  AND (:newsletter = '' OR newsletter = :newsletter);

-- name: move_notices(old, new)!
-- The name of a newsletter that is renamed.
UPDATE notice SET newsletter = :new WHERE newsletter = :old;
