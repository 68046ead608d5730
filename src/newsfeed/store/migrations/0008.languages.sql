-- Letters in the language of whoever gets them.
-- depends: 0007.skip

-- `language` is the edition's own, in which its web copy is and its subject is told: until now there
-- was but one letter of each. What it says in others stands beside that one in `edition_letter`.
ALTER TABLE edition ADD COLUMN language TEXT NOT NULL DEFAULT '';
UPDATE edition SET language = coalesce((
  SELECT min(language) FROM edition_letter WHERE edition_letter.edition_id = edition.id), '');

-- What the subscriber read when the letter was first taken up, '' for the edition's own; NULL before
-- that. Every try of one copy is of the same words, since they have one Message-ID.
ALTER TABLE delivery ADD COLUMN language TEXT;

-- The language in which a mail was asked for, '' where nobody said: then the person's own.
ALTER TABLE notice ADD COLUMN language TEXT NOT NULL DEFAULT '';

UPDATE store_version SET version = 8;
