"""How Hugo reads one file: the convention behind the small interface."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.collect.conventions.base import Body, Dropped, Find, Place
from newsfeed.collect.conventions.hugo import addresses
from newsfeed.collect.conventions.hugo.cascade import Target, cascaded
from newsfeed.collect.conventions.hugo.moments import FILE_NAME, Found, find, name_date
from newsfeed.collect.conventions.hugo.order import title_key
from newsfeed.collect.conventions.hugo.pages import (
    ENDINGS,
    HTML,
    ORG,
    Page,
    page_of,
    read_front_matter,
)
from newsfeed.collect.conventions.hugo.settings import Language, Site, Values, flag, table, texts
from newsfeed.collect.conventions.hugo.tree import Tree
from newsfeed.collect.frontmatter import FrontMatter
from newsfeed.errors import ArticleError
from newsfeed.model import DateOrigin
from newsfeed.text import short_hash

if TYPE_CHECKING:
    from newsfeed.collect.fields import Fields

_PRIVATE = "hugo"
"""The key of front matter below which what only these rules know travels to `place`."""

_TAKEN = frozenset(
    {"audio", "build", "_build", "cascade", "description", "featured_image", "headless", "images"}
    | {"iscjklanguage", "keywords", "linktitle", "markup", "menu", "menus", "outputs", "params"}
    | {"pubdate", "publishdate", "published", "expirydate", "unpublishdate", "resources", "series"}
    | {"sitemap", "translationkey", "type", "url", "videos", "weight", "lastmod", "modified"}
    | {"summary", "aliases", "date", "draft", "categories", "tags"}
)
"""Keys of Hugo's that go by another name, or say nothing, from here on."""

_HEAVIEST = 2**31

_MORE = re.compile(r"^[ \t]*<!--[ \t]*more[ \t]*-->[ \t]*$", re.MULTILINE | re.IGNORECASE)
_ORG_MORE = re.compile(r"^[ \t]*#[ \t]+more[ \t]*$", re.MULTILINE | re.IGNORECASE)
_HEADING_WORDS = re.compile(
    r"^(#{1,6}[ \t][^\n{]{0,500})\{[#.][^\n{}]{0,200}\}[ \t]*$", re.MULTILINE
)


class Hugo:
    """The rules of a Hugo site, or of a folder of its content."""

    name = "hugo"
    has_site = True
    ties_descend = False

    def __init__(
        self,
        site: Site,
        tree: Tree,
        feed_sections: tuple[str, ...] = (),
        prefix: str = "",
        permalink: str = "",
    ) -> None:
        """`feed_sections` are those of which the site's own feed tells, () for all; `prefix` is
        where the source lies in the site, such as "content/"; `permalink` overrides its patterns.
        """
        self.zone = ZoneInfo(site.timezone or "UTC")
        self.base_path = site.base_path
        self._site = site
        self._tree = tree
        self._feed_sections = feed_sections
        self._prefix = prefix
        self._permalink = permalink
        self._languages = {one.code: one for one in site.languages}
        self._roots = tuple(one.content + "/" for one in site.languages)
        self._levels = lru_cache(1024)(self._levels_of)
        self._page = lru_cache(64)(self._page_of)  # as many files as may be read together
        self._is_draft = lru_cache(1024)(self._draft_section)
        sections, bundles = sorted(tree.sections.items()), sorted(tree.bundles)
        self.key = f"hugo {(prefix, permalink, feed_sections, site, sections, bundles)!r}"

    def accepts(self, path: str) -> bool:
        """Pages below a language's content; what lies in a bundle beside its `index` is none."""
        whole = self._prefix + path
        if whole.rstrip("/").rpartition("/")[2].startswith("."):
            return False
        if path.endswith("/"):
            return self._enters(whole)
        folder, _, name = whole.rpartition("/")
        if not name.endswith(ENDINGS) or name.startswith(("_index.", "#")):
            return False
        if not whole.startswith(self._roots):
            return False
        return folder not in self._tree.bundles or name.startswith("index.")

    def _enters(self, folder: str) -> bool:
        """Whether to enter a folder: one of content, or above it, and not within a bundle."""
        above = folder.rstrip("/").rpartition("/")[0]
        if above in self._tree.bundles:
            return False
        return any(folder.startswith(root) or root.startswith(folder) for root in self._roots)

    def front_matter(self, path: str, text: str) -> FrontMatter:
        """See Convention.front_matter."""
        return self.merged(path, read_front_matter(path, text))

    def merged(self, path: str, front: FrontMatter) -> FrontMatter:
        """The file's own `front` with what is cascaded to it, by the names that we know."""
        page = self._page(path)
        if page is None:
            return front
        values = {**self._cascaded(path, page), **front.values}
        handlers = self._languages[page.language].handlers
        named = name_date(page.name) if FILE_NAME in handlers.date else None
        date = find(handlers.date, values, named)
        published = find(handlers.publishdate, values, named)
        expires = find(handlers.expirydate, values, named)
        private: Values = {
            **{key: values[key] for key in ("weight", "linktitle", "url") if key in values},
            "date": date.key,
            "slug": named.rest if named and date.key == FILE_NAME else "",
            "why": self._why(values, page),
            "since": None if self._site.future else published,
            "until": None if self._site.expired else expires,
        }
        updated = find(handlers.lastmod, values, named)
        kept = {key: value for key, value in values.items() if key not in _TAKEN}
        kept |= _renamed(values)
        kept |= {"date": date.value, _PRIVATE: private}
        if self._site.many:  # then the name or the folder of a file tells its language
            kept = {key: value for key, value in kept.items() if key not in {"lang", "language"}}
        if updated.key != date.key:
            kept["lastmod"] = updated.value
        lines = dict(front.lines)
        for key, found in (("date", date), ("lastmod", updated)):
            lines[key] = front.lines.get(found.key, 0)
        return msgspec.structs.replace(front, values=kept, lines=lines)

    def _page_of(self, path: str) -> Page | None:
        return page_of(self._prefix + path, self._site)

    def _cascaded(self, path: str, page: Page) -> Values:
        levels = self._levels(page.language, page.folder)
        if not levels:
            return {}
        root = self._languages[page.language].content
        whole = "/" + (self._prefix + path).removeprefix(root + "/")
        bare = f"/{page.folder}/{page.name}" if page.folder else f"/{page.name}"
        meant = Target((whole, bare), "page", page.language, self._site.environment)
        return cascaded(levels, meant)

    def _levels_of(self, language: str, folder: str) -> tuple[tuple[Values, ...], ...]:
        """What sections cascade to the pages of a folder, the nearest first; settings come last."""
        levels = [
            self._tree.sections[language, one].cascade for one in self._sections(language, folder)
        ]
        return tuple(level for level in (*levels, self._site.cascade) if level)

    def _sections(self, language: str, folder: str) -> list[str]:
        """The folders with an `_index`, from `folder` up to the whole content, ""."""
        parts = folder.split("/") if folder else []
        above = ["/".join(parts[:depth]) for depth in range(len(parts), -1, -1)]
        return [one for one in above if (language, one) in self._tree.sections]

    def _draft_section(self, language: str, folder: str) -> bool:
        """Whether the section of a folder is a draft, by what it says or what it cascades."""
        meant = Target(
            (f"/{folder}/_index.md", f"/{folder}"),
            "section" if folder else "home",
            language,
            self._site.environment,
        )
        given = cascaded(self._levels(language, folder), meant)
        return bool(self._draft({**given, **self._tree.sections[language, folder].own}))

    def _draft(self, values: Values) -> str:
        """What says that a page is a draft, "" where it is none."""
        if self._site.drafts:
            return ""
        if _is_false(values.get("published")):
            return "published: false"
        return "draft: true" if flag(values, "draft") else ""

    def _why(self, values: Values, page: Page) -> str:
        """Why Hugo does not list the page, "" where it does."""
        shown = str(table(values, "_build").get("list") or table(values, "build").get("list") or "")
        if shown.lower() in {"never", "local", "false"}:
            return f"build.list is {shown}"
        if page.bundle and flag(values, "headless"):
            return "headless: true"
        sections = self._sections(page.language, page.folder)
        drafts = [one for one in sections if self._is_draft(page.language, one)]
        if drafts:
            return f"its section {drafts[0] or 'as a whole'} is a draft"
        if why := self._draft(values):
            return why
        first = page.folder.partition("/")[0]
        if self._feed_sections and first not in self._feed_sections:
            return "the site's own feed tells of its main sections alone"
        return ""

    def place(self, path: str, front: FrontMatter, fields: Fields, heading: str) -> Place:
        """See Convention.place. Hugo never takes a title from a heading, and shows none then."""
        page = self._page(path)
        if page is None:
            raise ArticleError("lies in no language's content", remedy="move it there")
        language = self._languages[page.language]
        private = table(front.values, _PRIVATE)
        title = fields.title or heading or page.name or short_hash(path)
        link = self._link(page, language, fields, private)
        of_name = private.get("date") == FILE_NAME
        shown = str(private.get("linktitle") or title)
        return Place(
            title=title,
            link=link,
            id_path=link,
            categories=fields.categories,
            date=fields.date,
            dated=(DateOrigin.FILE_NAME if of_name else DateOrigin.FRONT_MATTER)
            if fields.date
            else None,
            early=True,  # what counts is `since`, which is the date where nothing else is said
            left_out=str(private.get("why") or ""),
            tie=title_key(shown, self._prefix + path),
            rank=_rank(_number(private.get("weight")), fields),
            since=self._moment(private.get("since"), front),
            until=self._moment(private.get("until"), front),
            language=language.code_as_tag if self._site.many else language.tag,
        )

    def _moment(self, found: object, front: FrontMatter) -> datetime | None:
        """A date of publication or expiry. Raises ArticleError."""
        if not isinstance(found, Found) or found.value is None:
            return None
        from newsfeed.collect.dates import parse_date

        try:
            return parse_date(found.value, self.zone)
        except ValueError as error:
            raise ArticleError(
                f'in "{found.key}", {error}',
                remedy="write it as 2024-07-12 09:00:00 +0900",
                line=front.lines.get(found.key, 0),
            ) from None

    def _link(self, page: Page, language: Language, fields: Fields, private: Values) -> str:
        url = str(private.get("url") or "")
        names = addresses.Names(
            folder=page.folder,
            name=page.name,
            title=fields.title,
            slug=fields.slug or str(private.get("slug") or ""),
            sections=self._named_sections(page),
            date=fields.date,
        )
        if url:
            if ":" in url:
                url = addresses.expand(url, names, language.style)
            return addresses.escaped(addresses.own_link(url, language.prefix))
        first = page.folder.partition("/")[0]
        pattern = self._permalink or language.permalinks.get(first.lower() if first else "/", "")
        style = language.style
        if first.lower() in language.ugly_sections:
            style = msgspec.structs.replace(style, ugly=True)
        return addresses.escaped(language.prefix + addresses.link(names, pattern, style))

    def _named_sections(self, page: Page) -> tuple[str, ...]:
        """The first folder, and those below it with an `_index`.

        A first folder without one is, to Hugo's placeholders, followed by one without a name.
        """
        parts = page.folder.split("/") if page.folder else []
        there = [
            (page.language, "/".join(parts[: depth + 1])) in self._tree.sections
            for depth in range(len(parts))
        ]
        named = [part for depth, part in enumerate(parts) if there[depth] or not depth]
        return (*named, *([""] if parts and not any(there) else []))

    def body(self, path: str, text: str, find: Find) -> Body:
        """Shortcodes are written out or dropped, and Org becomes HTML."""
        from newsfeed.collect.conventions.hugo import org, shortcodes

        page = self._page(path)
        language = page.language if page else ""

        def found(reference: str) -> str:
            return _translated(reference, language, find)

        text, left = shortcodes.replace(text, found)
        sign, divider = ("#", _ORG_MORE) if path.endswith(ORG) else ("<!--", _MORE)
        more = divider.search(text) if sign in text else None
        lead = text[: more.start()] if more else ""
        dropped = tuple(Dropped(one.written, one.line) for one in left)
        if path.endswith(ORG):
            return Body(
                text=org.to_html(text), markup="html", lead=org.to_html(lead), dropped=dropped
            )
        if path.endswith(HTML):
            return Body(text=text, markup="html", lead=lead, dropped=dropped)
        if "{" in text:
            text = _HEADING_WORDS.sub(r"\1", text)
        return Body(text=text, markup="markdown", lead=lead, dropped=dropped)

    def media_roots(self, root: Path) -> tuple[Path, ...]:
        """Site-relative images lie in the site's `static`, or in `assets`."""
        depth = self._prefix.count("/")
        site = root.parents[depth - 1] if depth else root
        return (site / "static", site / "assets")


def _renamed(values: Values) -> Values:
    """What Hugo and its themes call otherwise, as `collect/fields.py` knows it."""
    found: Values = {}
    for key in ("categories", "tags"):
        value = values.get(key)
        # Hugo takes a text for one term, whatever stands in it.
        found[key] = list(texts(value)) if isinstance(value, str) and value else value
    found["excerpt"] = values.get("summary") or values.get("description")
    if "image" not in values:
        found["image"] = values.get("images") or values.get("featured_image")
    return {key: value for key, value in found.items() if value}


def _is_false(value: object) -> bool:
    return str(value).strip().lower() in {"false", "no", "off"}


def _translated(reference: str, language: str, find: Find) -> str:
    """The article that a reference means, if it can be in the language of the one that refers."""
    stem, dot, ending = reference.rpartition(".")
    own = f"{stem}.{language}.{ending}" if dot else f"{reference}.{language}"
    return find(own) or find(reference)


def _rank(weight: int, fields: Fields) -> int:
    """Those with a weight come first, by it; those without a date last, though git may know one."""
    if weight:
        return max(weight - _HEAVIEST, -2 * _HEAVIEST) if weight < _HEAVIEST else -1
    return 0 if fields.date else 1


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0
