-- Subscribers on their way out of the store.

-- name: export_subscriptions(newsletter, state, after, last)
-- Of the persons with these ids: every subscription with the last proof of consent. "" stands for
-- all newsletters and states.
SELECT subscriber.address, subscriber.name, subscriber.language, subscription.newsletter,
       subscription.state, subscription.since,
       CASE consent.event WHEN 'stated' THEN consent.source
                          WHEN 'confirmed' THEN 'confirmed by ' || consent.way ELSE '' END,
       CASE consent.event WHEN 'stated' THEN consent.consented ELSE consent.at END,
       coalesce(suppression.reason, '')
FROM subscriber
CROSS JOIN subscription
LEFT JOIN suppression ON suppression.address_hash = subscriber.address_hash
LEFT JOIN consent ON consent.id = (
  SELECT max(proof.id) FROM consent AS proof
  WHERE proof.subscriber_id = subscriber.id AND proof.newsletter = subscription.newsletter
    AND (proof.event = 'confirmed' OR (proof.event = 'stated' AND proof.consented IS NOT NULL)))
WHERE subscriber.id > :after AND subscriber.id <= :last
  AND subscription.subscriber_id = subscriber.id
  AND (:newsletter = '' OR subscription.newsletter = :newsletter)
  AND (:state = '' OR subscription.state = :state)
ORDER BY subscriber.id, subscription.newsletter;

-- name: count_exported(newsletter, state)$
-- How many subscriptions there are; "" stands for all.
SELECT count(*) FROM subscription
WHERE (:newsletter = '' OR newsletter = :newsletter) AND (:state = '' OR state = :state);
