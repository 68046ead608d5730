-- name: retract_confirmation_mail(address_hash, mails, at, before)!
-- One of them less, if nothing was counted since; the one before it was at that time.
UPDATE confirmation_mail SET mails = mails - 1, last = :before
WHERE address_hash = :address_hash AND mails = :mails AND last = :at;

-- name: retract_first_confirmation_mail(address_hash, at)!
-- There was none before it, and nothing was counted since.
DELETE FROM confirmation_mail
WHERE address_hash = :address_hash AND mails = 1 AND last = :at;

-- name: retract_mailed(subscriber_id, at, message_id)!
-- Nobody was asked: the relay did not take the mail.
DELETE FROM consent
WHERE subscriber_id = :subscriber_id AND event = 'mailed' AND at = :at
  AND message_id = :message_id;
