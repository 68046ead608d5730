"""A picture's bytes -> the pictures that letters show, each of which any mail program can show.

Pixels only: bytes in, bytes out. A rendition is upright, in sRGB, never larger than its original,
below 200 KB (standards E-H-04), and carries nothing but pixels: no place, no camera, no profile.
Of what moves the first frame is shown, as Outlook does with all: what must move is on the page.
"""

from __future__ import annotations

import hashlib
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from newsfeed.collect.images.measured import EXIF_ORIENTATION, MAX_PIXELS, MEDIA_TYPES, TURNED
from newsfeed.errors import ArticleError

if TYPE_CHECKING:
    from PIL.Image import Image

FORMAT = 1
"""Raised whenever the same bytes shall give other renditions than before: names change with it."""

WIDE, NARROW = 1200, 600
"""Pixels of width: two for each of a letter's column, and one, or two where it stands beside text.
"""

LOGO = (480, 96)
"""Pixels of a logo's rendition at most."""

MOST_BYTES = 200_000
TALLEST = 5
"""Times its width that a rendition is high at most: JPEG has a limit, and so have readers."""

_QUALITIES = (82, 74, 66, 58)
_COLOURS = 256
_SAMPLE = 256
"""Pixels of each side of the sample in which colours are counted."""

_BAND = 4_000_000
"""Pixels that are converted at once."""

_FRUGAL = frozenset({"JPEG", "MPO", "PNG"})
_MOST_PIXELS = 24_000_000
"""Of the other formats, whose decoders hold a picture several times."""

_MOST_PROFILE = 4_000_000
_KEY_LENGTH = 24
_BROKEN = (
    ArithmeticError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What Pillow raises for damaged files."""


class Rendition(msgspec.Struct, frozen=True, kw_only=True):
    """A picture's `name` (in which its original's bytes are hashed, not its own) and its pixels."""

    name: str
    width: int
    height: int


class Renditions(msgspec.Struct, frozen=True, kw_only=True):
    """A picture for a letter's whole column, and one for less; the same one where it is small."""

    large: Rendition
    small: Rendition


class _Picture(NamedTuple):
    """Pixels in L, RGB or RGBA; `exact` tells that losses would be seen, as in drawn lines."""

    image: Image
    exact: bool


def key_of(data: bytes) -> str:
    """What the names of renditions begin with: a hash of the original's bytes and of our rules.

    Not of the rendition's own bytes, so that another version of Pillow renames nothing.
    """
    return hashlib.sha256(f"{FORMAT}\0".encode() + data).hexdigest()[:_KEY_LENGTH]


def render(data: bytes, file: str) -> tuple[Renditions, dict[str, bytes]]:
    """The renditions of the picture `data`, and their bytes by name; `file` is how people call it.

    Raises ArticleError for what is no picture, broken, too large to trust, or SVG.
    """
    key = key_of(data)
    with _explained(data, file):
        picture = _picture(data, file, (WIDE, TALLEST * WIDE))
        wide = _encoded(picture) if picture.image.width > NARROW else None
        small, narrow = _narrow(picture)
    name = f"{key}-{NARROW}{_ending(narrow)}"
    found = Rendition(name=name, width=small[0], height=small[1])
    if wide is None:
        return Renditions(large=found, small=found), {name: narrow}
    name = f"{key}-{WIDE}{_ending(wide)}"
    large = Rendition(name=name, width=picture.image.width, height=picture.image.height)
    return Renditions(large=large, small=found), {name: wide, found.name: narrow}


def render_logo(data: bytes, file: str) -> tuple[Rendition, bytes]:
    """The picture `data` as a logo, for display at half of its pixels, and its bytes.

    A PNG wherever it shows less than a photo: transparency stays. Raises ArticleError as `render`.
    """
    with _explained(data, file):
        image = _picture(data, file, LOGO).image
        made = _as_png(image)
    name = f"{key_of(data)}-logo.png"
    return Rendition(name=name, width=image.width, height=image.height), made


@contextmanager
def _explained(data: bytes, file: str) -> Iterator[None]:
    from PIL import Image

    if file.lower().endswith((".svg", ".svgz")) or data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        raise ArticleError(
            f"the image {file} is SVG, which mail programs do not show; letters have its alt text",
            remedy="put a PNG in its place, if it shall be in letters",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own bounds are lower
            yield
    except (*_BROKEN, Image.DecompressionBombError):
        raise ArticleError(
            f"the image {file} is broken or cut off; letters have its alt text",
            remedy="replace the image",
        ) from None


def _picture(data: bytes, file: str, most: tuple[int, int]) -> _Picture:
    """The pixels of `data`, upright and in sRGB, within `most` pixels."""
    from PIL import Image

    with Image.open(BytesIO(data), formats=tuple(MEDIA_TYPES)) as image:
        _refuse_large(image, file)
        is_photo = image.format not in {"PNG", "GIF"}
        turn = _orientation(image)
        box = most[::-1] if turn in TURNED else most
        size = _within(image.size, box)
        if image.format in {"JPEG", "MPO"}:
            image.draft(None, size)  # decodes only as many pixels as are needed
        image.load()
        turn = turn or _orientation(image)  # a PNG may say it after its pixels
        exact = not is_photo and _has_few_colours(image)
        small = _shrunk(image, size)
        profile = image.info.get("icc_profile", b"")
    small = _upright(small, turn)
    small = _in_srgb(small, profile)
    if small.mode == "RGBA" and small.getchannel("A").getextrema() == (255, 255):
        small = small.convert("RGB")
    small.info = {}
    return _Picture(small, exact or small.mode == "RGBA")


def _refuse_large(image: Image, file: str) -> None:
    most = MAX_PIXELS if image.format in _FRUGAL else _MOST_PIXELS
    if image.width * image.height > most:
        raise ArticleError(
            f"the image {file} has {image.width} × {image.height} pixels; {most:,} are the most",
            remedy="replace the image",
        )


def _within(size: tuple[int, int], most: tuple[int, int]) -> tuple[int, int]:
    """`size` in its proportions, within `most` and not larger than it is."""
    share = min(1, most[0] / size[0], most[1] / size[1])
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _orientation(image: Image) -> int:
    """The EXIF orientation as far as it is known by now; 0 where none is."""
    from PIL.Image import Exif

    exif = Exif()
    try:
        exif.load(image.info.get("exif", b""))
        turn = exif.get(EXIF_ORIENTATION)
    except _BROKEN:
        return 0
    return turn if isinstance(turn, int) and 1 < turn <= max(TURNED) else 0


def _upright(image: Image, turn: int) -> Image:
    from PIL.Image import Transpose

    ways = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return image.transpose(ways[turn]) if turn in ways else image


def _has_few_colours(image: Image) -> bool:
    """Whether a sample holds no more colours than a palette: a drawing, not a photo."""
    from PIL.Image import Resampling

    size = (min(image.width, _SAMPLE), min(image.height, _SAMPLE))
    sample = image.resize(size, Resampling.NEAREST)
    return _plain(sample).getcolors(_COLOURS) is not None


def _shrunk(image: Image, size: tuple[int, int]) -> Image:
    """The pixels at `size`. A large picture is first reduced band by band, so that beside it only
    little is held in memory.
    """
    from PIL.Image import Resampling, new

    factor = min(image.width // (2 * size[0]), image.height // (2 * size[1]))
    if factor < 2:
        return _plain(image).resize(size, Resampling.LANCZOS)
    rows = factor * max(1, _BAND // (image.width * factor))
    bands = [
        _plain(image.crop((0, top, image.width, min(top + rows, image.height)))).reduce(factor)
        for top in range(0, image.height, rows)
    ]
    whole = new(bands[0].mode, (bands[0].width, sum(band.height for band in bands)))
    top = 0
    for band in bands:
        whole.paste(band, (0, top))
        top += band.height
    return whole.resize(size, Resampling.LANCZOS)


def _plain(image: Image) -> Image:
    """In a mode that can be scaled: L, RGB, RGBA or CMYK."""
    if image.mode.startswith("I"):  # 16 bits of grey
        return image.point(lambda value: value * (1 / 256) + 0.0).convert("L")
    if image.mode in {"LA", "La", "PA", "RGBa"} or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in {"L", "RGB", "RGBA", "CMYK"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _in_srgb(image: Image, profile: bytes) -> Image:
    """The colours that `profile` means. One that cannot be read is passed over, as browsers do."""
    from PIL import ImageCms

    target = "RGBA" if image.mode == "RGBA" else "RGB"
    if 0 < len(profile) <= _MOST_PROFILE:
        try:
            given = ImageCms.ImageCmsProfile(BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, given, srgb, outputMode=target)
        except (ImageCms.PyCMSError, *_BROKEN):
            converted = None
        if converted is not None:
            return converted
    return image.convert(target) if image.mode == "CMYK" else image


def _narrow(picture: _Picture) -> tuple[tuple[int, int], bytes]:
    """The picture at 600 pixels of width, or at the largest half of it that is small enough."""
    from PIL.Image import Resampling

    width = NARROW
    while True:
        size = _within(picture.image.size, (width, TALLEST * width))
        image = picture.image.resize(size, Resampling.LANCZOS)
        made = _encoded(_Picture(image, picture.exact))
        if made is not None or size == (1, 1):
            return size, made or _as_png(image)
        width = max(1, width // 2)


def _encoded(picture: _Picture) -> bytes | None:
    """PNG for what is exact, else JPEG; None where neither is small enough."""
    if picture.exact:
        made = _as_png(picture.image)
        if len(made) < MOST_BYTES:
            return made
    if picture.image.mode == "RGBA":
        return None
    tries: Iterator[bytes] = (_as_jpeg(picture, quality) for quality in _QUALITIES)
    return next((made for made in tries if len(made) < MOST_BYTES), None)


def _as_png(image: Image) -> bytes:
    """As it is, or in 256 colours where it would be too large."""
    made = _saved(lambda out: image.save(out, "PNG", optimize=True))
    if len(made) < MOST_BYTES:
        return made
    few = image.quantize(_COLOURS)
    return _saved(lambda out: few.save(out, "PNG", optimize=True))


def _as_jpeg(picture: _Picture, quality: int) -> bytes:
    sharp = "4:4:4" if picture.exact else "4:2:0"
    return _saved(
        lambda out: picture.image.save(
            out, "JPEG", quality=quality, subsampling=sharp, progressive=True, optimize=True
        )
    )


def _saved(save: Callable[[BytesIO], None]) -> bytes:
    out = BytesIO()
    save(out)
    return out.getvalue()


def _ending(data: bytes) -> str:
    return ".png" if data.startswith(b"\x89PNG") else ".jpg"
