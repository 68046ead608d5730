"""How Jekyll and plain folders are read. Expected values are those of Jekyll 4 and jekyll-feed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsfeed.collect.conventions.detect import convention, detect
from newsfeed.collect.conventions.jekyll import Jekyll, JekyllConfig
from newsfeed.collect.conventions.plain import Plain
from newsfeed.collect.fields import Fields
from newsfeed.errors import ArticleError, SettingsError
from newsfeed.model import DateOrigin

SEOUL = ZoneInfo("Asia/Seoul")


def _jekyll(permalink: str = "date") -> Jekyll:
    return Jekyll(SEOUL, JekyllConfig(permalink=permalink))


@pytest.mark.parametrize(
    ("permalink", "link"),
    [
        ("date", "/news/world/2024/07/12/첫-글.html"),
        ("pretty", "/news/world/2024/07/12/첫-글/"),
        ("ordinal", "/news/world/2024/194/첫-글.html"),
        ("weekdate", "/news/world/2024/W28/Fri/첫-글.html"),
        ("none", "/news/world/첫-글.html"),
        ("/:year/:i_month/:slug/", "/2024/7/첫-글/"),
    ],
)
def test_jekyll_permalink_styles(permalink: str, link: str) -> None:
    fields = Fields(title="t", categories=("News", "World"))
    place = _jekyll(permalink).place(
        "_posts/2024-07-12-첫-글.md", fields, front_matter=True, heading=""
    )
    assert place.link == link


@pytest.mark.parametrize(
    ("permalink", "id_path"),
    [("date", "/news/2024/07/12/My Post"), ("pretty", "/news/2024/07/12/My Post")],
)
def test_jekyll_ids_are_the_folder_of_the_address_and_the_name(
    permalink: str, id_path: str
) -> None:
    """jekyll-feed writes `post.id`, which is not the address."""
    fields = Fields(title="t", categories=("News",))
    place = _jekyll(permalink).place(
        "_posts/2024-07-12-My Post.md", fields, front_matter=True, heading=""
    )
    assert place.id_path == id_path


def test_jekyll_categories_come_from_folders_first() -> None:
    place = _jekyll("none").place(
        "tech/web/_posts/2024-07-12-a.md",
        Fields(title="t", categories=("News",)),
        front_matter=True,
        heading="",
    )
    assert place.categories == ("tech", "web", "News")
    assert place.link == "/tech/web/news/a.html"


def test_jekyll_dates_come_from_the_file_name_in_the_zone_of_the_site() -> None:
    place = _jekyll().place(
        "_posts/2024-7-2-a.md", Fields(title="t"), front_matter=True, heading=""
    )
    assert place.date == datetime(2024, 7, 2, tzinfo=SEOUL)
    assert place.dated is DateOrigin.FILE_NAME


@pytest.mark.parametrize("path", ["_posts/a.md", "_posts/draft-of-a.md"])
def test_jekyll_leaves_out_posts_without_a_date_in_their_name(path: str) -> None:
    place = _jekyll().place(path, Fields(title="t"), front_matter=True, heading="")
    assert "YYYY-MM-DD" in place.left_out


def test_jekyll_accepts_posts_alone() -> None:
    jekyll = _jekyll()
    accepted = ["_posts/", "_posts/2024-01-01-a.md", "blog/_posts/2024-01-01-a.html", "assets/"]
    refused = ["index.md", "_drafts/", "_site/", ".git/", "_posts/2024-01-01-a.css"]
    assert all(map(jekyll.accepts, accepted))
    assert not any(map(jekyll.accepts, refused))


def test_a_jekyll_site_is_read_with_its_own_settings(tmp_path: Path) -> None:
    (tmp_path / "_posts").mkdir()
    (tmp_path / "_config.yml").write_text(
        "permalink: pretty\ntimezone: Asia/Tokyo\nbaseurl: /blog\n"
        "defaults:\n- scope: {path: '', type: posts}\n  values: {author: 편집부}\n"
        "- scope: {path: '', type: pages}\n  values: {author: nobody}\n",
        encoding="utf-8",
    )
    assert detect(tmp_path) == "jekyll"
    for folder in (tmp_path, tmp_path / "_posts"):
        rules = convention("auto", folder, SEOUL, "")
        prefix = "_posts/" if folder == tmp_path else ""
        place = rules.place(
            prefix + "2024-07-12-a.md", Fields(title="t"), front_matter=True, heading=""
        )
        assert place.link == "/2024/07/12/a/"
        assert (rules.zone.key, rules.base_path) == ("Asia/Tokyo", "/blog")
        assert rules.defaults(prefix + "2024-07-12-a.md") == {"author": "편집부"}
        assert rules.media_roots(folder) == (tmp_path,)


def test_a_broken_jekyll_config_is_named(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text("title: [", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"_config\.yml"):
        convention("auto", tmp_path, SEOUL, "")


def test_a_folder_whose_rules_are_unknown_is_not_guessed_at(tmp_path: Path) -> None:
    (tmp_path / "hugo.toml").touch()
    with pytest.raises(SettingsError, match="hugo"):
        convention("auto", tmp_path, SEOUL, "")


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
    place = Plain(SEOUL).place(path, fields, front_matter=True, heading="")
    assert place.link == link
    assert place.id_path == link


def test_a_plain_file_without_title_takes_its_heading_or_is_refused() -> None:
    plain = Plain(SEOUL)
    assert plain.place("a.md", Fields(), front_matter=False, heading="Hi").title == "Hi"
    with pytest.raises(ArticleError, match="no title"):
        plain.place("a.md", Fields(), front_matter=False, heading="")


def test_notes_about_a_plain_folder_are_left_out() -> None:
    place = Plain(SEOUL).place("README.md", Fields(), front_matter=False, heading="My posts")
    assert "about the folder" in place.left_out


def test_front_matter_wins_over_the_date_of_the_file_name() -> None:
    date = datetime(2020, 1, 1, tzinfo=UTC)
    place = Plain(SEOUL).place(
        "2024-07-12-a.md", Fields(title="t", date=date), front_matter=True, heading=""
    )
    assert (place.date, place.dated) == (date, DateOrigin.FRONT_MATTER)


def test_an_impossible_date_in_a_file_name_is_never_replaced_by_another() -> None:
    with pytest.raises(ArticleError, match="impossible date"):
        Plain(SEOUL).place("2024-02-30-a.md", Fields(title="t"), front_matter=True, heading="")


def test_a_jekyll_file_without_a_date_is_left_out_in_every_zone() -> None:
    for zone in ("Asia/Seoul", "America/New_York", "UTC"):
        jekyll = Jekyll(ZoneInfo(zone), JekyllConfig())
        place = jekyll.place("_posts/a.md", Fields(title="t"), front_matter=True, heading="")
        assert place.left_out
        assert place.date is None


def test_a_placeholder_that_nothing_can_fill_is_an_error_of_the_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="titel"):
        convention("plain", tmp_path, SEOUL, "/:year/:titel/")
