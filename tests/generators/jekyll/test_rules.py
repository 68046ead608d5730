"""How Jekyll's folders are read. Expected values are those of Jekyll 4 and jekyll-feed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsfeed.collect.conventions.base import Place
from newsfeed.collect.conventions.detect import convention, detect
from newsfeed.collect.conventions.jekyll import GENERATOR, Config, Jekyll
from newsfeed.collect.conventions.jekyll.config import Default
from newsfeed.collect.fields import read_fields
from newsfeed.errors import ArticleError, SettingsError
from newsfeed.model import DateOrigin

SEOUL = ZoneInfo("Asia/Seoul")


def _jekyll(permalink: str = "date", **settings: object) -> Jekyll:
    from newsfeed.collect.conventions.jekyll.config import STYLES

    config = Config(permalink=STYLES.get(permalink, permalink), **settings)  # type: ignore[arg-type]
    return Jekyll(SEOUL, config)


def _placed(rules: Jekyll, path: str, front: str = "") -> Place:
    """Where the file belongs that has these lines as front matter."""
    read = rules.front_matter(path, f"---\n{front}\n---\nText.\n")
    return rules.place(path, read, read_fields(read, rules.zone), "")


@pytest.mark.parametrize(
    ("permalink", "link"),
    [
        ("date", "/news/world/2024/07/12/첫-글.html"),
        ("pretty", "/news/world/2024/07/12/첫-글/"),
        ("ordinal", "/news/world/2024/194/첫-글.html"),
        ("weekdate", "/news/world/2024/W28/Fri/첫-글.html"),
        ("none", "/news/world/첫-글.html"),
        ("/:year/:i_month/:slug/", "/2024/7/첫-글/"),
        ("/:month_:day/:long_month:output_ext", "/07_12/July.html"),
        ("/a/../b./:title", "/a/b첫-글"),
    ],
)
def test_permalink_styles_and_patterns(permalink: str, link: str) -> None:
    place = _placed(_jekyll(permalink), "_posts/2024-07-12-첫-글.md", "categories: [News, World]")
    assert place.link == link


def test_a_placeholder_that_jekyll_does_not_know_is_named() -> None:
    with pytest.raises(ArticleError, match=":weather"):
        _placed(_jekyll("/:weather/:title/"), "_posts/2024-07-12-a.md")


@pytest.mark.parametrize("permalink", ["date", "pretty"])
def test_ids_are_the_folder_of_the_address_and_the_name(permalink: str) -> None:
    """jekyll-feed writes `post.id`, which is not the address."""
    place = _placed(_jekyll(permalink), "_posts/2024-07-12-My Post.md", "categories: News\nid: 5")
    assert (place.id_path, place.guid) == ("/news/2024/07/12/My Post", "")


def test_ids_have_the_form_that_the_filter_absolute_url_gives() -> None:
    """It brings letters that look like others into one form (NFKC); addresses stay as they are."""
    place = _placed(_jekyll("none"), "_posts/2024-07-12-ｆull.md")
    assert (place.id_path, place.link) == ("/full", "/ｆull.html")


@pytest.mark.parametrize(
    ("front", "in_link", "shown"),
    [
        ("", "/tech/web/a.html", ("tech", "web")),
        ("categories: [News, tech]", "/tech/web/news/a.html", ("tech", "web", "News")),
        ("categories: a, b", "/tech/web/a,/b/a.html", ("tech", "web", "a,", "b")),
        ("category: Two Words", "/tech/web/two words/a.html", ("Two Words",)),
        ("category: C#", "/tech/web/c%23/a.html", ("C#",)),
    ],
)
def test_categories_come_from_folders_and_front_matter(
    front: str, in_link: str, shown: tuple[str, ...]
) -> None:
    """jekyll-feed shows `category` alone where it is there; the address has all."""
    place = _placed(_jekyll("none"), "tech/web/_posts/2024-07-12-a.md", front)
    assert (place.link, place.categories) == (in_link, shown)


def test_tags_are_jekylls() -> None:
    rules = _jekyll()
    for front, tags in [
        ("tags: a, b c", ("a,", "b", "c")),
        ("tag: a b\ntags: [c]", ("a b",)),
        ("tags: [1, two words]", ("1", "two words")),
        ("tags:", ()),
    ]:
        read = rules.front_matter("_posts/2024-01-01-a.md", f"---\n{front}\n---\n")
        assert read_fields(read, SEOUL).tags == tags


@pytest.mark.parametrize(
    ("path", "front", "moment"),
    [
        ("_posts/2024-7-2-a.md", "", datetime(2024, 7, 2, tzinfo=SEOUL)),
        ("_posts/24-07-02-a.md", "", datetime(2024, 7, 2, tzinfo=SEOUL)),
        ("_posts/2024-07-02-a.md", "date: 2024-07-03", datetime(2024, 7, 3, tzinfo=SEOUL)),
        ("_posts/2024-07-02-a.md", "date: 2024-07-03 9:00:00", datetime(2024, 7, 3, 9, tzinfo=UTC)),
        (
            "_posts/2024-07-02-a.md",
            "date: '2024-07-03 09:00:00'",
            datetime(2024, 7, 3, 0, tzinfo=UTC),
        ),
        ("_posts/2024-07-02-a.md", "date: 2024-07-03 09:00", datetime(2024, 7, 3, 0, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_in_utc_where_yaml_takes_it_for_one(
    path: str, front: str, moment: datetime
) -> None:
    place = _placed(_jekyll(), path, front)
    assert place.date == moment
    assert place.dated is (DateOrigin.FRONT_MATTER if front else DateOrigin.FILE_NAME)


def test_a_day_that_does_not_exist_is_named() -> None:
    with pytest.raises(ArticleError, match="impossible date"):
        _placed(_jekyll(), "_posts/2024-02-30-a.md")


@pytest.mark.parametrize("path", ["_posts/a.md", "_posts/draft-of-a.md", "_posts/123-01-01-a.md"])
def test_posts_without_a_date_in_their_name_are_left_out(path: str) -> None:
    for zone in ("Asia/Seoul", "America/New_York", "UTC"):
        place = _placed(Jekyll(ZoneInfo(zone), Config()), path)
        assert "YYYY-MM-DD" in place.left_out
        assert place.date is None


def test_posts_alone_are_read() -> None:
    rules = _jekyll(exclude=("old/", "*.tmp.md"), include=("_keep",))
    accepted = ["_posts/", "_posts/2024-01-01-a.md", "blog/_posts/2024-01-01-a.html", "assets/"]
    accepted += ["_posts/in/", "_posts/in/_side/", "_posts/in/_side/2024-01-01-a.md", "_keep/"]
    refused = ["index.md", "_drafts/", "_site/", ".git/", "_posts/2024-01-01-a.css", "old/"]
    refused += ["_posts/_in/", "_posts/_2024-01-01-a.md", "_posts/2024-01-01-a.tmp.md", "_other/"]
    assert [path for path in accepted if not rules.accepts(path)] == []
    assert [path for path in refused if rules.accepts(path)] == []


def test_drafts_are_read_where_the_site_shows_them() -> None:
    rules = _jekyll(show_drafts=True)
    assert rules.accepts("_drafts/")
    assert rules.accepts("_drafts/a.md")
    assert _placed(rules, "_drafts/a-pond.md").left_out
    place = _placed(rules, "_drafts/a-pond.md", "date: 2024-07-12\ndraft: true")
    assert (place.title, place.link) == ("A Pond", "/2024/07/12/a-pond.html")


def test_the_longer_scope_wins_and_then_the_one_that_names_a_type() -> None:
    def scope(path: str, kind: str | None, **values: object) -> Default:
        return Default(path=path, type=kind, values=values)

    rules = _jekyll(
        defaults=(
            scope("news/_posts", "posts", lang="en", image={"path": "/a.png"}),
            scope("", "posts", lang="ko", author="a"),
            scope("", None, author="b", layout="x"),
            scope("", "pages", author="nobody"),
            scope("*/_posts", None, tags=["starred"]),
        )
    )
    read = rules.front_matter("news/_posts/2024-01-01-a.md", "---\nimage: {alt: A}\n---\n")
    assert read.values["lang"] == "en"
    assert read.values["author"] == ["a"]
    assert read.values["layout"] == "x"
    assert read.values["tags"] == ["starred"]
    assert read.values["image"] == {"path": "/a.png", "alt": "A"}


def test_the_description_comes_before_the_excerpt_and_a_separator_of_its_own_makes_one() -> None:
    rules = _jekyll()
    path = "_posts/2024-01-01-a.md"
    both = rules.front_matter(path, "---\nexcerpt: e\ndescription: d\n---\n")
    cut = rules.front_matter(path, "---\nexcerpt_separator: <!--x-->\n---\nOne.\n<!--x-->\nTwo.\n")
    assert read_fields(both, SEOUL).excerpt == "d"
    assert read_fields(cut, SEOUL).excerpt == "One."


def test_the_lead_ends_at_the_separator_of_the_site() -> None:
    body = _jekyll(excerpt_separator="<!--more-->").body("a.md", "One.\n<!--more-->\nTwo.", str)
    assert body.lead == "One.\n"
    assert _jekyll().body("a.md", "One.\n\nTwo.", str).lead == ""


def test_a_site_is_read_with_its_own_settings(tmp_path: Path) -> None:
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
        assert isinstance(rules, Jekyll)
        prefix = "_posts/" if folder == tmp_path else ""
        assert _placed(rules, prefix + "2024-07-12-a.md").link == "/2024/07/12/a/"
        assert (rules.zone.key, rules.base_path) == ("Asia/Tokyo", "/blog")
        front = rules.front_matter(prefix + "2024-07-12-a.md", "---\ntitle: t\n---\n")
        assert front.values["author"] == ["편집부"]
        assert rules.media_roots(folder) == (tmp_path,)


def test_a_data_file_of_authors_names_them_and_changes_the_key(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text("title: t\n", encoding="utf-8")
    before = convention("jekyll", tmp_path, SEOUL, "").key
    (tmp_path / "_data").mkdir()
    (tmp_path / "_data/authors.yml").write_text("mina: {name: 미나}\n", encoding="utf-8")
    rules = convention("jekyll", tmp_path, SEOUL, "")
    front = rules.front_matter("_posts/2024-01-01-a.md", "---\nauthor: mina\n---\n")
    assert read_fields(front, SEOUL).authors == ("미나",)
    assert rules.key != before


def test_broken_settings_are_named_and_the_layout_still_tells_the_generator(tmp_path: Path) -> None:
    (tmp_path / "_posts").mkdir()
    (tmp_path / "_config.yml").write_text("title: [", encoding="utf-8")
    assert detect(tmp_path)[0].name == "jekyll"
    (problem,) = GENERATOR.about(tmp_path).problems
    assert "_config.yml" in problem.path
    with pytest.raises(SettingsError, match=r"_config\.yml"):
        convention("auto", tmp_path, SEOUL, "")
    assert convention("jekyll", tmp_path, SEOUL, "/:title/").name == "jekyll"


def test_the_feed_of_the_site_is_told(tmp_path: Path) -> None:
    config = tmp_path / "_config.yml"
    for text, feeds, limit in [
        ("plugins: [jekyll-feed]", {"atom": "feed.xml"}, 10),
        ("gems: [jekyll-feed]\nfeed: {path: /a/b.xml, posts_limit: 5}", {"atom": "a/b.xml"}, 5),
        ("plugins: []", {}, 0),
    ]:
        config.write_text(text, encoding="utf-8")
        about = GENERATOR.about(tmp_path)
        assert (about.feeds, about.limit) == (feeds, limit)
    config.write_text(
        "plugins: [jekyll-feed]\nfeed: {excerpt_only: true, categories: [a]}", encoding="utf-8"
    )
    about = GENERATOR.about(tmp_path)
    assert (about.excerpts, about.by_category) == (True, "feed/{slug}.xml")
    config.write_text("title: t", encoding="utf-8")
    (tmp_path / "Gemfile").write_text('gem "jekyll-feed", "~> 0.17"\n', encoding="utf-8")
    assert GENERATOR.about(tmp_path).feeds == {"atom": "feed.xml"}
    (tmp_path / "Gemfile").write_text('# gem "jekyll-feed"\n', encoding="utf-8")
    (tmp_path / "rss.xml").write_text("---\n---\n<rss version='2.0'>", encoding="utf-8")
    assert GENERATOR.about(tmp_path).feeds == {"rss": "rss.xml"}
