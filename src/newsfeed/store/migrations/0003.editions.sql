-- The ledger: what each newsletter decided, composed, and delivered to whom.
-- Times are seconds since 1970-01-01 UTC.
-- depends: 0002.audience

-- `clock` is a hash of schedule and zone: another one starts anew from now. Slots up to
-- `decided_until` are decided. `paused_until` is NULL where somebody has to resume.
CREATE TABLE newsletter (
  name TEXT PRIMARY KEY,
  clock TEXT NOT NULL,
  decided_until BIGINT NOT NULL,
  paused BIGINT,
  paused_until BIGINT
);

-- Former names, which stand in links that were sent.
CREATE TABLE newsletter_alias (
  old TEXT PRIMARY KEY,
  name TEXT NOT NULL
);

-- An edition is composed once, in the transaction that decides its slot. `recipients_of` is the
-- edition whose readers it is for; `not_before` when it may leave; `revision` counts corrections;
-- `own_subject` is '' where the newsletter's pattern makes the subject. `origin` is what it was
-- called then, NEWSLETTER/SLUG, and `domain` the sender's: Message-IDs, the web copy's address and
-- the outbox folder are made of them, so that they outlive a rename and another sender. After its
-- canary it waits until `canary_until`; `forgiven` failures were seen by whoever resumed it.
CREATE TABLE edition (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  newsletter TEXT NOT NULL,
  slug TEXT NOT NULL,
  origin TEXT NOT NULL UNIQUE,
  domain TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('scheduled', 'manual', 'special', 'correction')),
  state TEXT NOT NULL
    CHECK (state IN ('held', 'ready', 'released', 'paused', 'sent', 'cancelled')),
  slot BIGINT NOT NULL,
  not_before BIGINT NOT NULL,
  intro TEXT NOT NULL,
  own_subject TEXT NOT NULL DEFAULT '',
  recipients_of BIGINT REFERENCES edition (id),
  transport TEXT NOT NULL,
  revision INTEGER NOT NULL,
  why TEXT NOT NULL,
  composed BIGINT NOT NULL,
  released BIGINT,
  finished BIGINT,
  canary_until BIGINT,
  forgiven INTEGER NOT NULL DEFAULT 0,
  UNIQUE (newsletter, slug)
);

CREATE TABLE slot (
  newsletter TEXT NOT NULL,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  outcome TEXT NOT NULL
    CHECK (outcome IN ('edition', 'nothing new', 'too late', 'skipped', 'paused')),
  decided BIGINT NOT NULL,
  edition_id BIGINT REFERENCES edition (id),
  PRIMARY KEY (newsletter, at, kind)
);

-- What an edition says, ready but for what is personal.
CREATE TABLE edition_letter (
  edition_id BIGINT NOT NULL REFERENCES edition (id),
  language TEXT NOT NULL,
  subject TEXT NOT NULL,
  html TEXT NOT NULL,
  text TEXT NOT NULL,
  web TEXT NOT NULL,
  PRIMARY KEY (edition_id, language)
);

-- An article is in one edition of a newsletter, or (edition_id NULL) before its time.
-- `place` counts from 0 in the order shown; `listed` ones appear by title only.
CREATE TABLE edition_article (
  newsletter TEXT NOT NULL,
  article_id TEXT NOT NULL,
  edition_id BIGINT REFERENCES edition (id),
  place INTEGER NOT NULL,
  listed INTEGER NOT NULL,
  PRIMARY KEY (newsletter, article_id)
);
CREATE INDEX edition_article_edition ON edition_article (edition_id, place);

-- One edition to one subscriber. A row is claimed by `owner` until `lease_until`; `epoch` counts
-- claims, and an outcome is written only by the claim that is in force. `copy` counts deliberate
-- repeats, `revision` says which correction was sent. `since` is when it was first put off by a
-- relay; `retaken` counts claims whose holder ended without a word, after which the letter may have
-- gone out twice. Rows outlive an erased subscriber's row: a number that leads nowhere is no person.
CREATE TABLE delivery (
  edition_id BIGINT NOT NULL REFERENCES edition (id),
  subscriber_id BIGINT NOT NULL,
  state TEXT NOT NULL
    CHECK (state = 'queued' OR state = 'sent' OR state = 'deferred' OR state = 'failed'
           OR state = 'dropped' OR state = 'limited'),
  due BIGINT NOT NULL,
  tries INTEGER NOT NULL,
  copy INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  owner TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  lease_until BIGINT NOT NULL,
  since BIGINT,
  retaken INTEGER NOT NULL DEFAULT 0,
  done BIGINT,
  reply TEXT NOT NULL,
  PRIMARY KEY (edition_id, subscriber_id)
);
CREATE INDEX delivery_open ON delivery (edition_id, due, subscriber_id)
  WHERE state IN ('queued', 'deferred') AND owner = '';
CREATE INDEX delivery_state ON delivery (edition_id, state, done);
CREATE INDEX delivery_retaken ON delivery (edition_id) WHERE retaken > 0;
CREATE INDEX delivery_copy ON delivery (edition_id) WHERE copy > 0;
CREATE INDEX delivery_claim ON delivery (edition_id, owner) WHERE owner <> '';
CREATE INDEX delivery_subscriber ON delivery (subscriber_id);

-- Whoever is active, in the order in which an edition gets its rows.
CREATE INDEX subscription_active ON subscription (newsletter, subscriber_id)
  WHERE state = 'active';

-- The processes that deliver by SMTP. `beat` is when one was last seen alive; a lock on a file of
-- its name, which ends with the process, tells more where both are on one machine.
CREATE TABLE sender (
  id TEXT PRIMARY KEY,
  started BIGINT NOT NULL,
  beat BIGINT NOT NULL
);

-- A receiving domain that refuses us for what we are (5.7.x): nothing of the edition goes there
-- until `until`. `strikes` counts such refusals.
CREATE TABLE domain_hold (
  edition_id BIGINT NOT NULL REFERENCES edition (id),
  domain TEXT NOT NULL,
  until BIGINT NOT NULL,
  strikes INTEGER NOT NULL,
  reply TEXT NOT NULL,
  PRIMARY KEY (edition_id, domain)
);

-- How many letters left by a time, ever: the quotas of the relay are kept by it. `at` is in
-- milliseconds, and whole tenths of a second. `domain` is that of the receivers, or '' for all.
CREATE TABLE pace (
  domain TEXT NOT NULL,
  at BIGINT NOT NULL,
  upto BIGINT NOT NULL,
  PRIMARY KEY (domain, at)
);

-- Facts about the store itself: which keys it belongs to, whose copy it is, whether it is paused.
CREATE TABLE store_fact (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

UPDATE store_version SET version = 3;
