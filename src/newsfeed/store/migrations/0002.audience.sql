-- Who gets letters, and what they agreed to. Times are seconds since 1970-01-01 UTC.
--
-- What PostgreSQL writes differently: `INTEGER PRIMARY KEY AUTOINCREMENT` is an identity column
-- there. Either way a number is never given twice.
-- depends: 0001.articles

-- An address. `address` is what mail is sent to (its domain in ASCII); `address_hash` a keyed hash
-- of its lower-case form: who is who, also after everything else about a person is erased.
-- `public_id` stands for the person wherever others can see it: in links and messages.
CREATE TABLE subscriber (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  public_id TEXT NOT NULL UNIQUE,
  address_hash TEXT NOT NULL UNIQUE,
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  language TEXT NOT NULL,
  created BIGINT NOT NULL
);

-- `asked_again` is 1 where somebody who left or was suppressed is pending again: only a confirmation
-- of their own makes them active then, and nobody's word for them.
CREATE TABLE subscription (
  newsletter TEXT NOT NULL,
  subscriber_id BIGINT NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
  state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'unsubscribed')),
  since BIGINT NOT NULL,
  asked_again INTEGER NOT NULL DEFAULT 0 CHECK (asked_again IN (0, 1)),
  PRIMARY KEY (newsletter, subscriber_id)
);
CREATE INDEX subscription_subscriber ON subscription (subscriber_id);
CREATE INDEX subscription_pending ON subscription (since) WHERE state = 'pending';

-- The proof of consent: rows are added, never changed but for the name of a newsletter that is
-- renamed; they go only when a person is erased.
-- `consented` is when the person agreed, as an import states it; `wording` what they agreed to.
CREATE TABLE consent (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subscriber_id BIGINT NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
  newsletter TEXT NOT NULL,
  event TEXT NOT NULL,
  at BIGINT NOT NULL,
  consented BIGINT,
  way TEXT NOT NULL,
  source TEXT NOT NULL,
  wording TEXT NOT NULL,
  ip TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  message_id TEXT NOT NULL
);
CREATE INDEX consent_subscriber ON consent (subscriber_id);

CREATE TABLE consent_wording (
  version TEXT PRIMARY KEY,
  language TEXT NOT NULL,
  wording TEXT NOT NULL
);

-- Addresses that get nothing whatever anybody says; only their hashes, so that it outlives erasure.
CREATE TABLE suppression (
  address_hash TEXT PRIMARY KEY,
  reason TEXT NOT NULL CHECK (reason IN ('bounced', 'complained', 'blocked', 'erased')),
  since BIGINT NOT NULL
);

-- Addresses whose suppression was lifted and whose owner confirmed nothing since: nobody else's word
-- counts for them. Like a suppression it needs no subscriber, and outlives one.
CREATE TABLE reinstated (
  address_hash TEXT PRIMARY KEY
);

-- How many confirmation mails an address got, whatever became of the requests, and the last one's
-- time. It outlives the person's row: three are the most for ever.
CREATE TABLE confirmation_mail (
  address_hash TEXT PRIMARY KEY,
  mails INTEGER NOT NULL,
  last BIGINT NOT NULL
);

UPDATE store_version SET version = 2;
