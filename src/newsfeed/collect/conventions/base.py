"""What every generator's conventions answer about one file: the small interface."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.model import DateOrigin

if TYPE_CHECKING:
    from newsfeed.collect.fields import Fields

MARKDOWN_ENDINGS = (".md", ".markdown", ".mkdown", ".mkdn", ".mkd")
HTML_ENDINGS = (".html", ".htm")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where an article belongs by its generator's rules.

    `link` is the permalink's path, not yet percent-encoded; `id_path` what the generator's own
    feed makes its ids of (equal to `link` where the id is the permalink). `date` is aware, or
    None where neither front matter nor file name gives one. `left_out` says why the generator
    would not publish the file, "" where it would.
    """

    title: str
    link: str
    id_path: str
    categories: tuple[str, ...]
    date: datetime | None
    dated: DateOrigin | None
    left_out: str = ""


class Convention(Protocol):
    """How one generator reads its folder. Implementations hold settings and no state."""

    name: str
    """As in `[[sources]] generator`."""

    has_site: bool
    """Whether the generator makes article pages of its own."""

    kramdown: bool
    """Whether Markdown holds kramdown's extensions (attribute lists and the like)."""

    zone: ZoneInfo
    """The zone of dates without one."""

    base_path: str
    """What stands between the site's address and a permalink, such as /blog; or ""."""

    key: str
    """Changes with everything that the rules depend on."""

    def accepts(self, path: str) -> bool:
        """Whether to read the file `path`, or to enter the folder `path` (which ends in "/").

        The folders above were accepted before.
        """

    def defaults(self, path: str) -> Mapping[str, object]:
        """Front matter that the generator's own settings give to `path`."""

    def place(self, path: str, fields: Fields, *, front_matter: bool, heading: str) -> Place:
        """Where the file belongs. `heading` is the body's own first heading, or "".

        Raises ArticleError where title, date or permalink cannot be made.
        """

    def media_roots(self, root: Path) -> tuple[Path, ...]:
        """Folders against which a site-relative image is looked up."""
