"""How plain folders are read."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from newsfeed.collect.conventions.plain import Plain
from newsfeed.collect.fields import Fields
from newsfeed.errors import ArticleError
from newsfeed.model import DateOrigin
from tests.generators.kit import placed

SEOUL = ZoneInfo("Asia/Seoul")


@pytest.mark.parametrize(
    ("path", "fields", "link"),
    [
        ("a-walk.md", Fields(title="T"), "/a-walk/"),
        ("2024-07-12-a-walk.md", Fields(title="T"), "/a-walk/"),
        ("000_a74ec3dbd5ff3621.txt", Fields(title="한미 정상!"), "/한미-정상/"),
        ("000_a74ec3dbd5ff3621.txt", Fields(title="!!!"), "/000_a74ec3dbd5ff3621/"),
        (
            "x.md",
            Fields(title="T", slug="Own Slug", categories=("News", "한국")),
            "/news/한국/own-slug/",
        ),
        ("x.md", Fields(title="T", permalink="/about/me.html"), "/about/me.html"),
        ("x.md", Fields(title="T", permalink="/n/:slug/"), "/n/x/"),
    ],
)
def test_plain_addresses(path: str, fields: Fields, link: str) -> None:
    place = placed(Plain(SEOUL), path, fields)
    assert place.link == link
    assert place.id_path == link


def test_a_plain_file_without_title_takes_its_heading_or_is_refused() -> None:
    plain = Plain(SEOUL)
    assert placed(plain, "a.md", Fields(), heading="Hi", written=False).title == "Hi"
    with pytest.raises(ArticleError, match="no title"):
        placed(plain, "a.md", Fields(), written=False)


def test_notes_about_a_plain_folder_are_left_out() -> None:
    place = placed(Plain(SEOUL), "README.md", Fields(), heading="My posts", written=False)
    assert "about the folder" in place.left_out


def test_front_matter_wins_over_the_date_of_the_file_name() -> None:
    date = datetime(2020, 1, 1, tzinfo=UTC)
    place = placed(Plain(SEOUL), "2024-07-12-a.md", Fields(title="t", date=date))
    assert (place.date, place.dated) == (date, DateOrigin.FRONT_MATTER)


def test_an_impossible_date_in_a_file_name_is_never_replaced_by_another() -> None:
    with pytest.raises(ArticleError, match="impossible date"):
        placed(Plain(SEOUL), "2024-02-30-a.md", Fields(title="t"))
