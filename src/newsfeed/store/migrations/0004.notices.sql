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

UPDATE store_version SET version = 4;
