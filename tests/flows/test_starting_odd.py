"""Of settings that say what nobody can use, a first settings file is made all the same."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from newsfeed.flows.starting import PLACEHOLDER_URL, start


def _begun(site: Path, name: str, text: str) -> dict[str, Any]:
    """The settings that are written for a site with that file."""
    (site / name).write_text(text)
    target, _ = start(site, demo=None)
    return tomllib.loads(target.read_text())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pelicanconf.py", 'SITEURL = "http://[::1"'),
        ("docusaurus.config.js", 'export default {url: "https://[::1", baseUrl: "/x/"}'),
        ("docusaurus.config.js", r'export default {title: "Pond\ud800"}'),
        ("pelicanconf.py", r'SITENAME = "Pond\ud800"'),
    ],
)
def test_an_address_or_a_title_that_is_none_is_left_out(
    name: str, text: str, tmp_path: Path
) -> None:
    assert _begun(tmp_path, name, text)["site"]["url"] == PLACEHOLDER_URL


@pytest.mark.parametrize(
    ("name", "text", "limit"),
    [
        ("_config.yml", "plugins: [jekyll-feed]\nfeed: {posts_limit: true}", 10),
        ("pelicanconf.py", "FEED_MAX_ITEMS = True", 100),
        ("docusaurus.config.js", "export default {blog: {feedOptions: {limit: false}}}", 10_000),
    ],
)
def test_a_limit_that_is_no_number_is_what_the_generator_takes_it_for(
    name: str, text: str, limit: int, tmp_path: Path
) -> None:
    assert _begun(tmp_path, name, text)["feeds"]["limit"] == limit
