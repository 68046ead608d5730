-- name: domain_holds(edition_id)
-- The domains that refuse the sender of an edition.
SELECT domain, until, strikes, reply FROM domain_hold WHERE edition_id = :edition_id;

-- name: hold_domain(edition_id, domain, until, strikes, reply)!
-- One more refusal by a domain.
INSERT INTO domain_hold (edition_id, domain, until, strikes, reply)
VALUES (:edition_id, :domain, :until, :strikes, :reply)
ON CONFLICT (edition_id, domain) DO UPDATE SET
  until = excluded.until, strikes = excluded.strikes, reply = excluded.reply;

-- name: release_domain(edition_id, domain)!
-- It took a letter.
DELETE FROM domain_hold WHERE edition_id = :edition_id AND domain = :domain;

-- name: release_domains(edition_id)!
-- Somebody looked at the reasons.
DELETE FROM domain_hold WHERE edition_id = :edition_id;
