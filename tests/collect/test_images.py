"""Local images: where they are and how large."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from newsfeed.collect import images
from newsfeed.errors import ArticleError


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("/assets/a.png", "/site/assets/a.png"),
        ("a.png", "/site/posts/a.png"),
        ("../a%20b.png", "/site/a b.png"),
        ("a.png?v=1#x", "/site/posts/a.png"),
    ],
)
def test_references_are_looked_up_beside_the_article_and_in_the_site(
    reference: str, found: str
) -> None:
    assert found in images.candidates(reference, "posts/one.md", "/site", ("/site",))


@pytest.mark.parametrize(
    "reference",
    [
        "https://example.org/a.png",
        "//example.org/a.png",
        "../../etc/passwd",
        "/../etc/passwd",
        "data:image/png;base64,AAAA",
        "a\0.png",
        "http://[bad",
        "#top",
        "",
    ],
)
def test_nothing_outside_of_the_folder_is_ever_looked_at(reference: str) -> None:
    places = images.candidates(reference, "posts/one.md", "/site", ("/site",))
    assert all(place.startswith("/site/") for place in places)


def test_a_link_out_of_the_folder_is_no_image(tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    outside.touch()
    root = tmp_path / "site"
    root.mkdir()
    (root / "folder").symlink_to(tmp_path)
    place = str(root / "folder/outside.png")
    assert images.existing([place], (str(root),)) == ""


def test_size_type_and_length_are_true(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (30, 20)).save(path)
    assert images.measure(str(path)) == images.Measured(30, 20, path.stat().st_size, "image/png")


def test_a_picture_that_the_camera_turned_is_measured_as_it_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (30, 20)).save(path, exif=exif)
    measured = images.measure(str(path))
    assert (measured.width, measured.height, measured.media_type) == (20, 30, "image/jpeg")


def test_a_decompression_bomb_is_refused_by_its_header_alone(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    path = tmp_path / "bomb.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    )
    with pytest.raises(ArticleError, match="bomb"):
        images.measure(str(path))


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"x" * 99],
)
def test_what_is_no_image_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(data)
    with pytest.raises(ArticleError, match="is not a PNG"):
        images.measure(str(path))
