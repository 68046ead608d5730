-- name: due_notices(now, most)
-- Mails that may be sent, the oldest first; what a person waits for goes before renewals.
SELECT id, kind, subscriber_id, newsletter, language, at, tries FROM notice
WHERE done IS NULL AND due <= :now
ORDER BY kind = 'renewal', due, id LIMIT :most;

-- name: count_due_notices(now)$
-- How many they are.
SELECT count(*) FROM notice WHERE done IS NULL AND due <= :now;

-- name: open_notice(id)^
-- One of them, unless it left meanwhile.
SELECT id, kind, subscriber_id, newsletter, language, at, tries FROM notice
WHERE id = :id AND done IS NULL;

-- name: notice_recipient(id)$
-- Who a number is.
SELECT public_id FROM subscriber WHERE id = :id;

-- name: notices_of_kind(id, kind, subscriber_id)
-- When others of a kind to one person left, or were tried for the last time.
SELECT done FROM notice
WHERE subscriber_id = :subscriber_id AND kind = :kind AND id <> :id AND done IS NOT NULL
  AND reply NOT LIKE 'dropped: %';

-- name: finish_notice(id, done, reply)!
-- It left, or never will.
UPDATE notice SET done = :done, reply = :reply WHERE id = :id;

-- name: put_off_notice(id, due, tries, reply)!
-- It did not leave, and is tried again.
UPDATE notice SET done = NULL, due = :due, tries = :tries, reply = :reply WHERE id = :id;

-- name: delete_notices_to(subscriber_id)!
-- Nothing is known of the mails to a person.
DELETE FROM notice WHERE subscriber_id = :subscriber_id;

-- name: forget_notices(before)!
-- What was over before that.
DELETE FROM notice WHERE done < :before;

-- name: retract_told(subscriber_id, event, at, message_id)!
-- Nobody was told: the relay did not take the mail.
DELETE FROM consent
WHERE subscriber_id = :subscriber_id AND event = :event AND at = :at AND message_id = :message_id;

-- name: consents_in_force(newsletter, before)
-- Who gets a newsletter by a consent that was given, or last brought to mind, before a time: when
-- it was given, and when brought to mind; the oldest first. Not those who wait for such a mail, or
-- had one a while ago that was not taken.
SELECT subscriber.id,
       max(CASE WHEN consent.event = 'renewed' THEN NULL
                ELSE coalesce(consent.consented, consent.at) END) AS given,
       max(CASE WHEN consent.event = 'renewed' THEN consent.at END) AS renewed
FROM subscription
JOIN subscriber ON subscriber.id = subscription.subscriber_id
JOIN consent ON consent.subscriber_id = subscription.subscriber_id
  AND consent.newsletter = subscription.newsletter
  AND consent.event IN ('confirmed', 'stated', 'renewed')
LEFT JOIN suppression ON suppression.address_hash = subscriber.address_hash
WHERE subscription.newsletter = :newsletter AND subscription.state = 'active'
  AND suppression.address_hash IS NULL
  AND NOT EXISTS (
    SELECT 1 FROM notice
    WHERE notice.subscriber_id = subscriber.id AND notice.kind = 'renewal'
      AND notice.newsletter = subscription.newsletter
      AND (notice.done IS NULL OR notice.reply NOT LIKE 'dropped: %'))
GROUP BY subscriber.id
HAVING max(coalesce(consent.consented, consent.at)) <= :before
ORDER BY max(coalesce(consent.consented, consent.at)), subscriber.id;
