"""What goes into rendering a body besides its source, and what comes out."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

import msgspec


class Profile(StrEnum):
    """Where the HTML is to be shown, which decides what of an author's styling stays."""

    FEED = "feed"  # readers bring their own look: no style attributes
    STYLED = "styled"  # letters and pages: listed CSS properties stay


class Shown(NamedTuple):
    """An image as it is to be shown: its address and its own size in pixels. With "" for address
    it is not shown, and its alternative text stands in its place.
    """

    url: str
    width: int = 0
    height: int = 0


class MarkupContext(msgspec.Struct, frozen=True, kw_only=True):
    """The surroundings of a body.

    `url` is the article's own absolute URL; relative addresses are resolved against it.
    `lead_image` is the absolute URL of the front matter's image, "" where there is none; with
    `drop_lead_image` it is taken out of the body where the body begins with it, for those who
    show it above. `heading_shift` lowers headings by so many levels, to h6 at most. `kramdown`
    tells that the source is in Jekyll's dialect, `markdown=False` that it is HTML already.
    `local` maps references to files of the folder, percent-decoded, to the absolute addresses at
    which those are published. `show` is asked for each image in the finished body, with its
    address as the author wrote it and the width in pixels that they gave it, or 0; None leaves it.
    """

    url: str
    lead_image: str = ""
    drop_lead_image: bool = False
    kramdown: bool = True
    heading_shift: int = 0
    markdown: bool = True
    local: dict[str, str] = {}
    show: Callable[[str, int], Shown | None] | None = None


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """Sanitised HTML. `has_lead_image` tells that `html` shows the lead image; `lead` is what its
    author marked as the excerpt, as plain text, or "".
    """

    html: str
    has_lead_image: bool
    lead: str = ""
