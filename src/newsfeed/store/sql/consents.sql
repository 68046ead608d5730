-- name: record_consent(subscriber_id, newsletter, event, at, consented, way, source, wording, ip, user_agent, message_id)!
-- What a person was asked, agreed to, or took back. Never changed.
INSERT INTO consent (subscriber_id, newsletter, event, at, consented, way, source, wording, ip,
                     user_agent, message_id)
VALUES (:subscriber_id, :newsletter, :event, :at, :consented, :way, :source, :wording, :ip,
        :user_agent, :message_id);

-- name: consents_of(subscriber_id)
-- A person's consents, oldest first.
SELECT event, at, newsletter, way, consented, source, wording, ip, user_agent, message_id
FROM consent WHERE subscriber_id = :subscriber_id ORDER BY id;

-- name: confirmation_mails_to(address_hash)^
-- How many confirmation mails an address got, and when the last.
SELECT mails, last FROM confirmation_mail WHERE address_hash = :address_hash;

-- name: count_confirmation_mail(address_hash, at)!
-- One more of them.
INSERT INTO confirmation_mail (address_hash, mails, last) VALUES (:address_hash, 1, :at)
ON CONFLICT (address_hash) DO UPDATE SET
  mails = confirmation_mail.mails + 1, last = excluded.last;

-- name: keep_consent_wording(version, language, wording)!
-- The text behind a version; the version is a hash of it.
INSERT INTO consent_wording (version, language, wording) VALUES (:version, :language, :wording)
ON CONFLICT (version) DO NOTHING;

-- name: consent_wording(version)$
-- The text behind a version.
SELECT wording FROM consent_wording WHERE version = :version;
