"""Promises about the author's colours and boxes in letters and pages."""

from __future__ import annotations

import pytest

from newsfeed.collect.markup.style import filter_style
from tests.collect.markup.kit import Tags, styled


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("background-color: #21538527;", "background-color: rgba(33, 83, 133, 0.153)"),
        ("color:#F008", "color: rgba(255, 0, 0, 0.533)"),
        ("color: #1A5490", "color: #1a5490"),
        ("color: rgb(1 2 3 / 50%)", "color: rgba(1, 2, 3, 0.5)"),
        ("color: rgb(1 2 3)", "color: rgb(1, 2, 3)"),
        ("color: rgba(1,2,3,.15)", "color: rgba(1,2,3,.15)"),
        ("background: #fff", "background-color: #fff"),
        ("border: 1px solid #0f0f", "border: 1px solid rgba(0, 255, 0, 1)"),
        ("text-align: CENTER; height: 17px", "text-align: center"),
        ("color: red !important", "color: red"),
        ("padding: 1px 2.5em 0 .5rem", "padding: 1px 2.5em 0 .5rem"),
        ("font-weight: bold; font-style: italic", "font-weight: bold; font-style: italic"),
    ],
)
def test_colours_alignment_and_boxes_stay(written: str, shown: str) -> None:
    """Listed properties stay, with colours that mail programs and inliners understand."""
    assert filter_style(written) == shown


@pytest.mark.parametrize(
    "written",
    [
        "position: fixed",
        "display: none",
        "visibility: hidden",
        "width: 900px",
        "font-size: 0",
        "float: left",
        "margin: -99px",
        "padding: 9999px",
        "background: url(x)",
        "background: #fff url(x)",
        "background-color: url(x)",
        "color: expression(alert(1))",
        "color: var(--x)",
        "color: re\\64",
        "color: /**/red",
        "color: 'red'",
        "color",
        "color:",
        ": red",
        "",
        "--x: red",
    ],
)
def test_what_moves_hides_sizes_or_fetches_goes(written: str) -> None:
    """A letter's layout is the template's."""
    assert filter_style(written) == ""


def test_one_bad_declaration_spoils_no_other() -> None:
    """What is fine stays beside what is not."""
    assert filter_style("color: red; position: fixed; text-align: left") == (
        "color: red; text-align: left"
    )


def test_a_rule_loses_its_style() -> None:
    """A rule that its author drew by height and background would be invisible."""
    assert styled("<hr style='height: 2px; border: none; background-color: #000'>") == "<hr>"


def test_cells_keep_their_shape_and_lose_their_size() -> None:
    """Spans, scope and alignment stay, pixels go."""
    html = styled(
        "<table width=900><tr><th scope=col colspan=2 style='height: 17px; text-align: center'>가"
    )
    assert Tags(html).found[-1] == (
        "th",
        {"scope": "col", "colspan": "2", "style": "text-align:center"},
    )
    assert "width" not in html
