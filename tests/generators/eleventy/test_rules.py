"""How Eleventy's folders are read. Expected values are those of Eleventy 3."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsfeed.collect.conventions.base import Asking, Body, Place
from newsfeed.collect.conventions.detect import convention, detect
from newsfeed.collect.conventions.eleventy.fences import parse
from newsfeed.collect.conventions.eleventy.rules import UTC_ZONE, Eleventy
from newsfeed.collect.conventions.eleventy.templates import filled, slugified, without_tags
from newsfeed.collect.fields import read_fields
from newsfeed.errors import ArticleError, SettingsError
from newsfeed.model import DateOrigin

FEED = """\
import { feedPlugin } from "@11ty/eleventy-plugin-rss";
export default function (config) {
  config.addPlugin(feedPlugin, { collection: { name: "posts" } });
}
"""


def write(site: Path, name: str, text: str) -> None:
    path = site / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write(tmp_path, "eleventy.config.js", FEED)
    write(tmp_path, "posts/posts.json", '{"tags": "posts"}')
    return tmp_path


def rules(site: Path, permalink: str = "") -> Eleventy:
    found = convention("eleventy", site, UTC_ZONE, permalink)
    assert isinstance(found, Eleventy)
    return found


def placed(found: Eleventy, path: str, text: str = "---\ntitle: t\n---\n") -> Place:
    front = found.front_matter(path, text)
    return found.place(path, front, read_fields(front, found.zone), "")


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("posts/one.md", "/posts/one/"),
        ("posts/2024-07-12-one.md", "/posts/2024-07-12-one/"),
        ("posts/one/index.md", "/posts/one/"),
        ("posts/one/one.md", "/posts/one/"),
        ("posts/one.html", "/posts/one/"),
    ],
)
def test_without_a_permalink_a_file_is_a_folder(site: Path, path: str, link: str) -> None:
    assert placed(rules(site), path).link == link


@pytest.mark.parametrize(
    ("permalink", "link"),
    [
        ("/a/b.html", "/a/b.html"),
        ("a/index.html", "/a/"),
        ("/{{ page.fileSlug }}/", "/one/"),
        ("{{ page.filePathStem }}.html", "/posts/one.html"),
        ("/{{ page.date | date: '%Y/%-m' }}/", "/2024/7/"),
        ('/{{ page.date | date("%b-%y") | downcase }}/', "/jul-24/"),
        ("/{{ title | slugify }}/", "/crepes-fur-uns-alle/".replace("fur", "fuer")),
    ],
)
def test_a_permalink_s_template_is_filled(site: Path, permalink: str, link: str) -> None:
    head = f"title: Crêpes für uns alle!\npermalink: {permalink!r}"
    if "'" in permalink:
        head = f'title: t\npermalink: "{permalink}"'
    text = f"---\n{head}\n---\n"
    assert placed(rules(site), "posts/2024-07-12-one.md", text).link == link


def test_what_only_eleventy_could_tell_is_a_fault_until_the_settings_give_a_form(
    site: Path,
) -> None:
    write(site, "posts/posts.json", '{"tags": "posts", "permalink": "/{{ title | shout }}/"}')
    with pytest.raises(ArticleError, match="shout") as caught:
        placed(rules(site), "posts/one.md")
    assert "sources.permalink" in caught.value.remedy
    assert placed(rules(site, "/:year/:slug/"), "posts/2024-07-12-one.md").link == "/2024/one/"


def test_data_of_folders_and_files_is_joined_and_an_override_replaces_it(site: Path) -> None:
    write(site, "posts/deep/deep.yaml", "tags: [deep]\n")
    write(site, "posts/deep/one.md", "")
    write(site, "posts/deep/one.11tydata.js", 'module.exports = { tags: ["own"] };')
    one = placed(rules(site), "posts/deep/one.md", "---\ntitle: t\ntags: mine, two\n---\n")
    assert one.tags == ("deep", "own", "mine", "two")
    other = placed(rules(site), "posts/deep/two.md", "---\noverride:tags: [posts]\n---\n")
    assert other.tags == ()


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("permalink: false", "permalink: false"),
        ("eleventyExcludeFromCollections: true", "eleventyExcludeFromCollections: true"),
        ("override:tags: [news]", "it is not tagged posts"),
        ("pagination:\n  data: x", "it is cut into pages"),
    ],
)
def test_what_the_feed_does_not_hold_is_left_out(site: Path, head: str, reason: str) -> None:
    assert placed(rules(site), "posts/one.md", f"---\n{head}\n---\n").left_out == reason


@pytest.mark.parametrize("word", ["git Last Modified", "Last Modified"])
def test_a_file_dated_by_its_change_gets_the_date_of_its_last_commit(site: Path, word: str) -> None:
    place = placed(rules(site), "posts/2024-07-12-one.md", f"---\ndate: {word}\n---\n")
    assert (place.date, place.dated) == (None, DateOrigin.LAST_COMMIT)


@pytest.mark.parametrize("word", ["git Created", "Created"])
def test_a_file_dated_by_its_creation_is_dated_by_git(site: Path, word: str) -> None:
    place = placed(rules(site), "posts/2024-07-12-one.md", f"---\ndate: {word}\n---\n")
    assert (place.date, place.dated) == (None, None)


def test_a_date_stands_anywhere_in_the_path_and_is_in_utc(site: Path) -> None:
    place = placed(rules(site), "posts/2024-07-12/one.md")
    assert (place.date, place.dated) == (datetime(2024, 7, 12, tzinfo=UTC), DateOrigin.FILE_NAME)
    with pytest.raises(ArticleError, match="impossible"):
        placed(rules(site), "posts/2024-07-32/one.md")


def test_a_collection_made_by_a_glob_holds_what_fits(tmp_path: Path) -> None:
    making = 'config.addCollection("posts", (api) => api.getFilteredByGlob("blog/**/*.md"));'
    write(tmp_path, "eleventy.config.js", FEED.replace("}\n", f"  {making}\n}}\n", 2))
    found = rules(tmp_path)
    assert placed(found, "blog/a/one.md").left_out == ""
    assert placed(found, "pages/one.md").left_out == "it is not among posts"


def test_without_a_feed_in_the_settings_an_article_is_what_has_a_date(tmp_path: Path) -> None:
    write(tmp_path, "eleventy.config.js", "export default function (config) {}")
    found = rules(tmp_path)
    assert placed(found, "2024-07-12-one.md").left_out == ""
    assert placed(found, "about.md").left_out == "it has no date, as a page"


def test_what_eleventy_ignores_is_not_read(site: Path) -> None:
    write(site, ".eleventyignore", "posts/desk\n# words\n*.draft.md\n")
    found = rules(site)
    refused = ("_includes/", "_site/", "node_modules/", ".git/", "posts/desk/", "a.draft.md")
    assert [path for path in refused if found.accepts(path)] == []
    assert all(map(found.accepts, ("posts/", "posts/one.md", "about.html", "README.md")))


def test_folders_that_the_settings_name_are_heeded(tmp_path: Path) -> None:
    write(
        tmp_path,
        ".eleventy.js",
        'const IN = "src"; // dir: { input: "wrong" }\n'
        'module.exports = (c) => { return { pathPrefix: "/blog/", dir: { input: IN } }; };',
    )
    found = rules(tmp_path)
    assert found.accepts("src/one.md")
    assert not found.accepts("one.md")
    assert not found.accepts("src/_includes/")
    assert found.base_path == "/blog"
    assert placed(found, "src/2024-07-12-one.md").link == "/2024-07-12-one/"


def test_settings_that_cannot_be_read_are_named_and_no_guess(tmp_path: Path) -> None:
    (tmp_path / "eleventy.config.js").write_bytes(b"export \xff")
    write(tmp_path, "content/2024-07-12-one.md", "one")
    generator, located = detect(tmp_path)
    assert generator.name == "eleventy"
    (fault,) = generator.about(located.site).problems
    assert (fault.path, fault.warning) == (str(tmp_path / "eleventy.config.js"), True)
    assert generator.locate(tmp_path / "content") is not None
    with pytest.raises(SettingsError, match=r"eleventy\.config\.js: cannot be read"):
        rules(tmp_path)


def test_a_broken_data_file_is_named(site: Path) -> None:
    write(site, "posts/posts.json", '{"tags": [')
    with pytest.raises(SettingsError, match=r"posts\.json: cannot be read"):
        rules(site)


def test_data_that_a_program_makes_is_no_guess(site: Path) -> None:
    write(site, "posts/posts.11tydata.js", "module.exports = make({ permalink: () => 1 });")
    with pytest.raises(ArticleError, match="made by a program"):
        placed(rules(site), "posts/one.md")


def test_the_rules_change_with_the_data(site: Path) -> None:
    before = rules(site).key
    write(site, "posts/posts.json", '{"tags": "posts", "lang": "ko"}')
    assert rules(site).key != before


@pytest.mark.parametrize(
    ("text", "title", "line"),
    [
        ('---json\n{\n"title": "a"\n}\n---\n\nbody', "a", 7),
        ("---js\n{\n  title: 'a',\n}\n---\nbody", "a", 6),
        ("---yaml\ntitle: a\n---\nbody", "a", 4),
        ("---toml\ntitle = 'a'\n---\nbody", "a", 4),
    ],
)
def test_front_matter_says_its_language(text: str, title: str, line: int) -> None:
    front = parse(text)
    assert (front.values["title"], front.body, front.body_line) == (title, "body", line)


@pytest.mark.parametrize("text", ["---json\n{}\n", "---js\nmake()\n---\n"])
def test_front_matter_that_cannot_be_read_is_a_fault_of_the_article(text: str) -> None:
    with pytest.raises(ArticleError):
        parse(text)


def test_tags_are_dropped_and_told_by_their_lines(site: Path) -> None:
    text = (
        'a {{ "/x/" | url }}\n{% comment %}{% b %}{% endcomment %}'
        "{% raw %}{{ c }}{% endraw %}\n{% d %}{{ e }} {% f"
    )
    assert rules(site).body("one.md", text, Asking()) == Body(
        text="a /x/\n{{ c }}\n {% f",
        markup="markdown",
        dropped=without_tags(text, "")[1],
    )
    assert [(one.written, one.line) for one in without_tags(text, "")[1]] == [
        ("{% d %}", 3),
        ("{{ e }}", 3),
        ("{% f", 3),
    ]


def test_comments_of_nunjucks_go_where_it_is_the_language(tmp_path: Path) -> None:
    write(tmp_path, "eleventy.config.js", FEED)
    assert rules(tmp_path).body("one.md", "a {# b #}", Asking()).text == "a {# b #}"
    assert rules(tmp_path).body("one.njk", "a {# b #}", Asking()).text == "a "
    for engine, text in (('"njk"', "a "), ("false", "a {# b #}{{ c }}")):
        config = FEED.replace(
            "config.add", f"config.markdownTemplateEngine = {engine};\nconfig.add"
        )
        write(tmp_path, "eleventy.config.js", config)
        assert rules(tmp_path).body("one.md", "a {# b #}{{ c }}", Asking()).text == text


def test_an_excerpt_ends_where_the_settings_say(tmp_path: Path) -> None:
    options = 'config.setFrontMatterParsingOptions({ excerpt_separator: "<!-- more -->" });'
    write(tmp_path, "eleventy.config.js", FEED.replace("}\n", f"  {options}\n}}\n", 2))
    body = rules(tmp_path).body("one.md", "first\n<!-- more -->\nrest", Asking())
    assert (body.lead, body.text) == ("first\n", "first\n\nrest")


@given(st.text(alphabet="{%}# rawendcomt\"'|url/\n", max_size=80))
@example("{% raw %}{% raw %}{% endraw %}")
def test_no_text_stops_the_search_for_tags(text: str) -> None:
    """Whatever is opened and not closed: nothing is raised, and text without tags stays itself."""
    kept, dropped = without_tags(text, "/b")
    assert dropped or "{{" in text or "{%" in text or kept == text


@given(st.text(alphabet="{}|:'\" pagedttl.slu%Y()", max_size=60))
def test_a_permalink_is_filled_or_refused(pattern: str) -> None:
    data = {"page": {"fileSlug": "a"}, "title": "t"}
    try:
        filled(pattern, data, datetime(2024, 7, 12, tzinfo=UTC))
    except ArticleError as error:
        assert error.remedy


@given(st.text(max_size=60))
def test_a_slug_is_latin_or_refused(text: str) -> None:
    try:
        assert set(slugified(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    except LookupError:
        assert not text.isascii()


KEYS = st.sampled_from(
    (
        *("title", "date", "tags", "permalink", "eleventyComputed", "lang", "override:tags"),
        *("draft", "author", "summary", "image", "eleventyExcludeFromCollections", "pagination"),
    )
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.dictionaries(KEYS, VALUES), st.text(max_size=40))
def test_no_front_matter_and_no_data_are_more_than_a_fault(
    data: dict[str, object], body: str
) -> None:
    """Whatever stands in the one or the other, the article has a place or a fault."""
    with TemporaryDirectory() as folder:
        write(Path(folder), "eleventy.config.js", FEED)
        write(Path(folder), "posts/posts.json", json.dumps({"tags": "posts", **data}))
        found = rules(Path(folder))
        for text in (f"---json\n{json.dumps(data)}\n---\n{body}", f"---\n{body}\n---\n"):
            try:
                placed(found, "posts/2024-07-12-one.md", text)
            except ArticleError as error:
                assert error.problem
