-- name: subscriber_by_hash(address_hash)^
-- Who has this address.
SELECT id, public_id, address_hash, address, name, language, created
FROM subscriber WHERE address_hash = :address_hash;

-- name: subscriber_by_public_id(public_id)^
-- Who is meant by a link.
SELECT id, public_id, address_hash, address, name, language, created
FROM subscriber WHERE public_id = :public_id;

-- name: add_subscriber(public_id, address_hash, address, name, language, created)$
-- A new person; gives the number.
INSERT INTO subscriber (public_id, address_hash, address, name, language, created)
VALUES (:public_id, :address_hash, :address, :name, :language, :created)
RETURNING id;

-- name: describe_subscriber(id, name, language)!
-- What a person is called, and the language they read.
UPDATE subscriber SET name = :name, language = :language WHERE id = :id;

-- name: delete_subscriber(id)!
-- A person with subscriptions and consents.
DELETE FROM subscriber WHERE id = :id;

-- name: subscriptions_of(id)
-- What a person is to each newsletter.
SELECT newsletter, state, since, asked_again FROM subscription
WHERE subscriber_id = :id ORDER BY newsletter;

-- name: subscription_to(id, newsletter)^
-- What a person is to one newsletter.
SELECT newsletter, state, since, asked_again FROM subscription
WHERE subscriber_id = :id AND newsletter = :newsletter;

-- name: put_subscription(id, newsletter, state, since, asked_again)!
-- What a person is to a newsletter from now on.
INSERT INTO subscription (newsletter, subscriber_id, state, since, asked_again)
VALUES (:newsletter, :id, :state, :since, :asked_again)
ON CONFLICT (newsletter, subscriber_id) DO UPDATE SET
  state = excluded.state, since = excluded.since, asked_again = excluded.asked_again;

-- name: languages_read(newsletter)
-- The languages of those who get a newsletter.
SELECT DISTINCT subscriber.language
FROM subscription JOIN subscriber ON subscriber.id = subscription.subscriber_id
WHERE subscription.newsletter = :newsletter AND subscription.state = 'active'
  AND subscriber.language <> '';

-- name: count_subscriptions()
-- How many are what, but for those who get nothing at all.
SELECT subscription.newsletter, subscription.state, count(*)
FROM subscription
JOIN subscriber ON subscriber.id = subscription.subscriber_id
LEFT JOIN suppression ON suppression.address_hash = subscriber.address_hash
WHERE suppression.address_hash IS NULL
GROUP BY subscription.newsletter, subscription.state
ORDER BY subscription.newsletter, subscription.state;

-- name: count_suppressed_subscriptions()
-- How many of each newsletter's subscribers get nothing at all.
SELECT subscription.newsletter, count(*)
FROM subscription
JOIN subscriber ON subscriber.id = subscription.subscriber_id
JOIN suppression ON suppression.address_hash = subscriber.address_hash
GROUP BY subscription.newsletter ORDER BY subscription.newsletter;

-- name: end_of_span(after, number)$
-- The id of the last of the `number` persons who came next; NULL where there is nobody.
SELECT max(id) FROM (SELECT id FROM subscriber WHERE id > :after ORDER BY id LIMIT :number);

-- name: list_subscriptions(newsletter, state, after, last, most)
-- Of the persons with these ids: one row for each subscription; a suppressed person's state is
-- `suppressed`. "" stands for all.
-- CROSS JOIN keeps SQLite to this order of the tables, in which nothing has to be sorted.
SELECT subscriber.address, subscriber.name, subscriber.language, subscription.newsletter,
       CASE WHEN suppression.address_hash IS NULL THEN subscription.state
            ELSE 'suppressed' END,
       CASE WHEN suppression.address_hash IS NULL THEN subscription.since
            ELSE suppression.since END
FROM subscriber
CROSS JOIN subscription
LEFT JOIN suppression ON suppression.address_hash = subscriber.address_hash
WHERE subscriber.id > :after AND subscriber.id <= :last
  AND subscription.subscriber_id = subscriber.id
  AND (:newsletter = '' OR subscription.newsletter = :newsletter)
  AND (:state = ''
       OR (:state = 'suppressed' AND suppression.address_hash IS NOT NULL)
       OR (suppression.address_hash IS NULL AND subscription.state = :state))
ORDER BY subscriber.id, subscription.newsletter
LIMIT :most;

-- name: readers_of(newsletter, most)
-- Who gets a newsletter, in the order in which people came.
SELECT subscriber.id, subscriber.public_id, subscriber.address_hash, subscriber.address,
       subscriber.name, subscriber.language, subscriber.created
FROM subscriber
CROSS JOIN subscription
LEFT JOIN suppression ON suppression.address_hash = subscriber.address_hash
WHERE subscription.subscriber_id = subscriber.id AND subscription.newsletter = :newsletter
  AND subscription.state = 'active' AND suppression.address_hash IS NULL
ORDER BY subscriber.id
LIMIT :most;

-- name: pending_subscriptions(newsletter)
-- Who has yet to confirm, longest waiting first, and the confirmation mails so far: of the address
-- how many and when last; for this request how many, when last and with which words, and whether
-- an import made it, and the web form; until when a mail was put off. "" stands for all.
-- LIKE keeps SQLite to the person's own consents: the index of all who ask is for `askers`.
SELECT subscriber.id, subscriber.public_id, subscriber.address_hash, subscriber.address,
       subscriber.name, subscriber.language, subscriber.created,
       subscription.newsletter, subscription.since,
       coalesce(confirmation_mail.mails, 0), confirmation_mail.last,
       (SELECT count(*) FROM consent
        WHERE consent.subscriber_id = subscriber.id AND consent.event = 'mailed'
          AND consent.newsletter = subscription.newsletter AND consent.at >= subscription.since),
       mail.at, coalesce(mail.wording, ''),
       EXISTS (SELECT 1 FROM consent
        WHERE consent.subscriber_id = subscriber.id AND consent.event = 'requested'
          AND consent.newsletter = subscription.newsletter AND consent.at >= subscription.since
          AND consent.way = 'import'),
       EXISTS (SELECT 1 FROM consent
        WHERE consent.subscriber_id = subscriber.id AND consent.event = 'requested'
          AND consent.newsletter = subscription.newsletter AND consent.at >= subscription.since
          AND consent.way LIKE 'form'),
       confirmation_wait.due
FROM subscription
JOIN subscriber ON subscriber.id = subscription.subscriber_id
LEFT JOIN suppression ON suppression.address_hash = subscriber.address_hash
LEFT JOIN confirmation_mail ON confirmation_mail.address_hash = subscriber.address_hash
LEFT JOIN confirmation_wait ON confirmation_wait.subscriber_id = subscriber.id
LEFT JOIN consent AS mail ON mail.id = (
  SELECT max(consent.id) FROM consent
  WHERE consent.subscriber_id = subscription.subscriber_id AND consent.event = 'mailed'
    AND consent.newsletter = subscription.newsletter AND consent.at >= subscription.since)
WHERE subscription.state = 'pending' AND suppression.address_hash IS NULL
  AND (:newsletter = '' OR subscription.newsletter = :newsletter)
ORDER BY subscription.since, subscriber.id, subscription.newsletter;

-- name: askers(newsletter, after, between, works_for, current, most_mails, most_for_one, now, most)
-- The same of one newsletter, but only who asked by the web form after that, and may be mailed now:
-- the address got fewer than so many mails, the last one a while ago; this request none since they
-- asked, and fewer than so many before, whose link ran out, or whose words are not among the current
-- ones. CROSS JOIN keeps SQLite to this order of the tables: few ask, and many more may wait.
SELECT subscriber.id, subscriber.public_id, subscriber.address_hash, subscriber.address,
       subscriber.name, subscriber.language, subscriber.created,
       subscription.newsletter, subscription.since,
       coalesce(confirmation_mail.mails, 0), confirmation_mail.last,
       (SELECT count(*) FROM consent
        WHERE consent.subscriber_id = subscriber.id AND consent.event = 'mailed'
          AND consent.newsletter = subscription.newsletter AND consent.at >= subscription.since),
       mail.at, coalesce(mail.wording, ''),
       EXISTS (SELECT 1 FROM consent
        WHERE consent.subscriber_id = subscriber.id AND consent.event = 'requested'
          AND consent.newsletter = subscription.newsletter AND consent.at >= subscription.since
          AND consent.way = 'import'),
       1,
       confirmation_wait.due
FROM consent AS form
CROSS JOIN subscription
JOIN subscriber ON subscriber.id = subscription.subscriber_id
LEFT JOIN suppression ON suppression.address_hash = subscriber.address_hash
LEFT JOIN confirmation_mail ON confirmation_mail.address_hash = subscriber.address_hash
LEFT JOIN confirmation_wait ON confirmation_wait.subscriber_id = subscriber.id
LEFT JOIN consent AS mail ON mail.id = (
  SELECT max(consent.id) FROM consent
  WHERE consent.subscriber_id = subscription.subscriber_id AND consent.event = 'mailed'
    AND consent.newsletter = subscription.newsletter AND consent.at >= subscription.since)
WHERE form.event = 'requested' AND form.way = 'form' AND form.newsletter = :newsletter
  AND form.at >= :after
  AND NOT EXISTS (
    SELECT 1 FROM consent
    WHERE consent.subscriber_id = form.subscriber_id AND consent.newsletter = form.newsletter
      AND consent.event = 'requested' AND consent.way = 'form' AND consent.id > form.id)
  AND subscription.subscriber_id = form.subscriber_id AND subscription.newsletter = :newsletter
  AND subscription.state = 'pending' AND form.at >= subscription.since
  AND suppression.address_hash IS NULL
  AND (confirmation_wait.due IS NULL OR confirmation_wait.due <= :now)
  AND (confirmation_mail.mails IS NULL
       OR (confirmation_mail.mails < :most_mails
           AND abs(:now - confirmation_mail.last) >= :between))
  AND (mail.at IS NULL
       OR (mail.id < form.id
           AND (abs(:now - mail.at) >= :works_for OR :current NOT LIKE '%' || mail.wording || '%')
           AND :most_for_one > (
             SELECT count(*) FROM consent
             WHERE consent.subscriber_id = subscriber.id AND consent.event = 'mailed'
               AND consent.newsletter = subscription.newsletter
               AND consent.at >= subscription.since)))
ORDER BY subscription.since, subscriber.id
LIMIT :most;

-- name: expire_pending_again(before, now)
-- Who had agreed once, left or was suppressed, and did not confirm anew, has left; gives who.
UPDATE subscription SET state = 'unsubscribed', since = :now, asked_again = 0
WHERE state = 'pending' AND since < :before AND (asked_again = 1 OR EXISTS (
  SELECT 1 FROM consent
  WHERE consent.subscriber_id = subscription.subscriber_id
    AND consent.newsletter = subscription.newsletter
    AND consent.event IN ('confirmed', 'stated', 'left')))
RETURNING newsletter, subscriber_id,
  (SELECT address_hash FROM subscriber WHERE subscriber.id = subscriber_id);

-- name: expire_pending(before)
-- Who never confirmed; gives who.
DELETE FROM subscription WHERE state = 'pending' AND since < :before
RETURNING newsletter, subscriber_id,
  (SELECT address_hash FROM subscriber WHERE subscriber.id = subscriber_id);

-- name: longest_pending()$
-- Since when the one waits who waits longest for a confirmation.
SELECT min(since) FROM subscription WHERE state = 'pending';

-- name: delete_subscriber_without_subscription(id)!
-- A person who is nothing to any newsletter.
DELETE FROM subscriber WHERE id = :id
  AND NOT EXISTS (SELECT 1 FROM subscription WHERE subscription.subscriber_id = subscriber.id);

-- name: drop_deliveries_of(id, newsletter, reply, now)!
-- Letters that wait for a person who left, but for one that is on its way. "" stands for all.
UPDATE delivery SET state = 'dropped', reply = :reply, done = :now
WHERE subscriber_id = :id AND state IN ('queued', 'deferred') AND lease_until <= :now
  AND edition_id IN (
    SELECT edition.id FROM edition WHERE :newsletter = '' OR edition.newsletter = :newsletter);

-- name: clear_replies_to(id)!
-- A server's reply may repeat the address.
UPDATE delivery SET reply = '' WHERE subscriber_id = :id AND reply <> '';

-- name: last_deliveries_to(id, most)
-- The newest letters to a person.
SELECT edition.newsletter, edition.slug, edition.origin, edition.domain, edition.slot,
       delivery.state, delivery.due, delivery.done, delivery.tries, delivery.copy, delivery.reply
FROM delivery JOIN edition ON edition.id = delivery.edition_id
WHERE delivery.subscriber_id = :id
ORDER BY edition.slot DESC, edition.id DESC
LIMIT :most;
