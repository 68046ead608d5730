-- name: add_notice(kind, subscriber_id, newsletter, at)!
-- A mail to one person waits to be sent.
INSERT INTO notice (kind, subscriber_id, newsletter, at, due)
VALUES (:kind, :subscriber_id, :newsletter, :at, :at);
