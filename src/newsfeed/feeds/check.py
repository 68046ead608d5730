"""The check that every feed passes before it replaces the old one.

It reads the bytes that will be published, not the values they were made from. What it demands is
what the formats demand and what readers need: see the modules in `checks`.
"""

from __future__ import annotations

from newsfeed.feeds.checks.atom import atom_problems
from newsfeed.feeds.checks.json_feed import json_problems
from newsfeed.feeds.checks.rss import opml_problems, rss_problems
from newsfeed.feeds.checks.xml import read
from newsfeed.feeds.names import ATOM, JSON, OPML, RSS

_XML_CHECKS = {ATOM: atom_problems, OPML: opml_problems, RSS: rss_problems}


def problems(data: bytes, media_type: str) -> list[str]:
    """What is wrong with the feed `data` of `media_type` (see `names`), in plain words.

    Empty when it may be published. Each problem says where it is: "item 3: has no title".
    Raises ValueError for a media type that we do not write.
    """
    if media_type == JSON:
        return list(json_problems(data))
    if media_type not in _XML_CHECKS:
        raise ValueError(f"there is no check for {media_type}")
    root, found = read(data)
    if root is not None:
        found += _XML_CHECKS[media_type](root)
    return found
