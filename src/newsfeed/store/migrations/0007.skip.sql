-- Slots and days that are left out by `newsfeed skip`, without an edit of the settings.
-- depends: 0003.editions

-- `day` is one in the newsletter's zone, as in 2026-12-25, or '' where it is the one slot at `slot`
-- (seconds since 1970-01-01 UTC), which is 0 where it is a day.
CREATE TABLE skip (
  newsletter TEXT NOT NULL,
  day TEXT NOT NULL,
  slot BIGINT NOT NULL,
  PRIMARY KEY (newsletter, day, slot)
);

UPDATE store_version SET version = 7;
