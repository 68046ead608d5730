"""Local files that articles refer to: which are found, and what is said of the others."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.collect import images, media
from newsfeed.collect.media import Looked

CAFE = "café.png"


def _find(root: Path, body: str, lead: str = "") -> media.Media:
    def lookup(reference: str) -> Looked:
        places = images.candidates(reference, "a.md", str(root), (str(root),))
        return Looked(places, images.existing(places, (str(root),)))

    return media.find(body, lead, "a.md", root, lookup)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("![x](a.png)", ["a.png"]),
        ('![x]( a.png "Title")', ["a.png"]),
        ("![x](<b c.svg>)", ["b c.svg"]),
        ("![x](a_(1).png)", ["a_(1).png"]),
        ("![x][id]\n\n[id]: a.png", ["a.png"]),
        ("> ![x][id]\n>\n> [id]: <b c.svg> 'Title'", ["b c.svg"]),
        ("[id]:\n  a.png", ["a.png"]),
        ('<img src="a.png">', ["a.png"]),
        ("<img src='it is.png'>", ["it is.png"]),
        ("<img alt=x src=a.png>", ["a.png"]),
        ("<video poster=a.png src = b.mp4></video>", ["a.png", "b.mp4"]),
        ('<img src="x&amp;y.png">', ["x&y.png"]),
        ('<img data-original="a.png">', ["a.png"]),
        ('<img src=a.png srcset="b.png 2x, c.png 3x">', ["a.png", "b.png", "c.png"]),
        ("![x](a.png) ![y](a.png)", ["a.png"]),
    ],
)
def test_every_way_to_refer_to_a_file_is_seen(body: str, expected: list[str]) -> None:
    assert media.references(body) == expected


@given(st.text("![]()<>\"'`= \n:\\abc.pngsrc"))
def test_no_body_is_too_odd_to_look_through(body: str) -> None:
    """References are never empty."""
    assert all(media.references(body))


@pytest.mark.parametrize("on_disk", ["NFC", "NFD"])
@pytest.mark.parametrize("reference", [CAFE, normalize("NFD", CAFE), "caf%C3%A9.png"])
def test_a_name_is_found_in_either_form_of_unicode(
    tmp_path: Path, on_disk: str, reference: str
) -> None:
    """It is read as the disk spells it, and published in NFC."""
    raw = normalize("NFC" if on_disk == "NFC" else "NFD", CAFE)
    (tmp_path / raw).write_bytes(b"image")
    found = _find(tmp_path, f"![x]({reference})").published[reference]
    assert (found.raw, found.path, found.size) == (raw, CAFE, 5)


def test_a_missing_file_is_a_warning_and_is_watched(tmp_path: Path) -> None:
    found = _find(tmp_path, "![x](gone.png)")
    assert str(tmp_path / "gone.png") in found.places
    assert [(one.path, one.warning) for one in found.remarks] == [("a.md", True)]
    assert "gone.png" in found.remarks[0].problem


@pytest.mark.parametrize("code", ["`![x](a.png)`", "```\n![x](a.png)\n```", "~~~\n![x](a.png)"])
def test_a_file_that_only_code_names_may_be_missing(tmp_path: Path, code: str) -> None:
    assert _find(tmp_path, f"Text.\n\n{code}\n").remarks == ()


def test_nothing_is_said_of_other_hosts_and_pages(tmp_path: Path) -> None:
    body = "![x](https://example.org/a.png) [y](../notes/) [z](key.pem) [m](mailto:a@example.org)"
    assert _find(tmp_path, body) == media.Media({}, (), ())


def test_a_file_that_is_no_medium_is_never_published(tmp_path: Path) -> None:
    (tmp_path / "key.pem").touch()
    assert _find(tmp_path, "[x](key.pem)").published == {}


def test_a_file_that_is_too_large_is_a_warning(tmp_path: Path) -> None:
    with (tmp_path / "talk.mp4").open("wb") as file:
        file.truncate(media.MAX_BYTES + 1)
    found = _find(tmp_path, "[talk](talk.mp4)")
    assert found.published == {}
    assert "talk.mp4 is not published: it is too large" in found.remarks[0].problem


def test_what_is_no_longer_a_file_of_fair_size_is_not_read(tmp_path: Path) -> None:
    """Whatever it became since it was looked at."""
    large, link = tmp_path / "a.mp4", tmp_path / "b.mp4"
    with large.open("wb") as file:
        file.truncate(media.MAX_BYTES + 1)
    link.symlink_to(large)
    for path in (large, link, tmp_path, tmp_path / "none.mp4"):
        with pytest.raises(OSError, match=r"."):
            media.read(path)
