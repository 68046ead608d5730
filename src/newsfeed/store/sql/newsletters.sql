-- name: newsletter_row(name)^
-- What is known of one newsletter.
SELECT name, clock, decided_until, paused, paused_until FROM newsletter WHERE name = :name;

-- name: newsletter_rows()
-- What is known of every newsletter.
SELECT name, clock, decided_until, paused, paused_until FROM newsletter ORDER BY name;

-- name: save_newsletter_clock(name, clock, decided_until)!
-- From here on slots are looked for after `decided_until`.
INSERT INTO newsletter (name, clock, decided_until)
VALUES (:name, :clock, :decided_until)
ON CONFLICT (name) DO UPDATE SET
  clock = excluded.clock, decided_until = excluded.decided_until;

-- name: pause_newsletter(name, now, until)!
-- Also one that was never seen: its clock starts when it is.
INSERT INTO newsletter (name, clock, decided_until, paused, paused_until)
VALUES (:name, '', :now, :now, :until)
ON CONFLICT (name) DO UPDATE SET
  paused = excluded.paused, paused_until = excluded.paused_until;

-- name: resume_newsletter(name)!
-- Forget the pause, also one that is over.
UPDATE newsletter SET paused = NULL, paused_until = NULL WHERE name = :name;

-- name: add_slot(newsletter, at, kind, outcome, decided, edition_id)!
-- Each slot is decided once.
INSERT INTO slot (newsletter, at, kind, outcome, decided, edition_id)
VALUES (:newsletter, :at, :kind, :outcome, :decided, :edition_id)
ON CONFLICT (newsletter, at, kind) DO NOTHING;

-- name: slot_outcome(newsletter, at, kind)$
-- What became of a slot.
SELECT outcome FROM slot WHERE newsletter = :newsletter AND at = :at AND kind = :kind;

-- name: forget_slots_to_come(newsletter, now)!
-- What a clock decided that was ahead, where it made no edition.
DELETE FROM slot
WHERE newsletter = :newsletter AND at > :now AND edition_id IS NULL AND outcome <> 'edition';

-- name: former_name(old)$
-- What a newsletter is called now that had this name.
SELECT name FROM newsletter_alias WHERE old = :old;

-- name: former_names()
-- Every former name, and what it leads to.
SELECT old, name FROM newsletter_alias ORDER BY old;

-- name: next_subscribed_newsletter(after)$
-- The next name in the order of the alphabet: a step into the index, however many rows there are.
SELECT min(newsletter) FROM subscription WHERE newsletter > :after;

-- name: subscribers_of_newsletter(newsletter)$
-- How many get its letters, or will once they confirm.
SELECT count(*) FROM subscription
WHERE newsletter = :newsletter AND state IN ('active', 'pending');

-- name: newsletter_holdings(newsletter)^
-- What the ledger holds under a name.
SELECT
  (SELECT count(*) FROM subscription WHERE newsletter = :newsletter) AS subscriptions,
  (SELECT count(*) FROM edition WHERE newsletter = :newsletter) AS editions,
  (SELECT count(*) FROM edition_article WHERE newsletter = :newsletter) AS articles,
  (SELECT count(*) FROM slot WHERE newsletter = :newsletter) AS slots,
  (SELECT count(*) FROM delivery JOIN edition ON edition.id = delivery.edition_id
   WHERE edition.newsletter = :newsletter) AS deliveries,
  (SELECT count(*) FROM newsletter WHERE name = :newsletter) AS clocks;

-- name: discard_newsletter_slots(newsletter)!
DELETE FROM slot WHERE newsletter = :newsletter;

-- name: discard_newsletter_articles(newsletter)!
DELETE FROM edition_article WHERE newsletter = :newsletter;

-- name: discard_newsletter_letters(newsletter)!
DELETE FROM edition_letter
WHERE edition_id IN (SELECT id FROM edition WHERE newsletter = :newsletter);

-- name: discard_newsletter_editions(newsletter)!
DELETE FROM edition WHERE newsletter = :newsletter;

-- name: discard_newsletter_clock(newsletter)!
DELETE FROM newsletter WHERE name = :newsletter;

-- name: move_subscriptions(old, new)!
UPDATE subscription SET newsletter = :new WHERE newsletter = :old;

-- name: move_consents(old, new)!
-- The name alone: what was agreed to, when and how stays as it is.
UPDATE consent SET newsletter = :new WHERE newsletter = :old;

-- name: move_editions(old, new)!
UPDATE edition SET newsletter = :new WHERE newsletter = :old;

-- name: move_edition_articles(old, new)!
UPDATE edition_article SET newsletter = :new WHERE newsletter = :old;

-- name: move_slots(old, new)!
UPDATE slot SET newsletter = :new WHERE newsletter = :old;

-- name: move_newsletter_clock(old, new)!
UPDATE newsletter SET name = :new WHERE name = :old;

-- name: drop_former_name(old)!
-- The name is in use again.
DELETE FROM newsletter_alias WHERE old = :old;

-- name: lead_former_names_on(old, new)!
-- What led to the old name leads to the new one.
UPDATE newsletter_alias SET name = :new WHERE name = :old;

-- name: add_former_name(old, new)!
INSERT INTO newsletter_alias (old, name) VALUES (:old, :new)
ON CONFLICT (old) DO UPDATE SET name = excluded.name;
