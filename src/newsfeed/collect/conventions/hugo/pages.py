"""One file of a Hugo site: its language and name, and its front matter in Hugo's own words."""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from newsfeed.collect.conventions.hugo.settings import Site, lowered
from newsfeed.collect.frontmatter import FrontMatter, parse_front_matter

MARKDOWN = (".md", ".markdown", ".mdown")
HTML = (".html", ".htm")
ORG = ".org"
ENDINGS = (*MARKDOWN, *HTML, ORG)

_ORG_LINE = re.compile(r"[ \t]*#\+(?P<key>[\w-]{1,100}(?:\[\])?):[ \t]*(?P<value>.*)", re.ASCII)
_ORG_DATE = re.compile(r"[<\[](?P<day>\d{4}-\d{2}-\d{2})(?:[ \t][^\n>\]]{0,40})?[>\]]", re.ASCII)
_ORG_LISTS = frozenset({"tags", "categories", "aliases"})


class Page(NamedTuple):
    """Where a file lies. `language` is a code of the site's; `folder` is that of the page below the
    language's content, "" or "posts/2024"; `name` that of its file without language and ending,
    or of its folder where the file is the `index` of it.
    """

    language: str
    folder: str
    name: str
    bundle: bool


def page_of(path: str, site: Site) -> Page | None:
    """The page at `path` below the site; None where no language has its articles there."""
    lower = f"{path}/"
    roots = [one for one in site.languages if lower.startswith(one.content + "/")]
    if not roots:
        return None
    root = max(roots, key=lambda one: len(one.content))
    folder, _, file = path[len(root.content) + 1 :].rpartition("/")
    stem = file.rpartition(".")[0]
    stem, language = _language(stem, root.code, site)
    if stem != "index":
        return Page(language, folder, stem, bundle=False)
    above, _, name = folder.rpartition("/")
    return Page(language, above, name, bundle=True)


def _language(stem: str, default: str, site: Site) -> tuple[str, str]:
    """The name without the language at its end, and that language."""
    bare, _, code = stem.rpartition(".")
    if bare and code.lower() in {one.code for one in site.languages}:
        return bare, code.lower()
    return stem, default


def read_front_matter(path: str, text: str) -> FrontMatter:
    """The front matter with its keys in lower case, as Hugo reads them. Raises ArticleError."""
    if path.endswith(ORG):
        return _org(text)
    front = parse_front_matter(text)
    if all(key.islower() for key in front.values):
        return front
    lines = {key.lower(): line for key, line in front.lines.items()}
    return msgspec.structs.replace(front, values=lowered(front.values), lines=lines)


def _org(text: str) -> FrontMatter:
    """The keywords at the beginning; a key that stands twice has both values, as in Org."""
    values: dict[str, object] = {}
    lines: dict[str, int] = {}
    rows = text.split("\n")
    number = next((n for n, row in enumerate(rows) if row.strip()), len(rows))
    while number < len(rows) and (match := _ORG_LINE.match(rows[number])):
        number += 1
        key, value = match["key"].lower(), match["value"].strip()
        lines.setdefault(key.removesuffix("[]"), number)
        if key.endswith("[]") or key in _ORG_LISTS:
            key = key.removesuffix("[]")
            before = values.get(key)
            values[key] = [*(before if isinstance(before, list) else []), *value.split()]
        elif key in {"date", "lastmod", "publishdate", "expirydate"}:
            date = _ORG_DATE.match(value)
            values[key] = date["day"] if date else value
        else:
            values[key] = f"{values[key]} {value}" if values.get(key) else value
    while number < len(rows) and not rows[number].strip():
        number += 1
    return FrontMatter(
        values=values,
        body="\n".join(rows[number:]).rstrip(),
        body_line=number + 1,
        lines=lines,
        syntax="org" if values else "",
    )
