-- name: all_articles()
-- Every article that was ever given an id.
SELECT id, source, path, url, content_hash, first_seen, stored_date, stored_from, sequence,
       news, gone
FROM article;

-- name: save_article*!
-- Keep identities; the id decides which row.
INSERT INTO article (id, source, path, url, content_hash, first_seen, stored_date, stored_from,
                     sequence, news, gone)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
  source = excluded.source, path = excluded.path, url = excluded.url,
  content_hash = excluded.content_hash, stored_date = excluded.stored_date,
  stored_from = excluded.stored_from, gone = excluded.gone;

-- name: set_revision(value)!
-- Say that articles changed.
UPDATE revision SET value = :value;
