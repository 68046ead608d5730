"""Whatever stands in settings and front matter, a post is read or its fault is named."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsfeed.collect.conventions.base import Located
from newsfeed.collect.conventions.jekyll import GENERATOR, Config, Jekyll
from newsfeed.collect.fields import read_fields
from newsfeed.errors import ArticleError, SettingsError

UTC = ZoneInfo("UTC")
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 3000)
    | st.sampled_from(["2024-07-12", "2024-07-12 09:00:00", "a b", "/:title/", ":", "*", "_posts"])
    | st.text(max_size=8)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "path", "scope", "values", "type", "output", "permalink"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
KEYS = (
    "title date last_modified_at categories category tags tag author authors image description "
    "excerpt excerpt_separator permalink slug lang published draft id"
)
SETTINGS = (
    "title url baseurl permalink timezone defaults exclude include collections collections_dir "
    "excerpt_separator show_drafts unpublished author feed plugins lang data_dir source"
)


def mapping(keys: str) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(st.sampled_from(keys.split()), VALUES, max_size=5)


@given(
    mapping(KEYS), st.sampled_from(["2024-01-01-a", "24-1-1-", "a", "9999-99-99-x", "2024-01-01-."])
)
def test_front_matter_of_any_shape(values: dict[str, object], name: str) -> None:
    """JSON is YAML, too."""
    rules = Jekyll(UTC, Config(authors={"a b": "A"}))
    path = f"tech/_posts/{name}.md"
    with contextlib.suppress(ArticleError):
        front = rules.front_matter(path, f"---\n{json.dumps(values)}\n---\nText.\n")
        place = rules.place(path, front, read_fields(front, UTC), "")
        assert place.left_out or place.link.startswith("/")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=mapping(SETTINGS))
def test_settings_of_any_shape(values: dict[str, object], folder: Path) -> None:
    """They are used as far as they can be, or an error names the file."""
    (folder / "_config.yml").write_text(json.dumps(values), encoding="utf-8")
    GENERATOR.about(folder)
    with contextlib.suppress(SettingsError):
        rules = GENERATOR.convention(Located(site=folder), UTC, "")
        rules.accepts("_posts/2024-01-01-a.md")
        front = rules.front_matter("_posts/2024-01-01-a.md", "---\ntitle: a\n---\n{{ site.url }}")
        rules.body("_posts/2024-01-01-a.md", front.body, str)
        with contextlib.suppress(ArticleError):
            rules.place("_posts/2024-01-01-a.md", front, read_fields(front, UTC), "")
