-- name: suppression_of(address_hash)^
-- Why an address gets nothing, and since when.
SELECT reason, since FROM suppression WHERE address_hash = :address_hash;

-- name: suppress_address(address_hash, reason, since)!
-- An address gets nothing from now on; that it was erased is never said otherwise.
INSERT INTO suppression (address_hash, reason, since) VALUES (:address_hash, :reason, :since)
ON CONFLICT (address_hash) DO UPDATE SET reason = excluded.reason, since = excluded.since
WHERE suppression.reason <> 'erased';

-- name: lift_suppression(address_hash)!
-- An address may be asked again.
DELETE FROM suppression WHERE address_hash = :address_hash;

-- name: note_reinstated(address_hash)!
-- From now on only the owner's confirmation counts for an address.
INSERT INTO reinstated (address_hash) VALUES (:address_hash) ON CONFLICT DO NOTHING;

-- name: is_reinstated(address_hash)$
-- Whether that is so.
SELECT count(*) FROM reinstated WHERE address_hash = :address_hash;

-- name: drop_reinstated(address_hash)!
-- The owner confirmed.
DELETE FROM reinstated WHERE address_hash = :address_hash;
