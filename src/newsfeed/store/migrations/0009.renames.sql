-- What an article is known by where its file was renamed and its text changed in one go.
-- depends: 0008.languages

-- `own_date` is the date that the article gives itself, to the second; NULL where it gives none.
ALTER TABLE article ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE article ADD COLUMN own_date BIGINT;

UPDATE store_version SET version = 9;
