"""The benchmark of composing counts what is in the letter that it measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.compose import (
    ARTICLES,
    OURS,
    Row,
    WrongLetterError,
    make_site,
    markdown,
    measured,
    photograph,
)


def test_a_run_tells_its_figures_and_what_came_out(tmp_path: Path) -> None:
    make_site(tmp_path, "brief", OURS)
    run = measured(tmp_path, "brief")
    assert (run.articles, run.images) == (ARTICLES, 0)
    assert min(run.figures.values()) > 0
    assert run.figures["letter first"] > run.figures["letter warm"]
    row = Row(look="brief", templates=OURS, fresh=(run,), kept=(run,))
    first = f"{row.figure('letter first'):,.0f}"
    assert f"| `brief` | ours | {first} | {first} |" in markdown([row], {})


def test_a_letter_without_all_its_articles_is_worth_nothing(tmp_path: Path) -> None:
    make_site(tmp_path, "digest", OURS)
    next((tmp_path / "site" / "posts").iterdir()).unlink()
    with pytest.raises(WrongLetterError, match="19 articles"):
        measured(tmp_path, "digest")


def test_photographs_are_the_same_for_everybody() -> None:
    assert photograph(1).tobytes() == photograph(1).tobytes()
    assert photograph(1).tobytes() != photograph(2).tobytes()
