"""The allow-list: what an article's HTML may hold (RFC 4287 section 8.1; F-X-16, S-18, S-19)."""

from __future__ import annotations

import nh3

from newsfeed.collect.markup.context import Profile
from newsfeed.collect.markup.style import PROPERTIES
from newsfeed.urls import LINK_SCHEMES

_DROPPED_NAMES = (
    "applet area base button canvas embed frame frameset iframe input link map math meta noembed "
    "noframes option param plaintext script select style svg template textarea title xmp"
)
# Taken out with what is in them; other elements that are not allowed leave their content behind.
DROPPED = frozenset(_DROPPED_NAMES.split())
_TAG_NAMES = (
    "a abbr address article aside audio b bdi bdo big blockquote br caption cite code col colgroup "
    "dd del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img "
    "ins kbd li main mark nav ol p pre q rp rt ruby s samp section small source span strong sub "
    "summary sup table tbody td tfoot th thead time tr tt u ul var video wbr"
)
_TAGS = frozenset(_TAG_NAMES.split())
_CELL = {"align", "colspan", "rowspan", "valign"}
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "id", "rel"},
    "audio": {"controls", "src"},
    "blockquote": {"cite"},
    "col": {"align", "span"},
    "colgroup": {"align", "span"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "img": {"alt", "height", "longdesc", "sizes", "src", "srcset", "width"},
    "ins": {"cite", "datetime"},
    "li": {"id", "value"},
    "ol": {"reversed", "start", "type"},
    "q": {"cite"},
    "source": {"media", "src", "type"},
    "sup": {"id"},
    "td": {*_CELL, "headers"},
    "th": {*_CELL, "headers", "scope"},
    "time": {"datetime"},
    "tr": {"align", "valign"},
    "video": {"controls", "height", "poster", "src", "width"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}
_STYLED_ATTRIBUTES = _ATTRIBUTES | {"*": _ATTRIBUTES["*"] | {"style"}}


def _cleaner(attributes: dict[str, set[str]]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(DROPPED),
        attributes=attributes,
        filter_style_properties=set(PROPERTIES),
        url_schemes=set(LINK_SCHEMES),
        url_relative="deny",
        link_rel=None,
    )


_CLEANERS = {
    Profile.FEED: _cleaner(_ATTRIBUTES),
    Profile.STYLED: _cleaner(_STYLED_ATTRIBUTES),
}
_SOLIDUS_OVERLAY = "\u0338"


def sanitise(html: str, profile: Profile) -> str:
    """`html` with nothing but what is allowed.

    Addresses must be absolute already: relative ones are dropped.
    """
    clean = _CLEANERS[profile].clean(html)
    # In NFC the overlay and a ">" before it are one character, "≯", and a tag would not end.
    safe = clean.replace(_SOLIDUS_OVERLAY, f"&#{ord(_SOLIDUS_OVERLAY)};")
    return safe.replace("<p></p>", "").strip()
