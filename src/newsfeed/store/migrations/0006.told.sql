-- What the operator was told by mail. Times are seconds since 1970-01-01 UTC.
-- depends: 0004.notices

-- What is so, or is wrong, by a key, and when it was told. What is over goes from here, and is told
-- anew where it comes back.
CREATE TABLE told (
  key TEXT PRIMARY KEY,
  at BIGINT NOT NULL
);

-- The mails of the last day: there is a limit to them.
CREATE TABLE operator_mail (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at BIGINT NOT NULL
);

UPDATE store_version SET version = 6;
