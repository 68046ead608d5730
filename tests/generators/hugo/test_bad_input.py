"""Hugo's files as they should not be: a message that names the file, and never a traceback."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.collect.conventions.base import Place
from newsfeed.collect.conventions.detect import convention, detect
from newsfeed.collect.conventions.hugo.generator import GENERATOR
from newsfeed.collect.conventions.hugo.rules import Hugo
from newsfeed.collect.conventions.hugo.settings import Site, lowered, site_of
from newsfeed.collect.conventions.hugo.tree import Section, Tree
from newsfeed.collect.fields import read_fields
from newsfeed.collect.frontmatter import FrontMatter
from newsfeed.errors import ArticleError, SettingsError
from tests.generators.hugo.kit import write
from tests.generators.kit import command

UTC = ZoneInfo("UTC")
BASE = 'baseURL = "https://ex.example.org/"\n'
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("2024-01-02"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
SETTINGS = st.sampled_from(
    [
        "title",
        "baseURL",
        "languages",
        "permalinks",
        "cascade",
        "params",
        "frontmatter",
        "uglyURLs",
        "outputs",
        "outputFormats",
        "disableKinds",
        "services",
        "rssLimit",
        "contentDir",
        "author",
        "defaultContentLanguage",
        "disableLanguages",
        "publishDir",
        "languageCode",
        "timeZone",
    ]
)
KEYS = st.sampled_from(
    [
        "title",
        "date",
        "publishDate",
        "expiryDate",
        "lastmod",
        "slug",
        "url",
        "weight",
        "draft",
        "published",
        "_build",
        "build",
        "headless",
        "tags",
        "categories",
        "images",
        "linkTitle",
        "summary",
        "description",
        "params",
        "author",
        "aliases",
        "cascade",
        "lang",
        "type",
    ]
)
PATHS = st.sampled_from(
    ["content/a.md", "content/posts/b.ko.md", "content/posts/c/index.md", "content/posts/d.org"]
)


def test_settings_that_cannot_be_read_are_named_and_the_layout_tells(tmp_path: Path) -> None:
    folder = write(
        tmp_path, {"config.toml": "title = \n", "content/a.md": "x", "archetypes/default.md": "x"}
    )
    generator, _ = detect(folder)
    assert generator.name == "hugo"
    (problem,) = generator.about(folder).problems
    assert problem.path.endswith("config.toml")
    with pytest.raises(SettingsError) as caught:
        convention("auto", folder, UTC, "")
    assert caught.value.where.endswith("config.toml")


def test_a_part_of_the_settings_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"hugo.toml": BASE, "config/_default/params.yaml": "a: [\n"})
    (problem,) = GENERATOR.about(tmp_path).problems
    assert problem.path.endswith("config/_default/params.yaml")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ntitle: x\ncascade: draft\n---\n", 3),
        ("---\ntitle: x\ncascade:\n  - draft: true\n  - more\n---\n", 3),
        ("---\ntitle: [\n---\n", 2),
        ("---\ntitle: x\n", 1),
    ],
)
def test_a_section_that_cannot_be_read_stops_all(tmp_path: Path, text: str, line: int) -> None:
    """What it cascades is not known, and drafts below it would be published."""
    write(
        tmp_path,
        {"hugo.toml": BASE, "content/posts/_index.md": text, "content/posts/a.md": {"title": "a"}},
    )
    done = command(tmp_path, "init")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"content/posts/_index.md:{line}: " in done.stderr


def test_a_folder_without_index_is_no_bundle(tmp_path: Path) -> None:
    """What lies in it are pages of their own."""
    write(
        tmp_path,
        {
            "hugo.toml": BASE,
            "content/posts/whole/index.md": {"title": "w"},
            "content/posts/whole/part.md": {"title": "p"},
            "content/posts/bare/one.md": {"title": "o"},
        },
    )
    rules = convention("hugo", tmp_path, UTC, "")
    paths = ["whole/index.md", "whole/part.md", "bare/one.md", "whole/deep/index.md"]
    accepted = [rules.accepts(f"content/posts/{path}") for path in paths]
    assert accepted[:3] == [True, False, True]
    assert not rules.accepts("content/posts/whole/deep/")


@given(st.dictionaries(SETTINGS, VALUES))
def test_any_settings_give_a_site_or_a_message(values: dict[str, object]) -> None:
    try:
        site = site_of(lowered(values))
    except SettingsError as error:
        assert error.remedy
    else:
        assert site.languages[0].code == site.main


def _rules(cascade: dict[str, object]) -> Hugo:
    values = lowered({"languages": {"en": {}, "ko": {}}, "permalinks": {"posts": "/:year/:title"}})
    site: Site = site_of(values)
    sections = {("en", "posts"): Section(cascade=(lowered(cascade),))}
    return Hugo(site, Tree(sections=sections, bundles=frozenset(), sizes={}))


@given(PATHS, st.dictionaries(KEYS, VALUES), st.dictionaries(KEYS, VALUES))
def test_any_front_matter_gives_a_place_or_a_message(
    path: str, values: dict[str, object], cascade: dict[str, object]
) -> None:
    """Also where a section cascades it."""
    rules = _rules(cascade)
    lines = "".join(f"{key}: x\n" for key in values)
    front = FrontMatter(values=values, body="", body_line=1, lines={}, syntax="json")
    try:
        read = rules.merged(path, front)
        place = rules.place(path, read, read_fields(read, UTC), "")
    except ArticleError as error:
        assert error.remedy, lines
    else:
        assert isinstance(place, Place)
        assert place.link.startswith("/")
