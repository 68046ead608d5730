"""Promises about templates: whose are used, and what is said of broken ones."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from newsfeed.errors import TemplateError
from newsfeed.pages.index import index_page
from newsfeed.pages.templates import Templates
from tests.pages.kit import FOLDER, SITE

BROKEN = {
    "one\n{% if %}": 2,
    "one\n\n{{ nobody }}": 3,
    "{{ site.colour }}": 1,
    "\n{{ 1 / 0 }}": 2,
    "\n{{ 'a' + 1 }}": 2,
    "\n\n{{ site['title'].__class__.__mro__ }}": 3,
    "{{ site.update({}) }}": 1,
    "\n{{ site.title | shout }}": 2,
    "{% macro m() %}{{ m() }}{% endmacro %}\n{{ m() }}": 1,
}


def render(folder: Path, text: str) -> bytes:
    (folder / "a.html.j2").write_text(text, "utf-8")
    return Templates([folder]).render("a.html.j2", {"site": {"title": "신문"}})


@pytest.mark.parametrize(("text", "line"), BROKEN.items())
def test_a_broken_template_is_named_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    """One line for people; no traceback, whatever the mistake is."""
    with pytest.raises(TemplateError) as caught:
        render(tmp_path, text)
    assert caught.value.where == f"{tmp_path / 'a.html.j2'}:{line}"
    assert "\n" not in str(caught.value)


def test_a_mistake_in_an_included_template_is_named_there(tmp_path: Path) -> None:
    """Not where it was included."""
    (tmp_path / "b.html.j2").write_text("\n\n\n{{ nobody }}", "utf-8")
    with pytest.raises(TemplateError, match="'nobody' is undefined") as caught:
        render(tmp_path, '{% include "b.html.j2" %}')
    assert caught.value.where == f"{tmp_path / 'b.html.j2'}:4"


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    """With the folders that were looked through, also when another template asks for it."""
    with pytest.raises(TemplateError, match=r"gone\.html\.j2 is missing") as caught:
        Templates([tmp_path]).render("gone.html.j2", {})
    assert str(tmp_path) in str(caught.value)
    with pytest.raises(TemplateError, match=r"head\.css is missing") as caught:
        render(tmp_path, 'one\n{% include "head.css" %}')
    assert caught.value.where == f"{tmp_path / 'a.html.j2'}:2"


def test_a_template_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    """By name."""
    (tmp_path / "a.html.j2").write_bytes("신문".encode("euc-kr"))
    with pytest.raises(TemplateError) as caught:
        Templates([tmp_path]).render("a.html.j2", {})
    assert "a.html.j2" in caught.value.where


def test_values_are_escaped(tmp_path: Path) -> None:
    """Whatever the file is called."""
    (tmp_path / "a.html.j2").write_text("{{ x }}", "utf-8")
    page = Templates([tmp_path]).render("a.html.j2", {"x": "<b>\"'&"})
    assert page == b"&lt;b&gt;&#34;&#39;&amp;"


def test_ones_own_template_goes_before_ours(tmp_path: Path) -> None:
    """One file can be replaced, and the others stay as they are."""
    (tmp_path / "style.css").write_text("body { color: rebeccapurple }", "utf-8")
    page = index_page(Templates([tmp_path, FOLDER]), SITE, [])
    assert b"rebeccapurple" in page
    assert b"keep-all" not in page
    assert b"keep-all" in index_page(Templates([FOLDER]), SITE, [])


def test_a_template_cannot_read_outside_its_folder(tmp_path: Path) -> None:
    """Neither upwards nor by an absolute path."""
    folder = tmp_path / "web"
    shutil.copytree(FOLDER, folder)
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    for name in ("../secret.txt", str(tmp_path / "secret.txt")):
        with pytest.raises(TemplateError, match="is missing"):
            render(folder, f"{{% include {name!r} %}}")
