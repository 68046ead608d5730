"""From Markdown to HTML that is not yet safe to show: the only door to comrak."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import unquote

import comrak

from newsfeed.collect.markup.kramdown import to_commonmark
from newsfeed.errors import ArticleError

# comrak takes time or space that grows with the square of these, so a body may not hold more.
MAX_DEFINITIONS = 2_000
MAX_FOOTNOTE_MARKS = 5_000
MAX_TABLE_CELLS = 200_000

_TILDE = "\ufdd0"  # stands for a lone tilde; a noncharacter, so no text holds it
_LONE_TILDE = re.compile(r"(?<![~\\])~(?!~)")
_ENCODED_TILDE = "%EF%B7%90"
_DELIMITER_ROW = re.compile(r"\n[\d.)> \t|:*+-]++(?=\n|$)")
_DEFINITION = re.compile(r"\n[> \t]*+:[ \t]")
_TASK = re.compile(r'<li><input type="checkbox"( checked="")? disabled="" />\s*(<p>)?')
_FOOTNOTE = re.compile(r'(id="|href="#)(fn|fnref)-([^"]*)"')


def _extensions() -> comrak.ExtensionOptions:
    options = comrak.ExtensionOptions()
    options.table = True
    options.footnotes = True
    options.description_lists = True
    options.strikethrough = True
    options.tasklist = True
    options.cjk_friendly_emphasis = True
    return options


def _rendering() -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.unsafe_ = True  # authors mix HTML and Markdown; the sanitiser comes last
    return options


_EXTENSIONS = _extensions()
_RENDERING = _rendering()


def to_html(source: str, *, kramdown: bool) -> str:
    """The HTML of Markdown `source`, unsafe as the author wrote it.

    With `kramdown` its own syntax and footnote names are understood. Liquid and the like stay
    text. Raises ArticleError where the result would be out of all proportion to the source.
    """
    _refuse_explosive(source)
    html = comrak.render_markdown(
        _without_lone_tildes(to_commonmark(source) if kramdown else source),
        _EXTENSIONS,
        None,
        _RENDERING,
    )
    if _TILDE in html or _ENCODED_TILDE in html:
        html = html.replace(_TILDE, "~").replace(_ENCODED_TILDE, "~")
    if "<li><input" in html:
        html = _TASK.sub(_task, html)
    return _FOOTNOTE.sub(_kramdown_name, html) if kramdown and "[^" in source else html


def _without_lone_tildes(source: str) -> str:
    """`~~` strikes through, a single one does not: "10~20일 30~40일" is two ranges of days."""
    return _LONE_TILDE.sub(_TILDE, source) if "~" in source else source


def _task(match: re.Match[str]) -> str:
    """An item of a task list with a character for its box: neither mail programs nor our own
    allow-list let a form's element pass.
    """
    return f"<li>{match[2] or ''}{'☑' if match[1] else '☐'} "


def _kramdown_name(match: re.Match[str]) -> str:
    """The name kramdown gives to a footnote on the site, so that links lead there."""
    return f'{match[1]}{match[2]}:{escape(unquote(match[3]))}"'


def _refuse_explosive(source: str) -> None:
    if source.count("[^") > MAX_FOOTNOTE_MARKS:
        raise _too_many("footnote marks", MAX_FOOTNOTE_MARKS)
    lines = source.count("\n")
    if lines > MAX_DEFINITIONS and len(_DEFINITION.findall(source)) > MAX_DEFINITIONS:
        raise _too_many("definitions", MAX_DEFINITIONS)
    if _is_large_table(source.count("|"), lines):  # no row has more columns than there are bars
        columns = max((row[0].count("|") for row in _DELIMITER_ROW.finditer(source)), default=0)
        if _is_large_table(columns, lines):
            raise _too_many("table cells", MAX_TABLE_CELLS)


def _is_large_table(columns: int, lines: int) -> bool:
    return columns * max(columns, lines) > MAX_TABLE_CELLS


def _too_many(what: str, limit: int) -> ArticleError:
    return ArticleError(f"the body holds more than {limit:,} {what}", remedy="split the article")
