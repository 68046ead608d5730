"""Pelican's rules: which files are articles, what they are called, and where they belong.

Rules are those of Pelican 4 (its documentation: "Writing content", "Settings") and of its feeds,
whose ids are tag URIs of the host, the day and the path.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from datetime import datetime
from fnmatch import translate
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from newsfeed.collect.conventions.base import Asking, Body, Dropped, Find, Place
from newsfeed.collect.conventions.lines import Lines
from newsfeed.collect.conventions.pelican.headers import (
    Header,
    of_html,
    of_markdown,
    of_rest,
    title_of,
)
from newsfeed.collect.conventions.pelican.links import category_slug, resolved
from newsfeed.collect.conventions.pelican.settings import Settings
from newsfeed.collect.conventions.pelican.slugs import slugify
from newsfeed.collect.frontmatter import FrontMatter
from newsfeed.collect.permalinks import expand
from newsfeed.collect.permalinks import path as permalink_path
from newsfeed.errors import ArticleError
from newsfeed.model import DateOrigin

if TYPE_CHECKING:
    from newsfeed.collect.fields import Fields

_READERS = {
    **dict.fromkeys((".md", ".markdown", ".mkd", ".mdown"), of_markdown),
    **dict.fromkeys((".htm", ".html"), of_html),
    ".rst": of_rest,
}
_ENDINGS = tuple(_READERS)
_OURS = "pelican's"
"""The key of Pelican's own values in a file's front matter."""

_SHOWN = ("image", "thumbnail", "cover", "description", "sponsored", "advertisement")
"""Keys that Pelican does not know, and that mean the same to `fields`."""

_ENGLISH_DATE = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+([A-Z][a-z]{2})[a-z]*\.?,?|([A-Z][a-z]{2})[a-z]*\.?\s+"
    r"(\d{1,2})(?:st|nd|rd|th)?,?)\s+(\d{4})(.*)"
)
_REFUSED = re.compile(r"^[ \t]*(\.\. (?:raw|include)::[^\n]{0,60})", re.MULTILINE)
"""What docutils is not asked to do: raw markup, and text from other files."""

_BODY = re.compile(r"<body\b[^<>]*>(.*?)(?:</body\s*>|\Z)", re.IGNORECASE | re.DOTALL)


class Pelican:
    """The rules of a Pelican site, or of a folder in it."""

    name = "pelican"
    has_site = True
    ties_descend = False

    def __init__(self, settings: Settings, prefix: str = "", permalink: str = "") -> None:
        """`prefix` is where the source lies in the site, such as "content/"; `permalink` counts
        before ARTICLE_URL.
        """
        self.zone = settings.zone
        self.base_path = settings.root
        self._settings = settings
        self._prefix = prefix
        self._permalink = permalink
        self._articles = tuple(map(_beginning, settings.articles))
        self._excluded = tuple(_beginning(one) for one in settings.excluded if one)
        self._ignored = re.compile("|".join(map(translate, settings.ignored)) or r"(?!)")
        # A pattern does not show all of itself where it is long.
        patterns = [p and p.pattern for p in (settings.name_pattern, settings.path_pattern)]
        self.key = f"pelican {settings!r} {patterns} {prefix} {permalink}"

    def accepts(self, path: str) -> bool:
        """Articles by their ending, in the folders of articles."""
        settings, whole = self._settings, (self._prefix + path).rstrip("/")
        name = whole.rpartition("/")[2]
        if name.startswith(".") or self._ignored.match(name):
            return False
        is_folder = path.endswith("/")
        if not _lies_in(whole, settings.path):
            return is_folder and _lies_in(settings.path, whole)
        below = _beginning(_from(whole, settings.path))
        if below.startswith(self._excluded) or (whole == settings.output and whole):
            return False
        inside = below.startswith(self._articles)
        if is_folder:
            return inside or any(one.startswith(below) for one in self._articles)
        return inside and name.endswith(_ENDINGS)

    def front_matter(self, path: str, text: str) -> FrontMatter:
        """The file's header over what its path and the settings tell."""
        header = _reader(path)(text)
        told = self._told(_from(self._prefix + path, self._settings.path), header)
        values: dict[str, object] = {key: told[key] for key in _SHOWN if key in told}
        values |= {
            "title": title_of(header),
            "date": self._moment(told.get("date", "").replace("_", " ")),
            "updated": self._moment(told.get("modified", "")),
            "excerpt": told.get("summary", ""),
            "lang": told.get("lang", ""),
            "category": told["category"],
            "tags": _listed(told.get("tags", "")),
            "authors": _listed(told.get("authors", "") or told.get("author", "")),
            _OURS: told,
        }
        if self._settings.date and not values["date"]:
            values["date"] = self._default_date()
        body = "\n".join(text.split("\n")[header.body_line - 1 :])
        blank = len(body) - len(body.lstrip("\n"))
        return FrontMatter(
            values=values,
            body=body[blank:].rstrip(),
            body_line=header.body_line + blank,
            lines={_NAMES.get(key, key): line for key, line in header.lines.items()},
            syntax="yaml" if header.values else "",
        )

    def _told(self, below: str, header: Header) -> dict[str, str]:
        """All values in text: the header's over the path's over the defaults."""
        settings = self._settings
        told = {**settings.metadata, "category": settings.category}
        for path, values in settings.path_metadata.items():
            if _lies_in(below, path):
                told |= values
        folder, name = posixpath.split(below)
        stem = posixpath.splitext(name)[0]
        of_path: dict[str, str] = {}
        for pattern, text in ((settings.name_pattern, stem), (settings.path_pattern, below)):
            match = pattern.match(text) if pattern and text else None
            groups = match.groupdict() if match else {}
            of_path = {k.lower(): v for k, v in groups.items() if v is not None} | of_path
        if settings.folder_is_category and folder:
            of_path = {"category": posixpath.basename(folder)} | of_path
        own = {key: _value(key, many) for key, many in header.values.items()}
        kept = {key: value for key, value in own.items() if value or key not in _NEEDED}
        return {**told, **{k: v.strip() for k, v in of_path.items()}, **kept}

    def _moment(self, text: str) -> object:
        """A date in a form that `fields` know, or as it is written."""
        match = _ENGLISH_DATE.fullmatch(text.strip())
        if match is None:
            return text.strip()
        day, month = (match[1], match[2]) if match[1] else (match[4], match[3])
        return f"{day} {month} {match[5]}{match[6]}"

    def _default_date(self) -> object:
        date = self._settings.date
        if isinstance(date, datetime):
            return date
        return "" if date == "fs" or date is None else self._moment(date)

    def place(self, path: str, front: FrontMatter, fields: Fields, heading: str) -> Place:  # noqa: ARG002
        """See Convention.place. Pelican takes a title from the header alone."""
        told = front.values.get(_OURS)
        told = told if isinstance(told, dict) else {"category": self._settings.category}
        title = fields.title or posixpath.splitext(posixpath.basename(path))[0]
        status = str(told.get("status", "published")).strip().lower() or "published"
        if status != "published":
            return _left_out(title, f"status: {status}")
        if not fields.title:
            return _left_out(title, "it has no title in its header")
        if not fields.date and self._settings.date != "fs":
            return _left_out(title, "it has no date, without which Pelican leaves it out")
        slug = self._slug(told, fields, path)
        link = self._link(told, slug, fields, path)
        return Place(
            title=title,
            link=link,
            id_path=link,
            guid=f"tag:{{host}},{fields.date:%Y-%m-%d}:{{path}}" if fields.date else "",
            categories=(told["category"],),
            date=fields.date,
            dated=DateOrigin.FRONT_MATTER if fields.date else None,
            tie=f"{slug}\0{'' if self._is_main(told) else told['lang']}",
        )

    def _is_main(self, told: dict[str, str]) -> bool:
        return (told.get("lang") or self._settings.language) == self._settings.language

    def _slug(self, told: dict[str, str], fields: Fields, path: str) -> str:
        if slug := told.get("slug"):
            return slug
        settings = self._settings
        stem = posixpath.splitext(posixpath.basename(path))[0]
        try:
            return slugify(
                stem if settings.slug_source == "basename" else fields.title,
                settings.substitutions,
                unicode=settings.unicode,
                preserve_case=settings.preserve_case,
            )
        except LookupError as error:
            raise ArticleError(
                f"its slug would need {error.args[0]!r} in Latin letters, as only Pelican has it",
                remedy="give it a `slug`, or set SLUGIFY_USE_UNICODE = True",
            ) from None

    def _link(self, told: dict[str, str], slug: str, fields: Fields, path: str) -> str:
        """The permalink's path: the article's own, the settings', or Pelican's form filled in."""
        if url := told.get("url"):
            return permalink_path(f"/{url}".replace("//", "/"))
        if self._permalink:
            known = {"slug": slug, "title": slug, "output_ext": ".html"}
            known["categories"] = self._category(told)
            known["path"] = posixpath.dirname(path)
            return expand(self._permalink, known, fields.date and fields.date.astimezone(self.zone))
        name = "ARTICLE_URL" if self._is_main(told) else "ARTICLE_LANG_URL"
        below = _from(self._prefix + path, self._settings.path)
        known = {**told, "slug": slug, "path": below, "lang": told.get("lang") or "en"}
        form = self._settings.urls[name]
        if not form:
            raise ArticleError(
                f"{name} is computed in Pelican's settings, which are not run",
                remedy="set `sources.permalink` to the form of addresses, such as /:year/:slug/",
            )
        filled = "".join(
            literal + (self._part(form, key, spec or "", known, fields.date) if key else "")
            for literal, key, spec, _ in _parts(form)
        )
        return permalink_path(f"/{filled}")

    def _part(
        self, form: str, key: str, spec: str, known: dict[str, str], date: datetime | None
    ) -> str:
        """One `{…}` of an address. Raises ArticleError for what cannot be filled."""
        if key == "date" and date:
            return _strftime(date, spec)
        if key == "category":
            return self._category(known)
        if key not in known or spec:
            raise ArticleError(
                f"its address {form!r} holds {{{key}}}, which it cannot fill",
                remedy="give it that value, or set `sources.permalink`",
            )
        return known[key]

    def _category(self, told: dict[str, str]) -> str:
        try:
            return category_slug(told["category"], self._settings)
        except LookupError:
            raise ArticleError(
                f"only Pelican has the category {told['category']!r} in Latin letters",
                remedy="set SLUGIFY_USE_UNICODE = True, or `sources.permalink`",
            ) from None

    def body(self, path: str, text: str, find: Find) -> Body:
        """The text with its links resolved; reST as HTML, which takes long, only to be shown."""
        ending = posixpath.splitext(path)[1]
        refused = _REFUSED.finditer(text) if ending == ".rst" else ()
        lines = Lines(text)
        dropped = tuple(Dropped(m[1], lines.at(m.start())) for m in refused)
        if isinstance(find, Asking):
            asked = resolved(text, path, self._settings, find)
            return Body(text=asked, markup="html", dropped=dropped)
        if ending == ".rst":
            from newsfeed.collect.conventions.pelican.restructured import to_html

            text = to_html(text)
        elif ending in (".htm", ".html"):
            match = _BODY.search(text)
            text = match[1] if match else text
        return Body(
            text=resolved(text, path, self._settings, find),
            markup="html" if _READERS.get(ending) is not of_markdown else "kramdown",
            dropped=dropped,
        )

    def media_roots(self, root: Path) -> tuple[Path, ...]:
        """Site-relative images lie in the folder of the content."""
        depth = self._prefix.count("/")
        site = root.parents[depth - 1] if depth else root
        return (site / self._settings.path,)


_NAMES = {"modified": "updated", "summary": "excerpt"}
_NEEDED = frozenset({"tags", "status", "category", "author", "authors", "slug", "date"})
"""Keys that count only where they have a value."""


def _reader(path: str) -> Callable[[str], Header]:
    return _READERS[posixpath.splitext(path)[1]]


def _value(key: str, lines: list[str]) -> str:
    """The text of a value: the first of those that there may be once, else all lines."""
    once = key in _NEEDED or key in ("modified", "url")
    return (lines[0] if once else "\n".join(lines)).strip()


def _listed(text: str) -> list[str]:
    """Names between semicolons where there is one, else between commas; each once."""
    many = text.split(";" if ";" in text else ",")
    return list(dict.fromkeys(filter(None, (one.strip() for one in many))))


def _parts(form: str) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(Formatter().parse(form))
    except ValueError:
        raise ArticleError(
            f"the address {form!r} in Pelican's settings is broken", remedy="mend it there"
        ) from None


def _strftime(date: datetime, spec: str) -> str:
    """As Pelican has it: `%-d` leaves out a leading zero."""

    def directive(match: re.Match[str]) -> str:
        written = date.strftime(f"%{match[2]}")
        return (written.lstrip("0") or "0") if match[1] else written

    return re.sub(r"%(-?)([aAbBdHIjmMpSUwWyY])", directive, spec) if spec else str(date)


def _lies_in(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")


def _beginning(folder: str) -> str:
    """With what the path of all that lies in `folder`, itself too, begins once it ends in "/"."""
    return f"{folder}/" if folder else ""


def _from(path: str, folder: str) -> str:
    """`path` as seen from `folder`, in which it lies."""
    return path[len(folder) + 1 :] if folder else path


def _left_out(title: str, reason: str) -> Place:
    return Place(
        title=title, link="", id_path="", categories=(), date=None, dated=None, left_out=reason
    )
