-- name: told_keys()
-- What was told and is not over, and when.
SELECT key, at FROM told ORDER BY key;

-- name: note_told(key, at)!
-- It is told now.
INSERT INTO told (key, at) VALUES (:key, :at) ON CONFLICT (key) DO UPDATE SET at = excluded.at;

-- name: forget_told(key)!
-- It is over, or was not told after all.
DELETE FROM told WHERE key = :key;

-- name: add_operator_mail(at)$
-- One more mail to the operator; gives its number.
INSERT INTO operator_mail (at) VALUES (:at) RETURNING id;

-- name: drop_operator_mail(id)!
-- It did not leave.
DELETE FROM operator_mail WHERE id = :id;

-- name: operator_mails(after, before)$
-- How many there were between two times.
SELECT count(*) FROM operator_mail WHERE at > :after AND at < :before;

-- name: prune_operator_mails(after, before)!
-- Those beyond two times count no more.
DELETE FROM operator_mail WHERE at <= :after OR at >= :before;
