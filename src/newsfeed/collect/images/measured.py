"""How large a local image is, by its header alone."""

from __future__ import annotations

import warnings
from functools import lru_cache
from pathlib import Path

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
    "AVIF": "image/avif",
}
EXIF_ORIENTATION = 0x0112
TURNED = frozenset({5, 6, 7, 8})
"""The orientations in which width and height are exchanged."""


class Measured(msgspec.Struct, frozen=True):
    """Pixels as displayed, bytes, and media type of an image file."""

    width: int
    height: int
    length: int
    media_type: str


def measure(path: str) -> Measured:
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
def _measured(path: str, file_stamp: Stamp) -> Measured:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own bound follows
            with Image.open(path, formats=tuple(MEDIA_TYPES)) as image:
                width, height = image.size
                kind = image.format or ""  # a phone's JPEG with a second picture is an "MPO"
                exif = Image.Exif()
                exif.load(image.info.get("exif", b""))  # image.getexif() would decode a PNG
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise _refused(path, "is not a PNG, JPEG, GIF, WebP or AVIF image") from None
    if width * height > MAX_PIXELS:
        raise _refused(path, f"has {width} × {height} pixels")
    if exif.get(EXIF_ORIENTATION) in TURNED:
        width, height = height, width
    return Measured(width, height, file_stamp.size, MEDIA_TYPES.get(kind, "image/jpeg"))


def _refused(path: str, problem: str) -> ArticleError:
    return ArticleError(f"the image {Path(path).name} {problem}", remedy="replace the image")
