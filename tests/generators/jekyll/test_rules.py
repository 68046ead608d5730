"""How Jekyll's folders are read. Expected values are those of Jekyll 4 and jekyll-feed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsfeed.collect.conventions.detect import convention, detect
from newsfeed.collect.conventions.jekyll import Jekyll, JekyllConfig
from newsfeed.collect.fields import Fields
from newsfeed.errors import SettingsError
from newsfeed.model import DateOrigin
from tests.generators.kit import placed

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
    place = placed(_jekyll(permalink), "_posts/2024-07-12-첫-글.md", fields)
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
    place = placed(_jekyll(permalink), "_posts/2024-07-12-My Post.md", fields)
    assert place.id_path == id_path


def test_jekyll_categories_come_from_folders_first() -> None:
    place = placed(
        _jekyll("none"), "tech/web/_posts/2024-07-12-a.md", Fields(title="t", categories=("News",))
    )
    assert place.categories == ("tech", "web", "News")
    assert place.link == "/tech/web/news/a.html"


def test_jekyll_dates_come_from_the_file_name_in_the_zone_of_the_site() -> None:
    place = placed(_jekyll(), "_posts/2024-7-2-a.md", Fields(title="t"))
    assert place.date == datetime(2024, 7, 2, tzinfo=SEOUL)
    assert place.dated is DateOrigin.FILE_NAME


@pytest.mark.parametrize("path", ["_posts/a.md", "_posts/draft-of-a.md"])
def test_jekyll_leaves_out_posts_without_a_date_in_their_name(path: str) -> None:
    place = placed(_jekyll(), path, Fields(title="t"))
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
    assert detect(tmp_path)[0].name == "jekyll"
    for folder in (tmp_path, tmp_path / "_posts"):
        rules = convention("auto", folder, SEOUL, "")
        prefix = "_posts/" if folder == tmp_path else ""
        place = placed(rules, prefix + "2024-07-12-a.md", Fields(title="t"))
        assert place.link == "/2024/07/12/a/"
        assert (rules.zone.key, rules.base_path) == ("Asia/Tokyo", "/blog")
        front = rules.front_matter(prefix + "2024-07-12-a.md", "---\ntitle: t\n---\n")
        assert front.values == {"title": "t", "author": "편집부"}
        assert rules.media_roots(folder) == (tmp_path,)


def test_a_broken_jekyll_config_is_named(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text("title: [", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"_config\.yml"):
        convention("auto", tmp_path, SEOUL, "")


def test_a_jekyll_file_without_a_date_is_left_out_in_every_zone() -> None:
    for zone in ("Asia/Seoul", "America/New_York", "UTC"):
        jekyll = Jekyll(ZoneInfo(zone), JekyllConfig())
        place = placed(jekyll, "_posts/a.md", Fields(title="t"))
        assert place.left_out
        assert place.date is None
