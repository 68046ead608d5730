-- name: add_edition(newsletter, slug, origin, domain, language, kind, state, slot, not_before, intro, own_subject, recipients_of, composed)$
-- A new edition; gives its id.
INSERT INTO edition (newsletter, slug, origin, domain, language, kind, state, slot, not_before,
                     intro, own_subject, recipients_of, transport, revision, why, composed)
VALUES (:newsletter, :slug, :origin, :domain, :language, :kind, :state, :slot, :not_before,
        :intro, :own_subject, :recipients_of, '', 0, '', :composed)
RETURNING id;

-- name: all_editions()
-- Every edition, the newest first.
SELECT id, newsletter, slug, origin, domain, language, kind, state, slot, not_before, intro,
       own_subject, recipients_of, transport, revision, why, composed, released, finished,
       canary_until, forgiven
FROM edition ORDER BY id DESC;

-- name: edition_by_slug(newsletter, slug)^
-- The edition that is called NEWSLETTER/SLUG.
SELECT id, newsletter, slug, origin, domain, language, kind, state, slot, not_before, intro,
       own_subject, recipients_of, transport, revision, why, composed, released, finished,
       canary_until, forgiven
FROM edition WHERE newsletter = :newsletter AND slug = :slug;

-- name: edition_by_id(id)^
-- One edition.
SELECT id, newsletter, slug, origin, domain, language, kind, state, slot, not_before, intro,
       own_subject, recipients_of, transport, revision, why, composed, released, finished,
       canary_until, forgiven
FROM edition WHERE id = :id;

-- name: set_edition_state(id, state, why)!
-- Move an edition on its way.
UPDATE edition SET state = :state, why = :why WHERE id = :id;

-- name: set_edition_released(id, released, transport)!
-- Its recipients are fixed.
UPDATE edition SET state = 'released', released = :released, transport = :transport, why = ''
WHERE id = :id;

-- name: set_edition_finished(id, finished)!
-- Every delivery is final.
UPDATE edition SET state = 'sent', finished = :finished, why = '' WHERE id = :id;

-- name: set_edition_unreleased(id, state)!
-- As before its release: a rehearsal is taken back.
UPDATE edition SET state = :state, released = NULL, finished = NULL, transport = '', why = '',
                   canary_until = NULL, forgiven = 0
WHERE id = :id;

-- name: set_edition_canary(id, canary_until)!
-- The first letters are out; the others wait.
UPDATE edition SET canary_until = :canary_until WHERE id = :id;

-- name: forgive_edition(id, forgiven)!
-- So many failures were seen by whoever let it go on.
UPDATE edition SET forgiven = :forgiven WHERE id = :id;

-- name: set_edition_corrected(id, revision, language, intro, own_subject)!
-- The words of those not yet served are others now.
UPDATE edition SET revision = :revision, language = :language, intro = :intro,
                   own_subject = :own_subject
WHERE id = :id;

-- name: put_edition_letter(edition_id, language, subject, html, text, web)*!
-- What the edition says in languages.
INSERT INTO edition_letter (edition_id, language, subject, html, text, web)
VALUES (:edition_id, :language, :subject, :html, :text, :web);

-- name: delete_edition_letters(edition_id)!
-- It is to say something else.
DELETE FROM edition_letter WHERE edition_id = :edition_id;

-- name: own_letter(edition_id)^
-- What an edition says in its own language.
SELECT subject, html, text, web
FROM edition_letter JOIN edition
  ON edition.id = edition_letter.edition_id AND edition.language = edition_letter.language
WHERE edition_letter.edition_id = :edition_id;

-- name: edition_letters(edition_id)
-- What an edition says, by language.
SELECT language, subject, html, text, web FROM edition_letter
WHERE edition_id = :edition_id ORDER BY language;

-- name: edition_subjects()
-- The subject of each edition, in its own language.
SELECT edition_id, subject
FROM edition_letter JOIN edition
  ON edition.id = edition_letter.edition_id AND edition.language = edition_letter.language
ORDER BY edition_id;

-- name: web_copies(now)
-- The editions that everybody may see on the web while their newsletter goes, and a value that
-- changes with what they say: not before their time, and of those that were cancelled only what
-- somebody got. Those that are over stay whatever their newsletter does.
SELECT id, newsletter, origin, revision, state IN ('sent', 'cancelled') AS over FROM edition
WHERE (state = 'ready' AND not_before <= :now)
   OR (released IS NOT NULL AND state <> 'cancelled')
   OR (state = 'cancelled' AND (
         EXISTS (SELECT 1 FROM delivery
                 WHERE delivery.edition_id = edition.id AND delivery.state = 'sent')
         OR EXISTS (SELECT 1 FROM delivery
                    WHERE delivery.edition_id = edition.id AND delivery.copy > 0)
         OR EXISTS (SELECT 1 FROM delivery
                    WHERE delivery.edition_id = edition.id AND delivery.owner <> '')))
ORDER BY id;

-- name: slugs_like(newsletter, slug)
-- Slugs of a newsletter's editions that begin so.
SELECT slug FROM edition
WHERE newsletter = :newsletter AND substr(slug, 1, length(:slug)) = :slug;

-- name: take_article(newsletter, article_id, edition_id, place, listed)*!
-- These articles belong to the edition, or (edition_id NULL) are before the newsletter's time.
INSERT INTO edition_article (newsletter, article_id, edition_id, place, listed)
VALUES (:newsletter, :article_id, :edition_id, :place, :listed);

-- name: free_articles(edition_id)!
-- The articles are new again.
DELETE FROM edition_article WHERE edition_id = :edition_id;

-- name: free_earlier_articles(newsletter)!
-- A newsletter without a digest begins anew: no article is before its time.
DELETE FROM edition_article
WHERE newsletter = :newsletter AND edition_id IS NULL AND NOT EXISTS (
    SELECT 1 FROM edition_article AS digest JOIN edition ON edition.id = digest.edition_id
    WHERE digest.newsletter = :newsletter AND edition.kind IN ('scheduled', 'manual'));

-- name: has_digest(newsletter)$
-- Whether an article is in a digest of the newsletter: special editions are none.
SELECT count(*) FROM (
    SELECT 1 FROM edition_article JOIN edition ON edition.id = edition_article.edition_id
    WHERE edition_article.newsletter = :newsletter AND edition.kind IN ('scheduled', 'manual')
    LIMIT 1) AS found;

-- name: used_articles(newsletter)
-- The articles that are in an edition of the newsletter, or before its time.
SELECT article_id, edition_id FROM edition_article WHERE newsletter = :newsletter;

-- name: edition_articles(edition_id)
-- The articles of an edition in their order.
SELECT article_id, listed FROM edition_article WHERE edition_id = :edition_id ORDER BY place;

-- name: articles_editions()
-- Which editions each article is in.
SELECT article_id, edition.newsletter, slug
FROM edition_article JOIN edition ON edition.id = edition_id
ORDER BY edition.id;
