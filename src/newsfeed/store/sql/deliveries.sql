-- name: queue_subscribers(edition_id, newsletter, due)!
-- Fix the recipients: everybody who is active now and whose address is not suppressed.
INSERT INTO delivery (edition_id, subscriber_id, state, due, tries, copy, revision, owner, epoch,
                      lease_until, done, reply)
SELECT :edition_id, subscriber_id, 'queued', :due, 0, 0, 0, '', 0, 0, NULL, ''
FROM subscription
WHERE newsletter = :newsletter AND state = 'active'
  AND subscriber_id NOT IN (
    SELECT subscriber.id FROM suppression
    JOIN subscriber ON subscriber.address_hash = suppression.address_hash)
ORDER BY subscriber_id;

-- name: queue_recipients_of(edition_id, other, newsletter, due)!
-- The same, but only those who got another edition, or may have (as `count_served` has it).
INSERT INTO delivery (edition_id, subscriber_id, state, due, tries, copy, revision, owner, epoch,
                      lease_until, done, reply)
SELECT :edition_id, subscriber.id, 'queued', :due, 0, 0, 0, '', 0, 0, NULL, ''
FROM subscription JOIN subscriber ON subscriber.id = subscription.subscriber_id
JOIN delivery AS former ON former.subscriber_id = subscriber.id
WHERE former.edition_id = :other
  AND (former.state = 'sent' OR former.copy > 0 OR former.retaken > 0 OR former.owner <> '')
  AND subscription.newsletter = :newsletter AND subscription.state = 'active'
  AND NOT EXISTS (SELECT 1 FROM suppression
                  WHERE suppression.address_hash = subscriber.address_hash);

-- name: queue_one(edition_id, subscriber_id, due)!
-- One more letter to one subscriber: a further copy where they had one. So who ever got a letter
-- has a row that is `sent`, or of a higher copy; who may have got one, a row that was taken back.
INSERT INTO delivery (edition_id, subscriber_id, state, due, tries, copy, revision, owner, epoch,
                      lease_until, done, reply)
VALUES (:edition_id, :subscriber_id, 'queued', :due, 0, 0, 0, '', 0, 0, NULL, '')
ON CONFLICT (edition_id, subscriber_id) DO UPDATE SET
  state = 'queued', due = excluded.due, tries = 0, since = NULL, done = NULL,
  retaken = CASE WHEN delivery.state = 'sent' THEN 0 ELSE delivery.retaken END,
  copy = delivery.copy + CASE WHEN delivery.state = 'sent' THEN 1 ELSE 0 END,
  language = CASE WHEN delivery.state = 'sent' THEN NULL ELSE delivery.language END,
  reply = '', owner = '', lease_until = 0;

-- name: count_active(newsletter)$
-- How many would get an edition that is released now.
SELECT count(*) FROM subscription
WHERE newsletter = :newsletter AND state = 'active'
  AND subscriber_id NOT IN (
    SELECT subscriber.id FROM suppression
    JOIN subscriber ON subscriber.address_hash = suppression.address_hash);

-- name: count_recipients_of(other, newsletter)$
-- How many would get a correction of another edition.
SELECT count(*)
FROM subscription JOIN subscriber ON subscriber.id = subscription.subscriber_id
JOIN delivery AS former ON former.subscriber_id = subscriber.id
WHERE former.edition_id = :other
  AND (former.state = 'sent' OR former.copy > 0 OR former.retaken > 0 OR former.owner <> '')
  AND subscription.newsletter = :newsletter AND subscription.state = 'active'
  AND NOT EXISTS (SELECT 1 FROM suppression
                  WHERE suppression.address_hash = subscriber.address_hash);

-- name: delivery_state_to(edition_id, subscriber_id)$
-- Where the letter to one subscriber is.
SELECT state FROM delivery WHERE edition_id = :edition_id AND subscriber_id = :subscriber_id;

-- name: count_served(edition_id)$
-- How many got a letter of the edition, or may have: a claim that is open can end either way, and
-- of one that was taken back nobody knows how it ended. A sum, since each part has its own index.
SELECT (SELECT count(*) FROM delivery WHERE edition_id = :edition_id AND state = 'sent')
     + (SELECT count(*) FROM delivery
        WHERE edition_id = :edition_id AND copy > 0 AND state <> 'sent')
     + (SELECT count(*) FROM delivery
        WHERE edition_id = :edition_id AND retaken > 0 AND copy = 0 AND state <> 'sent')
     + (SELECT count(*) FROM delivery
        WHERE edition_id = :edition_id AND owner <> '' AND retaken = 0 AND copy = 0
          AND state <> 'sent');

-- name: claim_deliveries(edition_id, owner, now, lease_until, number)
-- Take rows that are due and nobody holds; nothing while the edition is not released or paused.
-- The rows are found by their key: to repeat the state here leads SQLite through all that wait.
-- A copy that is taken for the first time is in the language that its reader has by now.
UPDATE delivery SET owner = :owner, epoch = epoch + 1, lease_until = :lease_until,
                    language = coalesce(language, (
                      SELECT subscriber.language FROM subscriber
                      WHERE subscriber.id = delivery.subscriber_id))
WHERE edition_id = :edition_id AND owner = ''
  AND subscriber_id IN (
    SELECT subscriber_id FROM delivery
    WHERE edition_id = :edition_id AND state IN ('queued', 'deferred') AND owner = ''
      AND due <= :now
      AND EXISTS (SELECT 1 FROM edition WHERE id = :edition_id AND state = 'released')
    ORDER BY due, subscriber_id LIMIT :number)
RETURNING subscriber_id;

-- name: drop_unwilling(edition_id, owner, now)!
-- Of the rows somebody holds: whoever left, was suppressed or erased since gets nothing more.
UPDATE delivery SET state = 'dropped', done = :now, reply = 'left before the letter was due',
                    owner = '', lease_until = 0
WHERE edition_id = :edition_id AND owner = :owner AND owner <> ''
  AND NOT EXISTS (
    SELECT 1 FROM subscriber
    JOIN subscription ON subscription.subscriber_id = subscriber.id
    JOIN edition ON edition.newsletter = subscription.newsletter
    WHERE subscriber.id = delivery.subscriber_id AND edition.id = delivery.edition_id
      AND subscription.state = 'active'
      AND NOT EXISTS (SELECT 1 FROM suppression
                      WHERE suppression.address_hash = subscriber.address_hash));

-- name: claimed_subscribers(edition_id, owner)
-- To whom the rows that somebody holds are.
SELECT delivery.edition_id, subscriber.id, subscriber.public_id, subscriber.address,
       subscriber.name, delivery.language, subscriber.address_hash, delivery.owner, delivery.epoch,
       delivery.lease_until, delivery.copy, delivery.tries, delivery.since, edition.revision
FROM delivery
JOIN subscriber ON subscriber.id = delivery.subscriber_id
JOIN edition ON edition.id = delivery.edition_id
WHERE delivery.edition_id = :edition_id AND delivery.owner = :owner AND delivery.owner <> ''
ORDER BY subscriber.id;

-- name: renew_claim(edition_id, subscriber_id, owner, epoch, lease_until)!
-- The holder is alive, and works on it.
UPDATE delivery SET lease_until = :lease_until
WHERE edition_id = :edition_id AND subscriber_id = :subscriber_id AND owner = :owner
  AND epoch = :epoch AND state IN ('queued', 'deferred');

-- name: finish_delivery(edition_id, subscriber_id, owner, epoch, state, due, tried, since, done, reply, unknown, revision)*!
-- Write an outcome, if the claim is still in force. Where there was no try, what a relay said of
-- the last one stays.
UPDATE delivery SET state = :state, due = :due, tries = tries + :tried, since = :since,
                    done = :done, revision = :revision, retaken = retaken + :unknown,
                    reply = CASE WHEN :tried = 0 AND :reply = '' THEN reply ELSE :reply END,
                    owner = '', lease_until = 0
WHERE edition_id = :edition_id AND subscriber_id = :subscriber_id AND owner = :owner
  AND epoch = :epoch AND state IN ('queued', 'deferred');

-- name: free_claims(edition_id)!
-- Give back what a process held that is known to be dead.
UPDATE delivery SET owner = '', lease_until = 0, retaken = retaken + 1
WHERE edition_id = :edition_id AND owner <> '';

-- name: free_expired(edition_id, now)!
-- Give back what somebody held who did not renew it in time.
UPDATE delivery SET owner = '', lease_until = 0, retaken = retaken + 1
WHERE edition_id = :edition_id AND owner <> '' AND lease_until <= :now;

-- name: free_claims_of(edition_id, first, last)!
-- Give back what a process held, whose claims are named between `first` and `last`.
UPDATE delivery SET owner = '', lease_until = 0, retaken = retaken + 1
WHERE edition_id = :edition_id AND owner <> '' AND owner > :first AND owner < :last;

-- name: editions_with_claims()
-- The editions of which somebody holds rows.
SELECT DISTINCT edition_id FROM delivery WHERE owner <> '';

-- name: drop_cancelled(done, reply)!
-- What came back of an edition that was cancelled meanwhile leaves no more.
UPDATE delivery SET state = 'dropped', done = :done, reply = :reply
WHERE state IN ('queued', 'deferred') AND owner = ''
  AND edition_id IN (SELECT id FROM edition WHERE state = 'cancelled');

-- name: forget_waits(edition_id)!
-- As if nothing had been put off yet: an edition that stood still is no reason to give up.
UPDATE delivery SET since = NULL
WHERE edition_id = :edition_id AND state IN ('queued', 'deferred') AND owner = ''
  AND since IS NOT NULL;

-- name: recall_deliveries(edition_id, latest, now)!
-- What was put off further than anything ever is was put off by a clock that was wrong.
UPDATE delivery SET due = :now
WHERE edition_id = :edition_id AND state IN ('queued', 'deferred') AND owner = '' AND due > :latest;

-- name: limit_deliveries(edition_id, done, reply)!
-- The outbox is full: the others of the edition are not written.
UPDATE delivery SET state = 'limited', done = :done, reply = :reply, owner = '', lease_until = 0
WHERE edition_id = :edition_id AND state IN ('queued', 'deferred');

-- name: requeue_deliveries(edition_id, due)!
-- Try again what failed or was left out. Whoever gets nothing any more keeps the reason.
UPDATE delivery SET state = 'queued', due = :due, tries = 0, since = NULL, done = NULL, reply = ''
WHERE edition_id = :edition_id
  AND (state IN ('failed', 'deferred', 'limited') OR (state = 'queued' AND due > :due))
  AND NOT EXISTS (
    SELECT 1 FROM suppression
    JOIN subscriber ON subscriber.address_hash = suppression.address_hash
    WHERE subscriber.id = delivery.subscriber_id);

-- name: drop_deliveries(edition_id, done, reply)!
-- Nobody else gets the edition. What is on its way at this moment has an outcome of its own.
UPDATE delivery SET state = 'dropped', done = :done, reply = :reply
WHERE edition_id = :edition_id AND state IN ('queued', 'deferred') AND owner = '';

-- name: delete_deliveries(edition_id)!
-- As if the edition had not been released: a rehearsal is taken back.
DELETE FROM delivery WHERE edition_id = :edition_id;

-- name: delivery_counts()
-- How many letters of each edition are in each state.
SELECT edition_id, state, count(*) FROM delivery GROUP BY edition_id, state;

-- name: delivery_counts_of(edition_id)
-- How many letters of an edition are in each state.
SELECT state, count(*) FROM delivery WHERE edition_id = :edition_id GROUP BY state;

-- name: first_outcomes(edition_id, most)^
-- How many letters left and how many failed; not more than `most` of each are counted.
SELECT (SELECT count(*) FROM (SELECT 1 FROM delivery
                              WHERE edition_id = :edition_id AND state = 'sent' LIMIT :most)),
       (SELECT count(*) FROM (SELECT 1 FROM delivery
                              WHERE edition_id = :edition_id AND state = 'failed' LIMIT :most));

-- name: unserved(edition_id)
-- Who did not get an edition, and why.
SELECT subscriber.address, delivery.state, delivery.reply, delivery.tries, delivery.due,
       delivery.done
FROM delivery JOIN subscriber ON subscriber.id = delivery.subscriber_id
WHERE delivery.edition_id = :edition_id AND delivery.state IN ('failed', 'deferred', 'limited')
ORDER BY delivery.state, subscriber.id;

-- name: deliveries_due(edition_id)$
-- When the next letter of an edition can be taken; NULL where none is left.
SELECT min(at) FROM (
  SELECT min(due) AS at FROM delivery
  WHERE edition_id = :edition_id AND state IN ('queued', 'deferred') AND owner = ''
  UNION ALL
  SELECT min(lease_until) FROM delivery WHERE edition_id = :edition_id AND owner <> '');

-- name: count_takeable(edition_id, now, most)$
-- How many letters could be taken at once; not more than `most` are counted.
SELECT count(*) FROM (
  SELECT 1 FROM delivery
  WHERE edition_id = :edition_id AND state IN ('queued', 'deferred') AND owner = '' AND due <= :now
  LIMIT :most);

-- name: count_tried(edition_id, most)$
-- How many letters were tried at least once; not more than `most` are counted.
SELECT count(*) FROM (
  SELECT 1 FROM delivery
  WHERE edition_id = :edition_id AND state IN ('sent', 'failed', 'deferred')
  LIMIT :most);

-- name: sent_since(edition_id, since)^
-- How many letters left since then, and when the first and the last of them did.
SELECT count(*), min(done), max(done) FROM delivery
WHERE edition_id = :edition_id AND state = 'sent' AND done >= :since;

-- name: delivery_causes(edition_id)
-- What relays said, of letters that failed or wait: how many, and when the next is tried.
SELECT state, reply, count(*), min(due) FROM delivery
WHERE edition_id = :edition_id
  AND (state IN ('failed', 'deferred') OR (state = 'queued' AND reply <> ''))
GROUP BY state, reply ORDER BY count(*) DESC;

-- name: retaken(edition_id)
-- To whom a letter may have gone out twice, and what became of it.
SELECT subscriber.address, delivery.state, delivery.retaken
FROM delivery JOIN subscriber ON subscriber.id = delivery.subscriber_id
WHERE delivery.edition_id = :edition_id AND delivery.retaken > 0
ORDER BY subscriber.id;

-- name: count_retaken(edition_id)^
-- How many letters may have gone out twice, and how many of them wait to go out again.
SELECT count(*), count(CASE WHEN state IN ('queued', 'deferred') THEN 1 END)
FROM delivery WHERE edition_id = :edition_id AND retaken > 0;
