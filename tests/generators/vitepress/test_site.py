"""A VitePress site: its dated pages are articles at the addresses that it gives them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.generators.kit import built, command

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(HERE / "site", tmp_path_factory.mktemp("vitepress"))


@pytest.fixture(scope="module")
def items(folder: Path) -> dict[str, dict[str, str]]:
    """The entries of our JSON feed by their titles."""
    feed = json.loads((folder / ".newsfeed-public/feed.json").read_text(encoding="utf-8"))
    return {item["title"]: item for item in feed["items"]}


def test_addresses_are_those_of_the_pages(items: dict[str, dict[str, str]]) -> None:
    base = "https://bees.example.org/yard/posts"
    assert {title: item["url"] for title, item in items.items()} == {
        "Winter": f"{base}/winter/",
        "벌통을 열다": f"{base}/%EB%B2%8C",
        "Honey, at last": f"{base}/2024-06-09-honey",
        "A swarm in the pear tree": f"{base}/swarm",
    }


def test_the_heading_that_is_the_title_is_not_shown_again(items: dict[str, dict[str, str]]) -> None:
    assert "<h1" not in items["A swarm in the pear tree"]["content_html"]


def test_containers_and_components_leave_their_text(items: dict[str, dict[str, str]]) -> None:
    html = items["A swarm in the pear tree"]["content_html"]
    assert "<strong>Stings</strong>" in html
    assert "Wear a veil." in html
    assert not any(mark in html for mark in (":::", "[[toc]]", "Badge"))


def test_a_link_to_another_file_leads_to_its_page(items: dict[str, dict[str, str]]) -> None:
    html = items["A swarm in the pear tree"]["content_html"]
    assert 'href="https://bees.example.org/yard/posts/2024-06-09-honey"' in html


def test_expressions_go_and_code_stays(items: dict[str, dict[str, str]]) -> None:
    html = items["Honey, at last"]["content_html"]
    assert "theme.weight" not in html
    assert "{{ as it is }}" in html


def test_pages_that_are_no_articles_are_named_with_the_reason(folder: Path) -> None:
    shown = command(folder, "articles").stdout
    assert "pages/about.md: it has no `date`" in shown
    assert "pages/index.md: layout: home" in shown
