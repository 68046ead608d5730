"""The lint stands between composing and leaving."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsfeed.cli.decisions import warnings
from newsfeed.errors import OutputError
from newsfeed.flows.linting import findings, refuse_errors, told
from newsfeed.model import Letter
from tests.flows.editions_kit import FRIDAY, LATER, MONDAY
from tests.kit import NEWSLETTER, SETTINGS, Site

SAID = NEWSLETTER + "commercial = false\n"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site", SETTINGS + SAID)
    site.post("2026-11-10-one.md", r"\*\*굵은\*\* 글.")
    return site


def test_check_tells_what_the_lint_finds(site: Site) -> None:
    """A warning on stderr, and all findings with their rules as JSON."""
    done = site.run("check")
    assert "warning: newsletters.weekly: html:" in done.stderr
    assert "Markdown is shown as it was written: `**굵은**`" in done.stderr
    found = json.loads(site.run("check", "--json").stdout)["findings"]["weekly"]
    assert {"text.markdown", "size.html"} <= {one["rule"] for one in found}
    assert {one["level"] for one in found} == {"warning", "note"}


@pytest.mark.parametrize(
    "words",
    [
        ("send", "weekly", "--dry-run"),
        ("send", "weekly", "--yes"),
        ("test", "weekly", "--to", "ann@example.org"),
    ],
)
def test_who_sends_a_letter_is_told_of_it_as_by_check(site: Site, words: tuple[str, ...]) -> None:
    """A line for each warning, none for notes, and the letter leaves all the same."""
    checked = [line for line in site.run("check").stderr.splitlines() if "weekly: html:" in line]
    done = site.run(*words)
    assert done.returncode == 0, done.stderr
    told = [line for line in done.stderr.splitlines() if "weekly: html:" in line]
    assert told == checked
    assert len(told) == 1


def test_a_publish_tells_it_when_the_letter_is_due(site: Site) -> None:
    """And not before, nor of the letter after it."""
    assert warnings(site.publish(FRIDAY).decided) == []
    (line,) = warnings(site.publish(MONDAY).decided)
    assert line.startswith("warning: newsletters.weekly: html:")
    assert "`**굵은**`" in line
    assert warnings(site.publish(LATER).decided) == []


def test_a_look_without_the_way_to_the_preferences_is_told_of(site: Site) -> None:
    """In each part, where somebody serves them; ours have it."""
    address = "https://links.example.org"
    site.configure(f'{SETTINGS}[server]\nurl = "{address}"\n{SAID}')
    assert f"{address}/p" not in site.run("check").stderr
    folder = site.folder / "templates" / "email"
    folder.mkdir(parents=True)
    way = '<a href="{{ unsubscribe_url }}">Leave</a> <a href="{{ view_url }}">Look</a>'
    (folder / "digest.html.j2").write_text(f"<!doctype html><title>x</title><p>{way}</p>")
    (folder / "digest.txt.j2").write_text("{{ unsubscribe_url }} {{ view_url }}")
    found = json.loads(site.run("check", "--json").stdout)["findings"]["weekly"]
    told = {one["rule"] for one in found if f"{address}/p" in one["problem"]}
    assert told == {"links.missing", "text.way"}


def test_an_error_keeps_the_letter_back_and_names_the_rest(site: Site) -> None:
    """The first reason, and how many there are besides."""
    plan = site.plan()
    letter = Letter(subject="", html="<!doctype html><p>x</p><form></form>", text="")
    found = findings(plan, plan.newsletters[0], letter)
    with pytest.raises(OutputError, match=r"^newsletters\.weekly: .*and 3 more: `newsfeed check`"):
        refuse_errors(found, "weekly")
    assert len(told(found, "weekly", "error")) == 4


def test_a_letter_of_text_needs_no_html(tmp_path: Path) -> None:
    """`format = "text"`: only its subject and text count."""
    site = Site(tmp_path / "site", SETTINGS + SAID + 'format = "text"\n')
    site.post("2026-11-10-one.md", '<p><a href="#">어디</a></p>')
    done = site.run("check")
    assert (done.returncode, "html:" in done.stderr) == (0, False)
