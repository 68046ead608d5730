-- name: put_off_confirmation(subscriber_id, due, tries)!
-- None to this person is tried before that. Nothing where the person is erased meanwhile.
INSERT INTO confirmation_wait (subscriber_id, due, tries)
SELECT id, :due, :tries FROM subscriber WHERE id = :subscriber_id
ON CONFLICT (subscriber_id) DO UPDATE SET due = excluded.due, tries = excluded.tries;

-- name: confirmation_tries(subscriber_id)$
-- How often the mail to a person was put off.
SELECT tries FROM confirmation_wait WHERE subscriber_id = :subscriber_id;

-- name: end_confirmation_wait(subscriber_id)!
-- Nothing is put off for this person.
DELETE FROM confirmation_wait WHERE subscriber_id = :subscriber_id;

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
