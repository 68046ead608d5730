"""What a program wrote: counted and hashed, so that no row skips its work."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"

_LAST_NUMBER = re.compile(r"([0-9]+)\s*$")


@dataclass(frozen=True, kw_only=True)
class Produced:
    """All feeds below one folder: different items by format, the bytes of their HTML, and a hash.

    `newest` are the numbers of the posts of the main RSS feed in its order: titles end with them.
    """

    rss: int
    atom: int
    html_bytes: int
    files: int
    digest: str
    newest: tuple[int, ...]


def look(folder: Path, main_feed: str) -> Produced:
    """Parse every XML file below `folder`; what is neither RSS nor Atom only counts as bytes."""
    items: dict[str, dict[str, int]] = {"rss": {}, "atom": {}}
    digest = hashlib.sha256()
    paths = sorted(folder.rglob("*.xml"))
    for path in paths:
        data = path.read_bytes()
        digest.update(data)
        root = ElementTree.fromstring(data)
        items["rss"].update(_rss(root))
        items["atom"].update(_atom(root))
    main = ElementTree.parse(folder / main_feed).getroot()
    return Produced(
        rss=len(items["rss"]),
        atom=len(items["atom"]),
        html_bytes=sum(items["rss"].values()) + sum(items["atom"].values()),
        files=len(paths),
        digest=digest.hexdigest(),
        newest=tuple(_number(title.text or "") for title in main.iterfind("channel/item/title")),
    )


def _rss(root: ElementTree.Element) -> dict[str, int]:
    """Bytes of HTML by guid; an item without content:encoded has its HTML in the description."""
    return {
        _text(item, "guid"): len((_text(item, CONTENT) or _text(item, "description")).encode())
        for item in root.iterfind("channel/item")
    }


def _atom(root: ElementTree.Element) -> dict[str, int]:
    """Bytes of HTML by id."""
    return {
        _text(entry, f"{ATOM}id"): len(_text(entry, f"{ATOM}content").encode())
        for entry in root.iterfind(f"{ATOM}entry")
    }


def _text(parent: ElementTree.Element, name: str) -> str:
    return parent.findtext(name) or ""


def _number(title: str) -> int:
    found = _LAST_NUMBER.search(title)
    return int(found[1]) if found else -1
