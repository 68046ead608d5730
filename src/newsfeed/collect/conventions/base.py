"""The interface of generators: what each module of this package answers about its folders.

A module here with a `GENERATOR` is a generator; docs/generators.md tells how to add one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.errors import Fault
from newsfeed.model import DateOrigin

if TYPE_CHECKING:
    from newsfeed.collect.fields import Fields
    from newsfeed.collect.frontmatter import FrontMatter

MARKDOWN_ENDINGS = (".md", ".markdown", ".mkdown", ".mkdn", ".mkd")
HTML_ENDINGS = (".html", ".htm")

Markup = Literal["markdown", "kramdown", "html"]
Find = Callable[[str], str]
"""From a reference to another article, as written, to its address; "" where there is none."""


class Asking:
    """The `Find` of those who read a file: the addresses of others are not known yet, but those who
    are asked for, `references`, are. Of its `Body` what was dropped counts, and that it changes
    with whatever has a say in the text.
    """

    def __init__(self) -> None:
        self.references: dict[str, None] = {}

    def __call__(self, reference: str) -> str:
        """Nothing is found."""
        self.references[reference] = None
        return ""


class Located(msgspec.Struct, frozen=True, kw_only=True):
    """Where a folder belongs. `site` is the folder of the generator's settings; `prefix` where the
    folder lies in it, "" or such as "content/"; `reasons` are what told, in words for people.
    """

    site: Path
    prefix: str = ""
    reasons: tuple[str, ...] = ()


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a site's own settings tell, for a first settings file; "", 0 and () for what not."""

    title: str = ""
    url: str = ""
    description: str = ""
    language: str = ""
    author: str = ""
    timezone: str = ""

    languages: tuple[str, ...] = ()
    """Those in which the site has articles, its main one first."""

    titles: Mapping[str, str] = {}
    """The site's title in each of them, where it has several."""

    source: str = "."
    """The path of the articles below the site."""

    permalink: str = ""
    """The form of addresses, where the rules cannot tell it."""

    feeds: Mapping[str, str] = {}
    """The paths of the generator's own feeds by format."""

    by_category: str = ""
    """The path of a category's feed, with {slug} for its name."""

    language_feeds: str = ""
    """The folder of the feeds of other languages, such as "{slug}/", where the main ones hold the
    main language alone."""

    limit: int = 0
    """How many entries its feeds have."""

    excerpts: bool = False
    """Whether they show no more than excerpts."""

    output: str = "public"
    """A folder for ours that the generator neither reads nor overwrites."""

    hidden: bool = False
    """Whether it publishes what lies beside its settings unless the name begins with an
    underscore, as that of our settings then does."""

    ignored_by: str = ""
    """A file, not there yet, by which the generator would not read what we write."""

    problems: tuple[Fault, ...] = ()
    """Warnings of settings that could not be read."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where an article belongs by its generator's rules. Datetimes are aware; what is None or ""
    is as the front matter has it.
    """

    title: str
    link: str
    """The permalink's path, not yet percent-encoded; "" where there is no page."""

    id_path: str
    """What the generator's own feed makes its ids of: `link` where the id is the permalink."""

    categories: tuple[str, ...]
    date: datetime | None
    """None where neither front matter nor file name gives one."""

    dated: DateOrigin | None
    """Where the date is from; without a date, LAST_COMMIT asks for that of the last commit."""

    left_out: str = ""
    """Why the generator would not publish the file; "" where it would."""

    early: bool = False
    """Whether it is published before its date."""

    since: datetime | None = None
    """It is not published before."""

    until: datetime | None = None
    """It is published until then."""

    guid: str = ""
    """The whole id where it is no address: in it, {host} and {path} are those of the link."""

    id_as_written: bool = False
    """Whether ids are not percent-encoded: IRIs, as RFC 4287, section 4.2.6, has them. White space,
    which no IRI holds, is encoded at any rate.
    """

    rank: int = 0
    """In feeds those of a lower rank stand before all others."""

    tie: str = ""
    """Tells the order of articles of one date; "" stands for the path."""

    heading_shown: bool = False
    """Whether the body's own first heading is the title, so that the body begins after it."""

    updated: datetime | None = None
    tags: tuple[str, ...] | None = None
    authors: tuple[str, ...] | None = None
    language: str = ""


class Dropped(msgspec.Struct, frozen=True):
    """A template tag that is not evaluated: as it is written, and its line in the body, from 1."""

    written: str
    line: int


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """An article's text as our markup reads it. `lead` is the part that its author marked as the
    excerpt, in the same markup, or "". `links` are the addresses of other articles by references
    to their files as the text has them, percent-decoded.
    """

    text: str
    markup: Markup
    lead: str = ""
    dropped: tuple[Dropped, ...] = ()
    links: dict[str, str] = {}


class Convention(Protocol):
    """How one generator reads its folder. Implementations hold settings and no state."""

    name: str
    """As in `[[sources]] generator`."""

    has_site: bool
    """Whether the generator makes article pages of its own."""

    zone: ZoneInfo
    """The zone of dates without one."""

    base_path: str
    """What stands between the site's address and a permalink, such as /blog; or ""."""

    key: str
    """Changes with everything that the rules depend on."""

    ties_descend: bool
    """Whether articles of one date stand in the generator's feed by `tie` from last to first."""

    def accepts(self, path: str) -> bool:
        """Whether to read the file `path`, or to enter the folder `path` (which ends in "/").

        The folders above were accepted before.
        """

    def front_matter(self, path: str, text: str) -> FrontMatter:
        """The file's front matter with what the generator's settings add to it, its keys and
        values as `collect/fields.py` knows them. Raises ArticleError.
        """

    def place(self, path: str, front: FrontMatter, fields: Fields, heading: str) -> Place:
        """Where the file belongs. `heading` is the body's own first heading, or "".

        Raises ArticleError where title, date or permalink cannot be made.
        """

    def body(self, path: str, text: str, find: Find) -> Body:
        """The body `text` without the generator's template language. Raises ArticleError."""

    def media_roots(self, root: Path) -> tuple[Path, ...]:
        """Folders against which a site-relative image is looked up."""


class Generator(Protocol):
    """A generator: how its folders are told, what its settings say, and its rules."""

    name: str
    """As in `[[sources]] generator`: the name of its module."""

    def locate(self, folder: Path) -> Located | None:
        """Where `folder` belongs, if it is one of this generator's."""

    def about(self, site: Path) -> About:
        """What the site's settings tell. Raises nothing: see `About.problems`."""

    def convention(self, located: Located, zone: ZoneInfo, permalink: str) -> Convention:
        """The rules of the folder; `zone` is for a site that names none, and `permalink` overrides
        the site's own form of addresses. Raises SettingsError where they cannot be read.
        """


def markup_of(path: str, *, markdown: Markup = "markdown") -> Markup:
    """The markup that a file's ending tells; `markdown` is the dialect of what is no HTML."""
    return "html" if path.lower().endswith(HTML_ENDINGS) else markdown
