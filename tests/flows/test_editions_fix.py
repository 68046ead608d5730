"""A mistake in an edition: whoever is served afterwards gets the corrected letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsfeed.flows.approving import pause_edition, resume_edition
from newsfeed.flows.cancelling import cancel
from newsfeed.flows.fixing import Fix, apply_fix, prepare_fix
from newsfeed.flows.naming import RefusedError
from newsfeed.model import DeliveryState, EditionState
from tests.flows.editions_kit import (
    LATER,
    MANUAL,
    MONDAY,
    READERS,
    WEEKLY,
    counts,
    during_delivery,
    letters,
    places,
    record,
    released_site,
    text_of,
)
from tests.kit import Site


def fix_now(site: Site, name: str = WEEKLY, **words: str) -> Fix:
    """`newsfeed editions fix --yes`."""
    with site.shop(LATER) as shop:
        fix = prepare_fix(shop, name, **words)
        apply_fix(shop, fix)
    return fix


def deliver_two(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two letters are delivered, and the edition pauses."""

    def pause_it() -> None:
        with site.people(LATER) as other:
            pause_edition(other, WEEKLY)

    with during_delivery(monkeypatch, pause_it):
        site.deliver(MONDAY)
    assert len(letters(site)) == 2


def test_those_not_yet_served_get_the_corrected_letter_and_the_others_keep_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = released_site(tmp_path)
    deliver_two(site, monkeypatch)
    before = site.outbox(WEEKLY)
    site.post("one.md", "The first text, corrected.", date="2026-11-01")
    fix = fix_now(site)
    assert (fix.served, fix.waiting) == (2, 3)
    with site.people(LATER) as who:
        resume_edition(who, WEEKLY)
    site.deliver(LATER)
    after = site.outbox(WEEKLY)
    assert {path: after[path] for path in before} == before
    corrected = [to for to, one in letters(site).items() if "text, corrected." in text_of(one)]
    assert len(corrected) == 3
    assert sorted(letters(site)) == sorted(READERS)
    assert counts(site) == {DeliveryState.SENT: 5}


def test_a_delivery_that_runs_takes_the_correction_at_its_next_claim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = released_site(tmp_path)
    with during_delivery(monkeypatch, lambda: fix_now(site, subject="A better subject")):
        site.deliver(LATER)
    subjects = [str(one["Subject"]) for one in letters(site).values()]
    assert subjects.count("A better subject") == 3
    with site.people(LATER) as who:
        revisions = who.db.execute("SELECT revision FROM delivery ORDER BY revision").fetchall()
    assert revisions == [(0,), (0,), (1,), (1,), (1,)]


def test_the_same_articles_stay_in_their_places_whatever_else_is_new(tmp_path: Path) -> None:
    site = released_site(tmp_path, "max_items = 1\n")
    before = places(site)
    site.post("three.md", "Brand new.", date="2026-11-22")
    site.post("two.md", "The second text, corrected.", date="2026-11-02")
    fix = fix_now(site)
    assert places(site) == before
    assert "Brand new" not in fix.letter.text
    assert "corrected" in fix.letter.text


def test_the_difference_is_shown_in_subject_and_text(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    site.post("two.md", "The second word.", date="2026-11-02")
    with site.shop(LATER) as shop:
        fix = prepare_fix(shop, WEEKLY, subject="New")
    removed = [line for line in fix.diff if line.startswith("-")]
    added = [line for line in fix.diff if line.startswith("+")]
    assert any(line.startswith("-Subject: 주간 브리핑") for line in removed)
    assert "+Subject: New" in added
    assert "-The second text." in removed
    assert "+The second word." in added
    assert "__" not in "".join(fix.diff)


def test_preparing_records_nothing(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    before = record(site)
    with site.shop(LATER) as shop:
        prepare_fix(shop, WEEKLY, subject="New")
    assert record(site) == before


def test_what_is_unchanged_is_said_to_be(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    with site.shop(LATER) as shop:
        fix = prepare_fix(shop, WEEKLY)
    assert (fix.changed, fix.diff) == (False, ())


def test_a_change_of_the_html_alone_is_a_change_without_a_difference_to_read(
    tmp_path: Path,
) -> None:
    site = released_site(tmp_path)
    site.post("two.md", 'The second <span style="color:red">text</span>.', date="2026-11-02")
    with site.shop(LATER) as shop:
        fix = prepare_fix(shop, WEEKLY)
    assert (fix.changed, fix.diff) == (True, ())


def test_a_subject_and_words_of_a_fix_outlast_the_next_one(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    fix_now(site, subject="Mine", intro="Good *morning*.")
    site.post("two.md", "The second word.", date="2026-11-02")
    fix = fix_now(site)
    assert fix.letter.subject == "Mine"
    assert "Good morning." in fix.letter.text.replace("*", "")
    assert (record(site).revision, record(site).own_subject) == (2, "Mine")


def test_an_article_that_is_gone_is_named_with_the_way_out(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    (site.posts / "one.md").unlink()
    with (
        site.shop(LATER) as shop,
        pytest.raises(RefusedError, match=r"one\.md is no longer published.*editions cancel"),
    ):
        prepare_fix(shop, WEEKLY)


def test_the_web_copy_is_written_anew(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    page = "editions/weekly/2026-11-23/index.html"
    assert "The second text." in site.read(page)
    site.post("two.md", "The second word.", date="2026-11-02")
    fix_now(site)
    assert "The second word." in site.read(page)
    site.publish(LATER)
    assert "The second word." in site.read(page)


def test_a_held_edition_is_corrected_without_being_shown(tmp_path: Path) -> None:
    site = released_site(tmp_path, MANUAL)
    fix = fix_now(site, subject="New")
    assert fix.waiting == 5
    assert record(site).state is EditionState.HELD
    assert not (site.output / "editions").exists()


def test_what_everybody_has_is_not_corrected_but_followed_by_a_correction(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    site.deliver(LATER)
    with (
        site.shop(LATER) as shop,
        pytest.raises(RefusedError, match="new --to-recipients-of weekly/2026-11-23"),
    ):
        prepare_fix(shop, WEEKLY, subject="New")


def test_whom_the_outbox_had_no_room_for_can_still_get_a_correction(tmp_path: Path) -> None:
    site = released_site(tmp_path, "[mail.files]\nlimit = 2\n")
    site.deliver(LATER)
    assert record(site).state is EditionState.SENT
    assert fix_now(site, subject="New").waiting == 3


def test_of_two_corrections_at_once_the_second_is_told(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    with site.shop(LATER) as shop:
        first = prepare_fix(shop, WEEKLY, subject="First")
        second = prepare_fix(shop, WEEKLY, subject="Second")
        apply_fix(shop, first)
        with pytest.raises(RefusedError, match="somebody else corrected it"):
            apply_fix(shop, second)
    assert (record(site).own_subject, record(site).revision) == ("First", 1)


def test_what_was_cancelled_meanwhile_is_not_corrected(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    with site.shop(LATER) as shop:
        fix = prepare_fix(shop, WEEKLY, subject="New")
    with site.people(LATER) as who:
        cancel(who, WEEKLY)
    with site.shop(LATER) as shop, pytest.raises(RefusedError, match="is cancelled"):
        apply_fix(shop, fix)
