-- Mails to one person that are no editions, from when they are asked for until they left.
-- Times are seconds since 1970-01-01 UTC.
-- depends: 0003.editions

-- `at` is when what it tells of happened, `due` when it may be sent (again). `done` is NULL until it
-- left or will not be sent; it is set before the mail is on the wire, so that no crash repeats one.
-- `reply` is '' where the mail was taken, else what was said of it.
CREATE TABLE notice (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  subscriber_id BIGINT NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
  newsletter TEXT NOT NULL,
  at BIGINT NOT NULL,
  due BIGINT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  done BIGINT,
  reply TEXT NOT NULL DEFAULT ''
);
CREATE INDEX notice_open ON notice (due) WHERE done IS NULL;
CREATE INDEX notice_subscriber ON notice (subscriber_id, kind);

UPDATE store_version SET version = 4;
