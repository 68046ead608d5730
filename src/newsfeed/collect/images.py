"""The door to local images: where one lies and how large it is. Nothing is fetched."""

from __future__ import annotations

import os.path
import warnings
from functools import lru_cache
from pathlib import Path
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

import msgspec

from newsfeed.collect.files import Stamp, stamp
from newsfeed.errors import ArticleError

MAX_BYTES = 32 * 1024 * 1024
MAX_PIXELS = 64_000_000
MEDIA_TYPES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/gif",
    "WEBP": "image/webp",
}
_EXIF_ORIENTATION = 0x0112
_TURNED = frozenset({5, 6, 7, 8})


class Measured(msgspec.Struct, frozen=True):
    """Pixels as displayed, bytes, and media type of an image file."""

    width: int
    height: int
    length: int
    media_type: str


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


def existing(places: list[str], roots: tuple[str, ...]) -> Path | None:
    """The first place that is a regular file, and no link leads it out of `roots`."""
    for place in places:
        if stamp(place) and _is_inside(place, roots):
            return Path(place)
    return None


@lru_cache(1024)  # thousands of articles may show one image
def _is_inside(place: str, roots: tuple[str, ...]) -> bool:
    real = Path(place).resolve()
    return any(real.is_relative_to(Path(root).resolve()) for root in roots)


def measure(path: Path) -> Measured:
    """Size and type of the image file `path`, by its header alone; EXIF orientation honoured.

    Raises ArticleError for what is no image of a known kind, or too large to trust.
    """
    file_stamp = stamp(path)
    if file_stamp is None:
        raise _refused(path, "is not a regular file")
    if file_stamp.size > MAX_BYTES:
        raise _refused(path, f"has {file_stamp.size:,} bytes; {MAX_BYTES:,} are the most")
    return _measured(path, file_stamp)


@lru_cache(1024)  # thousands of articles may show one image
def _measured(path: Path, file_stamp: Stamp) -> Measured:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own bound follows
            with Image.open(path, formats=tuple(MEDIA_TYPES)) as image:
                width, height = image.size
                kind = image.format or ""
                exif = Image.Exif()
                exif.load(image.info.get("exif", b""))  # image.getexif() would decode a PNG
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise _refused(path, "is not a PNG, JPEG, GIF or WebP image") from None
    if width * height > MAX_PIXELS:
        raise _refused(path, f"has {width} × {height} pixels")
    if exif.get(_EXIF_ORIENTATION) in _TURNED:
        width, height = height, width
    return Measured(width, height, file_stamp.size, MEDIA_TYPES[kind])


def _refused(path: Path, problem: str) -> ArticleError:
    return ArticleError(f"the image {path.name} {problem}", remedy="replace the image")
