"""What letters show of a picture: pixels that any mail program can show, and nothing else."""

from __future__ import annotations

import random
import struct
import time
import zlib
from collections.abc import Sequence
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.Image import Exif

from newsfeed.collect.images import Rendition, Renditions, key_of, render, render_logo
from newsfeed.errors import ArticleError

GPS = 0x8825
RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def _bytes(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _photo(width: int, height: int, *, detail: int = 100) -> Image.Image:
    """Many colours, in so many patches from side to side."""
    noise = random.Random(1).randbytes(detail * detail * 3)
    return Image.frombytes("RGB", (detail, detail), noise).resize((width, height))


def _opened(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as image:
        image.load()
        return image


def _large(data: bytes, file: str = "a.png") -> tuple[Rendition, Image.Image]:
    found, made = render(data, file)
    return found.large, _opened(made[found.large.name])


def _near(pixel: object, colour: Sequence[int], by: int = 12) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) <= by for a, b in zip(pixel, colour, strict=True))


def test_a_photo_becomes_a_progressive_jpeg_of_two_widths_below_the_limit() -> None:
    data = _bytes(_photo(4000, 3000), "JPEG", quality=95)
    found, made = render(data, "a.jpg")
    assert (found.large.width, found.large.height) == (1200, 900)
    assert (found.small.width, found.small.height) == (600, 450)
    assert [found.large.name, found.small.name] == list(made)
    assert list(made) == [f"{key_of(data)}-1200.jpg", f"{key_of(data)}-600.jpg"]
    for one in (found.large, found.small):
        image = _opened(made[one.name])
        assert image.size == (one.width, one.height)
        assert image.format == "JPEG"
        assert image.info["progressive"]
        assert len(made[one.name]) < 200_000


def test_a_photo_of_too_much_detail_is_shown_at_half_the_width() -> None:
    found, made = render(_bytes(_photo(2000, 2000, detail=1000), "JPEG"), "a.jpg")
    assert found.large == found.small
    assert [len(data) < 200_000 for data in made.values()] == [True]


def test_nothing_is_made_larger_than_it_is() -> None:
    found, made = render(_bytes(_photo(400, 300), "JPEG"), "a.jpg")
    assert found.large == found.small
    assert (found.large.width, found.large.height) == (400, 300)
    assert len(made) == 1


def test_the_same_bytes_give_the_same_bytes() -> None:
    data = _bytes(_photo(1500, 1000), "PNG")
    assert render(data, "a.png") == render(data, "b.png")


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_turned_photo_stands_upright_and_tells_no_place(turn: int) -> None:
    """The corner that is red upright is so in the rendition, whatever way the camera was held."""
    upright = Image.new("RGB", (400, 200), GREEN)
    upright.paste(RED, (0, 0, 100, 50))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[turn]) if turn in undo else upright
    exif = Exif()
    exif[0x0112] = turn
    exif[0x010F] = "Maker of cameras"
    exif.get_ifd(GPS).update({1: "N", 2: (37.0, 33.0, 58.0), 29: "2026:11:28"})
    data = _bytes(stored, "JPEG", exif=exif, comment=b"a comment", quality=95)
    assert b"2026:11:28" in data
    found, made = render(data, "a.jpg")
    image = _opened(made[found.large.name])
    assert image.size == (400, 200)
    assert _near(image.getpixel((20, 20)), RED)
    assert _near(image.getpixel((380, 180)), GREEN)
    assert dict(image.getexif()) == {}
    for words in (b"Exif", b"2026:11:28", b"Maker", b"a comment", b"ICC_PROFILE"):
        assert words not in made[found.large.name]


def test_a_png_keeps_no_text_time_or_place() -> None:
    from PIL.PngImagePlugin import PngInfo

    exif = Exif()
    exif[0x0112] = 6
    exif.get_ifd(GPS).update({29: "2026:11:28"})
    text = PngInfo()
    text.add_text("Author", "somebody")
    data = _bytes(Image.new("RGB", (30, 20), RED), "PNG", exif=exif, pnginfo=text, dpi=(72, 72))
    found, made = render(data, "a.png")
    kinds = [made[found.large.name][i + 4 : i + 8] for i in _chunks(made[found.large.name])]
    assert set(kinds) <= {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
    assert (found.large.width, found.large.height) == (20, 30)


def _chunks(png: bytes) -> list[int]:
    places, place = [], 8
    while place < len(png):
        places.append(place)
        place += 12 + struct.unpack(">I", png[place : place + 4])[0]
    return places


def test_colours_of_another_space_are_converted() -> None:
    """A profile that exchanges red and blue shows that it is applied, and not passed on."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"tmp_", 1).replace(b"bXYZ", b"rXYZ", 1)
    swapped = swapped.replace(b"tmp_", b"bXYZ", 1)
    assert swapped != srgb
    plain = _bytes(Image.new("RGB", (50, 50), RED), "PNG", icc_profile=srgb)
    other = _bytes(Image.new("RGB", (50, 50), RED), "PNG", icc_profile=swapped)
    assert _near(_large(plain)[1].convert("RGB").getpixel((9, 9)), RED)
    converted = _large(other)[1]
    assert _near(converted.convert("RGB").getpixel((9, 9)), BLUE)
    assert "icc_profile" not in converted.info


def test_a_profile_that_cannot_be_read_is_passed_over() -> None:
    data = _bytes(Image.new("RGB", (50, 50), RED), "PNG", icc_profile=b"no profile at all")
    assert _near(_large(data)[1].convert("RGB").getpixel((9, 9)), RED)


@pytest.mark.parametrize("mode", ["CMYK", "L", "RGB"])
def test_a_jpeg_of_any_kind_is_shown_in_rgb_or_grey(mode: str) -> None:
    image = _large(_bytes(Image.new("RGB", (700, 50), RED).convert(mode), "JPEG"), "a.jpg")[1]
    assert image.mode in {"RGB", "L"}
    assert image.format == "JPEG"
    if mode != "L":
        assert _near(image.getpixel((9, 9)), RED)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGB", "RGBA"])
def test_a_png_of_any_kind_is_shown_as_it_looks(mode: str) -> None:
    white: int | str = {"I;16": 65535, "P": 0}.get(mode, "white")
    image = Image.new(mode, (800, 50), white)
    if mode == "P":
        image.putpalette([255, 255, 255, 0, 0, 0])
    shown = _large(_bytes(image, "PNG"))[1].convert("RGB")
    assert shown.size == (800, 50)
    assert _near(shown.getpixel((400, 25)), (255, 255, 255), by=2)


def test_a_drawing_stays_a_png_and_a_photo_in_png_does_not() -> None:
    drawing = Image.new("RGB", (1600, 400), (255, 255, 255))
    drawing.paste(BLUE, (0, 0, 700, 400))
    assert _large(_bytes(drawing, "PNG"))[0].name.endswith("-1200.png")
    assert _large(_bytes(_photo(1600, 400), "PNG"))[0].name.endswith("-1200.jpg")


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_transparency_stays(kind: str) -> None:
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    image.paste((*RED, 255), (0, 0, 20, 40))
    shown = _large(_bytes(image, kind))[1]
    assert shown.format == "PNG"
    shown = shown.convert("RGBA")
    assert _near(shown.getpixel((5, 5)), (*RED, 255))
    assert shown.getchannel("A").getpixel((35, 5)) == 0


def test_a_transparent_photo_gets_fewer_colours_and_pixels_until_it_fits() -> None:
    image = _photo(1600, 1000).convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    found, made = render(_bytes(image, "PNG"), "a.png")
    assert all(len(data) < 200_000 for data in made.values())
    assert (
        _opened(made[found.large.name]).convert("RGBA").getchannel("A").histogram()[:16] != [0] * 16
    )


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_what_moves_the_first_frame_is_shown(kind: str) -> None:
    frames = [Image.new("RGB", (60, 40), colour) for colour in (RED, GREEN, BLUE)]
    data = _bytes(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    shown = _large(data)[1]
    assert getattr(shown, "n_frames", 1) == 1
    assert _near(shown.convert("RGB").getpixel((9, 9)), RED)


def test_what_outlook_does_not_show_becomes_what_it_does() -> None:
    for kind in ("WEBP", "AVIF"):
        assert _large(_bytes(_photo(700, 400), kind))[1].format == "JPEG"


def test_a_phones_jpeg_of_two_pictures_is_one_picture() -> None:
    data = _bytes(_photo(700, 400), "MPO", save_all=True, append_images=[_photo(700, 400)])
    assert _large(data)[1].size == (700, 400)


@pytest.mark.parametrize("size", [(1, 1), (10_000, 10), (10, 10_000), (1, 60_000), (3000, 1)])
def test_odd_proportions_are_bounded(size: tuple[int, int]) -> None:
    found, made = render(_bytes(Image.new("RGB", size, RED), "PNG"), "a.png")
    for one in (found.large, found.small):
        assert _opened(made[one.name]).size == (one.width, one.height)
        assert 1 <= one.width <= 1200
        assert 1 <= one.height <= 6000


def test_a_bomb_is_refused_at_once() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 8_100, 8_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000)
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )
    started = time.process_time()
    with pytest.raises(ArticleError, match=r"bomb\.png has 8100 × 8000 pixels"):
        render(bomb, "bomb.png")
    assert time.process_time() - started < 1


def test_a_picture_of_forty_megapixels_is_shown() -> None:
    data = _bytes(Image.new("L", (8000, 5000), 200), "PNG", compress_level=1)
    found = render(data, "a.png")[0]
    assert (found.large.width, found.large.height) == (1200, 750)


@pytest.mark.parametrize(
    ("data", "file"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png"),
        (b"\xef\xbb\xbf\n<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>", "a"),
        (b"\x1f\x8b", "a.svgz"),
        (b"", "a.svg"),
    ],
)
def test_svg_is_never_parsed(data: bytes, file: str) -> None:
    with pytest.raises(ArticleError, match="is SVG"):
        render(data, file)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
def test_what_is_cut_off_is_refused_by_name(kind: str) -> None:
    data = _bytes(_photo(700, 400), kind)
    with pytest.raises(ArticleError, match=r"the image 사진\.png is broken or cut off"):
        render(data[: len(data) // 2], "사진.png")


@given(
    kind=st.sampled_from(["PNG", "JPEG", "GIF", "WEBP"]),
    changes=st.lists(st.tuples(st.integers(0, 1999), st.binary(min_size=1, max_size=4))),
    cut=st.integers(0, 3000),
)
@settings(max_examples=150, deadline=None)
def test_damage_is_a_picture_or_a_message(
    kind: str, changes: list[tuple[int, bytes]], cut: int
) -> None:
    """Never a traceback, whatever became of the file on its way."""
    exif = Exif()
    exif[0x0112] = 6
    data = bytearray(_bytes(_photo(60, 40), kind, exif=exif))
    for place, new in changes:
        place %= len(data)
        data[place : place + len(new)] = new
    try:
        found, made = render(bytes(data[: max(1, len(data) - cut)]), "a")
    except ArticleError as error:
        assert error.problem
        assert error.remedy
    else:
        assert isinstance(found, Renditions)
        assert all(len(one) < 200_000 for one in made.values())


def test_a_logo_is_a_png_of_twice_its_height_and_keeps_its_transparency() -> None:
    image = Image.new("RGBA", (900, 300), (0, 0, 0, 0))
    image.paste((*BLUE, 255), (0, 0, 450, 300))
    one, made = render_logo(_bytes(image, "PNG"), "logo.png")
    shown = _opened(made)
    assert (shown.format, shown.size) == ("PNG", (288, 96))
    assert (one.width, one.height) == (288, 96)
    assert shown.convert("RGBA").getchannel("A").getextrema() == (0, 255)
