-- What hubs were told (WebSub). Times are seconds since 1970-01-01 UTC.
-- depends: 0003.editions

-- A topic is the address of a feed; `sha256` is of the bytes that the hub was told of last, or is
-- to be told of at `due`, after `tries` in vain. `due` is NULL where nothing is to be done until
-- the bytes or the hub change. `pinged` is when the hub took it last, `reply` what it said.
CREATE TABLE hub_ping (
  topic TEXT PRIMARY KEY,
  hub TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  tries INTEGER NOT NULL,
  due BIGINT,
  pinged BIGINT,
  reply TEXT NOT NULL
);

UPDATE store_version SET version = 5;
