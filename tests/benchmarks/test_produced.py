"""A row of the benchmarks counts only with the feeds that its work asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import programs
from benchmarks.produced import look
from benchmarks.publish import NEWEST_STEPS, Site, WrongOutputError

RSS = """<rss version="2.0"><channel>{}</channel></rss>"""
ITEM = "<item><title>post {0}</title><guid>{0}</guid><description>본문</description></item>"
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom">{}</feed>"""
ENTRY = "<entry><title>post {0}</title><id>{0}</id><content>text</content></entry>"


def _site(folder: Path, count: int, rss: list[int], atom: list[int]) -> Site:
    public = folder / "public"
    public.mkdir()
    items, entries = map(ITEM.format, rss), map(ENTRY.format, atom)
    (public / "feed.xml").write_text(RSS.format("".join(items)), "utf-8")
    (public / "atom.xml").write_text(ATOM.format("".join(entries)), "utf-8")
    return Site(program=programs.hugo(bodies=False), folder=folder, count=count, runs=1)


def test_items_and_their_text_are_counted(tmp_path: Path) -> None:
    """Both formats, each item once, and the bytes of all bodies."""
    made = look(_site(tmp_path, 3, [2, 1, 0], [2, 1]).output, "feed.xml")
    assert (made.rss, made.atom, made.newest) == (3, 2, (2, 1, 0))
    assert made.html_bytes == 3 * len("본문".encode()) + 2 * len("text")


@pytest.mark.parametrize(
    ("rss", "atom"),
    [([2, 1, 0], [2, 1]), ([0, 1, 2], [2, 1, 0]), ([1, 0], [1, 0]), ([], []), ([2, 2, 1], [2, 1])],
    ids=["one format is short", "oldest first", "not the newest", "empty", "one twice"],
)
def test_other_feeds_than_the_work_asks_for_are_refused(
    rss: list[int], atom: list[int], tmp_path: Path
) -> None:
    """What a program leaves out cannot make it fast."""
    with pytest.raises(WrongOutputError):
        NEWEST_STEPS[0].checked(_site(tmp_path, 3, rss, atom))


def test_the_right_feeds_are_accepted(tmp_path: Path) -> None:
    """All three posts in both formats, newest first."""
    assert NEWEST_STEPS[0].checked(_site(tmp_path, 3, [2, 1, 0], [2, 1, 0])).rss == 3
