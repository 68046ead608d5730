-- name: fact(name)$
-- One fact about the store.
SELECT value FROM store_fact WHERE name = :name;

-- name: set_fact(name, value)!
-- Keep a fact.
INSERT INTO store_fact (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: drop_fact(name)!
-- It is no longer so.
DELETE FROM store_fact WHERE name = :name;
