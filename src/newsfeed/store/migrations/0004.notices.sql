-- Mails to subscribers that are no editions. Times are seconds since 1970-01-01 UTC.
-- depends: 0003.editions

-- Asked for `at` a time, to be sent from `due` on; `done` is when it was sent or given up, and
-- `reply` what was said then. `newsletter` is '' where it is about none. A person who is erased
-- takes theirs along.
CREATE TABLE notice (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  subscriber_id BIGINT NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
  newsletter TEXT NOT NULL,
  at BIGINT NOT NULL,
  due BIGINT NOT NULL,
  tries INTEGER NOT NULL,
  done BIGINT,
  reply TEXT NOT NULL
);
CREATE INDEX notice_open ON notice (due, id) WHERE done IS NULL;
CREATE INDEX notice_subscriber ON notice (subscriber_id, kind, at);
CREATE INDEX notice_done ON notice (done) WHERE done IS NOT NULL;

-- How many have yet to confirm each newsletter is counted by it.
CREATE INDEX subscription_waiting ON subscription (newsletter, state) WHERE state = 'pending';

-- A confirmation mail that was put off `tries` times, or that a quota keeps back: until `due` none
-- to this person is tried.
CREATE TABLE confirmation_wait (
  subscriber_id BIGINT PRIMARY KEY REFERENCES subscriber (id) ON DELETE CASCADE,
  due BIGINT NOT NULL,
  tries INTEGER NOT NULL
);

-- Who asked by the web form lately is found by it.
CREATE INDEX consent_form ON consent (newsletter, at)
  WHERE event = 'requested' AND way = 'form';

UPDATE store_version SET version = 4;
