"""Where the local file behind a reference lies. Nothing outside of the folder is ever looked at."""

from __future__ import annotations

import os.path
from functools import lru_cache
from pathlib import Path
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from newsfeed.collect.files import stamp


def candidates(reference: str, article: str, root: str, roots: tuple[str, ...]) -> list[str]:
    """Where the file behind a reference could lie, the likeliest first; none for other hosts.

    `article` is the article's path below `root` as the disk spells it; site-relative references
    are looked up in `roots`. No candidate lies outside of these folders. A name may be written in
    another form of Unicode than the disk has it, so that each form is a candidate.
    """
    try:
        parts = urlsplit(reference)
    except ValueError:
        return []
    if parts.scheme or parts.netloc or not parts.path or "\0" in reference:
        return []
    path = unquote(parts.path)
    bases = [(folder, folder) for folder in roots]
    if not path.startswith("/"):
        bases.insert(0, (root, f"{root}/{article.rpartition('/')[0]}"))
    normal = [
        (folder, os.path.normpath(f"{base}/{name.lstrip('/')}"))
        for folder, base in bases
        for name in _forms(path)
    ]
    return [place for folder, place in normal if place.startswith(folder + os.sep)]


def _forms(name: str) -> list[str]:
    if name.isascii():
        return [name]
    return list(dict.fromkeys((name, normalize("NFC", name), normalize("NFD", name))))


def existing(places: list[str], roots: tuple[str, ...]) -> str:
    """The first place that is a regular file, and no link leads it out of `roots`; "" if none."""
    for place in places:
        if stamp(place) and _is_inside(place, roots):
            return place
    return ""


@lru_cache(1024)  # thousands of articles may show one image
def _is_inside(place: str, roots: tuple[str, ...]) -> bool:
    real = Path(place).resolve()
    return any(real.is_relative_to(Path(root).resolve()) for root in roots)
