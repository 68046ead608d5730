-- name: skips_of(newsletter)
-- What of a newsletter is left out.
SELECT day, slot FROM skip WHERE newsletter = :newsletter ORDER BY day, slot;

-- name: add_skip(newsletter, day, slot)!
-- Leave a day or a slot out.
INSERT INTO skip (newsletter, day, slot) VALUES (:newsletter, :day, :slot)
ON CONFLICT (newsletter, day, slot) DO NOTHING;

-- name: drop_skip(newsletter, day, slot)!
-- Leave it out no more.
DELETE FROM skip WHERE newsletter = :newsletter AND day = :day AND slot = :slot;

-- name: drop_past_skips(day, slot)!
-- Forget what is over.
DELETE FROM skip WHERE (day <> '' AND day < :day) OR (day = '' AND slot < :slot);

-- name: discard_newsletter_skips(newsletter)!
DELETE FROM skip WHERE newsletter = :newsletter;

-- name: move_skips(old, new)!
UPDATE skip SET newsletter = :new WHERE newsletter = :old;
