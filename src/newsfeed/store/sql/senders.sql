-- name: all_senders()
-- The processes that deliver.
SELECT id, started, beat FROM sender ORDER BY started, id;

-- name: add_sender(id, now)!
-- One more process delivers.
INSERT INTO sender (id, started, beat) VALUES (:id, :now, :now);

-- name: beat_sender(id, now)!
-- It is alive.
UPDATE sender SET beat = :now WHERE id = :id;

-- name: drop_sender(id)!
-- It has ended.
DELETE FROM sender WHERE id = :id;
