"""Templates see plain data, cannot reach out, and their mistakes name file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsfeed.digest.templates import Templates
from newsfeed.errors import TemplateError

if TYPE_CHECKING:
    from pathlib import Path


def made(tmp_path: Path, source: str, name: str = "x.html.j2") -> Templates:
    """Templates of one file."""
    (tmp_path / name).write_text(source, encoding="utf-8")
    return Templates([tmp_path])


def test_html_is_escaped_whatever_the_file_is_called(tmp_path: Path) -> None:
    """Jinja2 by itself would not escape `*.html.j2`."""
    templates = made(tmp_path, '<p title="{{ x }}">{{ x }}</p>')
    escaped = "&lt;b&gt; &#34;&#39;&amp;"
    assert templates.html("x.html.j2", {"x": "<b> \"'&"}) == f'<p title="{escaped}">{escaped}</p>'


def test_text_is_not_escaped(tmp_path: Path) -> None:
    """A text part shows what the author wrote."""
    assert made(tmp_path, "{{ x }}\n").text("x.html.j2", {"x": "<b> & '"}) == "<b> & '\n"


@pytest.mark.parametrize("text", ["{{ 7*7 }}", "{% include '/etc/passwd' %}", "{# x #}", "${x}"])
def test_values_are_never_templates(tmp_path: Path, text: str) -> None:
    """S-17: what looks like a template in a title stays as it is."""
    assert made(tmp_path, "{{ x }}").text("x.html.j2", {"x": text}) == text


def test_an_earlier_folder_hides_a_later_one_file_by_file(tmp_path: Path) -> None:
    """An operator changes one partial and keeps the rest."""
    own, ours = tmp_path / "own", tmp_path / "ours"
    for folder in (own, ours):
        folder.mkdir()
        (folder / "_part").write_text(folder.name, encoding="utf-8")
    (ours / "main").write_text("{% include '_part' %} in ours", encoding="utf-8")
    assert Templates([own, ours]).text("main", {}) == "own in ours"


@pytest.mark.parametrize(
    ("source", "line", "problem"),
    [
        ("a\n{% if %}", 2, "Expected an expression"),
        ("a\n\n{{ titel }}", 3, "'titel' is undefined"),
        ("{{ x.y }}", 1, "no attribute 'y'"),
        ("\n{{ 1 // 0 }}", 2, "by zero"),
        ("\n\n{{ 'a' + 1 }}", 3, "str"),
        ("{% include 'other' %}", 0, "the template other is missing"),
        ("\n{{ x.__class__.__mro__ }}", 2, "unsafe"),
        ("\n{{ (x|attr('__class__')).__mro__ }}", 2, "unsafe"),
        ("{% macro m() %}{{ m() }}{% endmacro %}\n{{ m() }}", 1, "recursion"),
    ],
)
def test_a_mistake_names_file_and_line(
    tmp_path: Path, source: str, line: int, problem: str
) -> None:
    """One line for people, where to look, and never a traceback."""
    templates = made(tmp_path, source)
    with pytest.raises(TemplateError) as caught:
        templates.html("x.html.j2", {"x": "text"})
    where = f"{tmp_path / 'x.html.j2'}:{line}" if line else str(tmp_path)
    assert str(caught.value).startswith(f"{where}: ")
    assert problem in str(caught.value)


def test_a_mistake_in_a_partial_names_the_partial(tmp_path: Path) -> None:
    """The innermost template is the one to mend."""
    (tmp_path / "_part").write_text("\n{{ missing }}", encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        made(tmp_path, "{% include '_part' %}").html("x.html.j2", {})
    assert caught.value.where == f"{tmp_path / '_part'}:2"


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "missing.html.j2", "sub/../../x"])
def test_no_file_outside_the_folders_is_a_template(tmp_path: Path, name: str) -> None:
    """A name that leads elsewhere is missing."""
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (tmp_path / "in").mkdir()
    with pytest.raises(TemplateError, match="is missing"):
        Templates([tmp_path / "in"]).html(name, {})


def test_a_template_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    """A file saved by an old editor."""
    (tmp_path / "x.html.j2").write_bytes("한글".encode("euc-kr"))
    with pytest.raises(TemplateError) as caught:
        Templates([tmp_path]).html("x.html.j2", {})
    assert caught.value.where == "x.html.j2"
