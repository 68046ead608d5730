"""Promises about templates: whose is used, what it sees, and what is said of a broken one."""

from __future__ import annotations

import html
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.errors import TemplateError
from newsfeed.templating import Templates

if TYPE_CHECKING:
    from newsfeed.templating import Plain

VALUES: dict[str, Plain] = {"site": {"title": "신문"}, "word": "text"}

# What is wrong, the line that has it, and what is said of it.
BROKEN = [
    ("one\n{% if %}", 2, "Expected an expression"),
    ("one\n\n{{ titel }}", 3, "'titel' is undefined"),
    ("{{ word.length }}", 1, "no attribute 'length'"),
    ("{{ site.colour }}", 1, "no attribute 'colour'"),
    ("\n{{ 1 // 0 }}", 2, "by zero"),
    ("\n\n{{ 'a' + 1 }}", 3, "str"),
    ("\n{{ word.__class__.__mro__ }}", 2, "unsafe"),
    ("\n{{ (word | attr('__class__')).__mro__ }}", 2, "unsafe"),
    ("\n\n{{ site['title'].__class__.__mro__ }}", 3, "unsafe"),
    ("{{ site.update({}) }}", 1, "unsafe"),
    ("\n{{ word | shout }}", 2, "No filter named 'shout'"),
    ("\n{{ cycler() }}", 2, "at least one item"),
    ("\n{% include ['a', 'b'] %}", 2, "none of the templates given were found: a, b"),
    ("\n{% include [] %}", 2, "empty list"),
    ("\n{% include 5 %}", 2, "'int' object is not iterable"),
    ("\n{% include ['a\\nb'] %}", 2, "found: a"),
    ("\n{% extends 5 %}", 2, "the template 5 is missing"),
    ("\n{{ '%(author)s' % site }}", 2, "'author'"),
    ("\n{% include nobody %}", 2, "'nobody' is undefined"),
    ("{% macro m() %}{{ m() }}{% endmacro %}\n{{ m() }}", 1, "recursion"),
]


def made(folder: Path, source: str) -> Templates:
    """Templates of one file, `main.html.j2`."""
    (folder / "main.html.j2").write_text(source, encoding="utf-8")
    return Templates([folder])


def complaint(templates: Templates, name: str = "main.html.j2") -> TemplateError:
    """What is said when a template is filled that cannot be."""
    with pytest.raises(TemplateError) as caught:
        templates.html(name, VALUES)
    assert caught.value.remedy
    return caught.value


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Templates whose only one prints a value and nothing else."""
    return made(tmp_path_factory.mktemp("echo"), "{{ word }}")


def test_html_is_escaped_whatever_the_file_is_called(tmp_path: Path) -> None:
    """Jinja2 by itself would not escape `*.html.j2`."""
    templates = made(tmp_path, '<p title="{{ x }}">{{ x }}</p>')
    escaped = "&lt;b&gt; &#34;&#39;&amp;"
    filled = templates.html("main.html.j2", {"x": "<b> \"'&"})
    assert filled == f'<p title="{escaped}">{escaped}</p>'


def test_text_is_never_escaped(tmp_path: Path) -> None:
    """A text part shows what the author wrote, even from a file that is called HTML."""
    assert made(tmp_path, "{{ x }}\n").text("main.html.j2", {"x": "<b> & '"}) == "<b> & '\n"


def test_a_piece_of_html_ends_with_its_last_tag(tmp_path: Path) -> None:
    """The line end of its file would be a space in the link around it."""
    (tmp_path / "image").write_text("<img>\n", encoding="utf-8")
    templates = made(tmp_path, "<a>{% include 'image' %}</a>")
    assert templates.html("main.html.j2", {}) == "<a><img></a>"


def test_lines_of_statements_leave_nothing_behind(tmp_path: Path) -> None:
    """Neither their indentation nor their line end."""
    templates = made(tmp_path, "one\n  {% if true %}\ntwo\n  {% endif %}\nthree\n")
    assert templates.text("main.html.j2", {}) == "one\ntwo\nthree\n"


@pytest.mark.parametrize("text", ["{{ 7*7 }}", "{% include '/etc/passwd' %}", "{# x #}", "${x}"])
def test_values_are_never_templates(echo: Templates, text: str) -> None:
    """What looks like a template in a title stays as it is (standards S-17)."""
    assert echo.text("main.html.j2", {"word": text}) == text


@given(text=st.text())
def test_any_value_arrives_as_it_is(echo: Templates, text: str) -> None:
    """In text to the letter; in HTML after a browser has resolved the references."""
    assert echo.text("main.html.j2", {"word": text}) == text
    filled = echo.html("main.html.j2", {"word": text})
    assert html.unescape(filled) == text
    assert not set("<>\"'") & set(filled)


def test_an_earlier_folder_hides_a_later_one_file_by_file(tmp_path: Path) -> None:
    """An operator changes one partial and keeps the rest."""
    own, ours = tmp_path / "own", tmp_path / "ours"
    for folder in (own, ours):
        folder.mkdir()
        (folder / "_part").write_text(folder.name, encoding="utf-8")
    (ours / "main").write_text("{% include '_part' %} in ours", encoding="utf-8")
    assert Templates([own, ours]).text("main", {}) == "own in ours"
    assert Templates([ours]).text("main", {}) == "ours in ours"


def test_a_file_is_read_once(tmp_path: Path) -> None:
    """All pages of a run look alike, also where a template is changed meanwhile."""
    templates = made(tmp_path, "before")
    assert templates.html("main.html.j2", {}) == "before"
    made(tmp_path, "after")
    os.utime(tmp_path / "main.html.j2", (0, 0))
    assert templates.html("main.html.j2", {}) == "before"


@pytest.mark.parametrize(("source", "line", "problem"), BROKEN)
def test_a_mistake_names_file_and_line(
    tmp_path: Path, source: str, line: int, problem: str
) -> None:
    """One line for people, where to look, and never a traceback, whatever the mistake is."""
    error = complaint(made(tmp_path, source))
    assert error.where == f"{tmp_path / 'main.html.j2'}:{line}"
    assert problem in error.problem
    assert "\n" not in str(error)


@pytest.mark.parametrize("source", ["{{ nobody }}", "{% if %}"])
def test_a_mistake_in_a_partial_names_the_partial(tmp_path: Path, source: str) -> None:
    """The innermost template is the one to mend, not the one that includes it."""
    (tmp_path / "_part").write_text(f"\n\n\n{source}", encoding="utf-8")
    error = complaint(made(tmp_path, "{% include '_part' %}"))
    assert error.where == f"{tmp_path / '_part'}:4"


def test_a_mistake_is_found_however_the_folder_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relative to the working folder, and with steps up and back."""
    (tmp_path / "web").mkdir()
    made(tmp_path / "web", "\n{{ nobody }}")
    monkeypatch.chdir(tmp_path)
    for folder in ("web", "./web", "web/../web"):
        assert complaint(Templates([Path(folder)])).where == f"{Path('web/main.html.j2')}:2"


def test_a_template_that_nests_too_deeply_is_named_without_a_line(tmp_path: Path) -> None:
    """Python counts the lines of what Jinja2 made of it."""
    error = complaint(made(tmp_path, "{% for a in word %}" * 50 + "{% endfor %}" * 50))
    assert error.where == str(tmp_path / "main.html.j2")
    assert "too many" in error.problem
    assert "line" not in error.problem


def test_a_missing_template_is_named_with_the_folders(tmp_path: Path) -> None:
    """All that were looked through."""
    own, ours = tmp_path / "own", tmp_path / "ours"
    error = complaint(Templates([own, ours]), "gone.html.j2")
    assert error.problem == "the template gone.html.j2 is missing"
    assert error.where == f"{own} or {ours}"


@pytest.mark.parametrize("statement", ["include", "extends", "import"])
def test_a_missing_partial_is_named_where_it_is_asked_for(tmp_path: Path, statement: str) -> None:
    """With the folder that it belongs in."""
    alias = " as x" if statement == "import" else ""
    error = complaint(made(tmp_path, f"one\n{{% {statement} 'head.css'{alias} %}}"))
    assert error.problem == "the template head.css is missing"
    assert error.where == f"{tmp_path / 'main.html.j2'}:2"
    assert str(tmp_path) in error.remedy


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "sub/../../secret", "{folder}/secret"]
)
def test_no_file_outside_the_folders_is_a_template(tmp_path: Path, name: str) -> None:
    """A name that leads elsewhere is missing, whoever asks for it."""
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (tmp_path / "in").mkdir()
    name = name.format(folder=tmp_path)
    templates = made(tmp_path / "in", f"{{% include {name!r} %}}")
    assert complaint(templates, name).problem.endswith("is missing")
    assert complaint(templates).problem.endswith("is missing")


@pytest.mark.parametrize("name", ["main.html.j2", "_part"])
def test_a_template_that_is_not_utf8_is_named_with_its_line(tmp_path: Path, name: str) -> None:
    """A file saved by an old editor, also where another one includes it."""
    templates = made(tmp_path, "{% include '_part' %}")
    (tmp_path / name).write_bytes("\n\n신문".encode("euc-kr"))
    error = complaint(templates)
    assert error.where == f"{tmp_path / name}:3"
    assert "UTF-8" in error.problem


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that fails to read")
def test_a_template_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """With the system's reason."""
    (tmp_path / "_part").symlink_to("/proc/self/mem")
    error = complaint(made(tmp_path, "{% include '_part' %}"))
    assert error.where == str(tmp_path / "_part")
    assert "cannot be read: Input/output error" in error.problem


def test_what_could_not_be_written_as_utf8_is_refused(tmp_path: Path) -> None:
    """Half a surrogate pair is a string to Jinja2."""
    error = complaint(made(tmp_path, r"{{ '\ud800' }}"))
    assert error.where == "main.html.j2"
    assert "surrogates not allowed" in error.problem
