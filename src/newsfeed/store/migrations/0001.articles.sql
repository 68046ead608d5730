-- Articles keep their identity here: an id is given once and never to another article.
-- Times are seconds since 1970-01-01 UTC.
CREATE TABLE store_version (version INTEGER NOT NULL);
INSERT INTO store_version (version) VALUES (1);

CREATE TABLE article (
  id TEXT PRIMARY KEY,
  source TEXT NOT NULL,
  path TEXT NOT NULL,
  url TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  first_seen BIGINT NOT NULL,
  stored_date BIGINT,
  stored_from TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  news INTEGER NOT NULL,
  gone BIGINT
);
CREATE INDEX article_path ON article (source, path);

-- A value that every change of articles replaces: who saw it knows that nothing changed since.
CREATE TABLE revision (value TEXT NOT NULL);
INSERT INTO revision (value) VALUES ('');
