-- Rows of an import wait in a table of this connection alone, so that reading them locks nobody
-- out. `state` is '' where an address is to get nothing at all. The smallest `strength` of an
-- address wins, then the first. A row of `newsletter` '' stands beside those of all newsletters.

-- name: make_staged()!
-- Where rows wait.
CREATE TEMP TABLE staged (
  id INTEGER PRIMARY KEY,
  file INTEGER NOT NULL,
  line INTEGER NOT NULL,
  strength INTEGER NOT NULL,
  newsletter TEXT NOT NULL,
  address_hash TEXT NOT NULL,
  public_id TEXT NOT NULL,
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  language TEXT NOT NULL,
  state TEXT NOT NULL,
  since BIGINT NOT NULL,
  source TEXT NOT NULL,
  consented BIGINT,
  ip TEXT NOT NULL,
  reason TEXT NOT NULL
);

-- name: stage*!
-- Rows that wait, numbered as they come. There are millions: by their places, values go in twice as
-- quickly as by their names. (PostgreSQL takes rows like these by COPY.)
INSERT INTO staged (file, line, strength, newsletter, address_hash, public_id, address, name,
                    language, state, since, source, consented, ip, reason)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: drop_staged()!
-- The waiting is over.
DROP TABLE IF EXISTS staged;

-- name: index_staged()!
-- Rows of the same address beside each other.
CREATE INDEX staged_address ON staged (address_hash, newsletter, strength, id);

-- name: take_out_repeated()
-- Rows whose address has a stronger one; gives where they stood. They are looked for in the order
-- of the index, which has the strongest row of an address and a newsletter first.
DELETE FROM staged WHERE id IN (
  SELECT weaker.id FROM staged AS weaker
  WHERE EXISTS (
    SELECT 1 FROM staged AS other
    WHERE other.address_hash = weaker.address_hash AND other.newsletter = weaker.newsletter
      AND (other.strength < weaker.strength
           OR (other.strength = weaker.strength AND other.id < weaker.id)))
  OR EXISTS (
    SELECT 1 FROM staged AS other
    WHERE other.address_hash = weaker.address_hash AND other.newsletter = ''
      AND other.strength = 0 AND weaker.strength > 0))
RETURNING file, line, strength;

-- name: take_out_suppressed()
-- Rows of addresses that get nothing, but for those that let a subscriber leave.
DELETE FROM staged
WHERE EXISTS (
    SELECT 1 FROM suppression WHERE suppression.address_hash = staged.address_hash)
  AND (state <> 'unsubscribed' OR NOT EXISTS (
    SELECT 1 FROM subscriber WHERE subscriber.address_hash = staged.address_hash))
RETURNING file, line, state;

-- name: take_out_left()
-- Rows of people who left the newsletter and are said to be there; and of those who left or were
-- suppressed, have yet to confirm anew, and are said to agree.
DELETE FROM staged WHERE state IN ('active', 'pending') AND (
  (state = 'active' AND EXISTS (
    SELECT 1 FROM reinstated WHERE reinstated.address_hash = staged.address_hash))
  OR EXISTS (
    SELECT 1 FROM subscriber CROSS JOIN subscription
    WHERE subscriber.address_hash = staged.address_hash
      AND subscription.newsletter = staged.newsletter
      AND subscription.subscriber_id = subscriber.id
      AND (subscription.state = 'unsubscribed'
           OR (staged.state = 'active' AND subscription.state = 'pending'
               AND subscription.asked_again = 1))))
RETURNING file, line;

-- name: take_out_known()!
-- Rows that say no more than is known.
DELETE FROM staged WHERE state <> '' AND EXISTS (
  SELECT 1 FROM subscriber CROSS JOIN subscription
  WHERE subscriber.address_hash = staged.address_hash
    AND subscription.newsletter = staged.newsletter
    AND subscription.subscriber_id = subscriber.id
    AND (subscription.state = staged.state
         OR (subscription.state = 'active' AND staged.state = 'pending')));

-- name: count_staged()
-- How many rows of each state are left.
SELECT state, count(*) FROM staged GROUP BY state;

-- name: clashing_ids()
-- Rows whose id is another person's already.
SELECT staged.id FROM staged
JOIN (SELECT public_id, min(id) AS first FROM staged WHERE state <> ''
      GROUP BY public_id HAVING count(*) > 1) AS repeated
  ON repeated.public_id = staged.public_id AND repeated.first <> staged.id
WHERE staged.state <> ''
UNION
SELECT staged.id FROM staged
JOIN subscriber ON subscriber.public_id = staged.public_id
  AND subscriber.address_hash <> staged.address_hash;

-- name: give_id(id, public_id)*!
-- Another id for a row.
UPDATE staged SET public_id = :public_id WHERE id = :id;

-- name: import_suppressions(now)!
-- Who gets nothing from now on.
INSERT INTO suppression (address_hash, reason, since)
SELECT address_hash, reason, :now FROM staged WHERE state = ''
ON CONFLICT DO NOTHING;

-- name: import_subscribers(now)!
-- New people, in the order of the file.
INSERT INTO subscriber (public_id, address_hash, address, name, language, created)
SELECT public_id, address_hash, address, name, language, :now FROM staged
WHERE state <> '' ORDER BY id
ON CONFLICT DO NOTHING;

-- name: import_subscriptions()!
-- What they are from now on.
INSERT INTO subscription (newsletter, subscriber_id, state, since)
SELECT staged.newsletter, subscriber.id, staged.state, staged.since
FROM staged CROSS JOIN subscriber
WHERE staged.state <> '' AND subscriber.address_hash = staged.address_hash ORDER BY staged.id
ON CONFLICT (newsletter, subscriber_id) DO UPDATE SET
  state = excluded.state, since = excluded.since;

-- name: import_consents(now)!
-- The proof of consent, and what is still to be confirmed.
INSERT INTO consent (subscriber_id, newsletter, event, at, consented, way, source, wording, ip,
                     user_agent, message_id)
SELECT subscriber.id, staged.newsletter,
       CASE WHEN staged.consented IS NULL THEN 'requested' ELSE 'stated' END,
       :now, staged.consented, 'import', staged.source, '', staged.ip, '', ''
FROM staged CROSS JOIN subscriber
WHERE subscriber.address_hash = staged.address_hash
  AND (staged.state IN ('active', 'pending')
       OR (staged.state = 'unsubscribed' AND staged.consented IS NOT NULL))
ORDER BY staged.id;

-- name: import_leavings(now)!
-- Who left, and who of our subscribers gets nothing at all.
INSERT INTO consent (subscriber_id, newsletter, event, at, consented, way, source, wording, ip,
                     user_agent, message_id)
SELECT subscriber.id, staged.newsletter,
       CASE WHEN staged.state = '' THEN 'suppressed' ELSE 'left' END,
       :now, NULL, 'import', staged.reason, '', '', '', ''
FROM staged CROSS JOIN subscriber
WHERE subscriber.address_hash = staged.address_hash AND staged.state IN ('unsubscribed', '')
ORDER BY staged.id;

-- name: drop_deliveries_of_staged(now)!
-- Letters that wait for those who left, but for those that are on their way.
UPDATE delivery SET state = 'dropped', reply = 'left', done = :now
WHERE state IN ('queued', 'deferred') AND lease_until <= :now
  AND (edition_id, subscriber_id) IN (
  SELECT waiting.edition_id, waiting.subscriber_id
  FROM staged
  CROSS JOIN subscriber
  CROSS JOIN delivery AS waiting
  CROSS JOIN edition
  WHERE staged.state IN ('unsubscribed', '')
    AND subscriber.address_hash = staged.address_hash
    AND waiting.subscriber_id = subscriber.id
    AND waiting.state IN ('queued', 'deferred') AND waiting.lease_until <= :now
    AND edition.id = waiting.edition_id
    AND staged.newsletter IN ('', edition.newsletter));

-- name: staged_leavings()
-- Who left, or gets nothing at all ('').
SELECT newsletter, address_hash, reason, state FROM staged
WHERE state IN ('unsubscribed', '') ORDER BY id;
