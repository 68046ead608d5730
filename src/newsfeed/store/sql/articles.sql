-- name: all_articles()
-- Every article that was ever given an id.
SELECT id, source, path, url, content_hash, first_seen, stored_date, stored_from, sequence,
       news, gone, title, own_date
FROM article;

-- name: articles_alike(id, url, source, path)
-- The articles that have, or had, the id, the address or the file.
SELECT id, source, path, url, content_hash, first_seen, stored_date, stored_from, sequence,
       news, gone, title, own_date
FROM article
WHERE id = :id OR url = :url OR (source = :source AND path = :path);

-- name: last_sequence()$
-- The highest number of a first publication.
SELECT max(sequence) FROM article;

-- name: save_article*!
-- Keep identities; the id decides which row.
INSERT INTO article (id, source, path, url, content_hash, first_seen, stored_date, stored_from,
                     sequence, news, gone, title, own_date)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
  source = excluded.source, path = excluded.path, url = excluded.url,
  content_hash = excluded.content_hash, stored_date = excluded.stored_date,
  stored_from = excluded.stored_from, gone = excluded.gone, title = excluded.title,
  own_date = excluded.own_date;

-- name: set_revision(value)!
-- Say that articles changed.
UPDATE revision SET value = :value;
