-- name: all_pings()
-- What is known of every topic.
SELECT topic, hub, sha256, tries, due, pinged, reply FROM hub_ping;

-- name: put_ping(topic, hub, sha256, tries, due, pinged, reply)!
-- What is known of one topic now.
INSERT INTO hub_ping (topic, hub, sha256, tries, due, pinged, reply)
VALUES (:topic, :hub, :sha256, :tries, :due, :pinged, :reply)
ON CONFLICT (topic) DO UPDATE SET
  hub = excluded.hub, sha256 = excluded.sha256, tries = excluded.tries, due = excluded.due,
  pinged = excluded.pinged, reply = excluded.reply;

-- name: drop_ping(topic)!
-- A feed that is no more.
DELETE FROM hub_ping WHERE topic = :topic;
