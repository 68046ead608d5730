"""A newsletter gets another name, and nobody and nothing is lost."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from newsfeed.audience.tokens import (
    confirm_token,
    leave_token,
    read_confirm_token,
    read_leave_token,
)
from newsfeed.audience.wording import wording_for
from newsfeed.errors import SettingsError, UsageError
from newsfeed.flows.enrolling import Enrolment, add
from newsfeed.flows.newsletters import standing
from newsfeed.flows.people import People
from newsfeed.flows.renaming import Renamed, refuse_former_names, rename, vanished
from newsfeed.flows.subscribing import Confirmed, Visitor, confirm, leave, looked_up
from newsfeed.model import EditionKind, Letter, SlotOutcome, SubscriptionState
from newsfeed.store import consents, database, editions, newsletters, subscribers
from newsfeed.store.editions import EditionArticle
from tests.flows.people_kit import (
    ANN,
    BOB,
    NOW,
    active,
    delivery,
    edition,
    newsletter_site,
    people_of,
    person_of,
    state_of,
)
from tests.kit import Site

WEEK = timedelta(days=7)
ONE_CLICK = Visitor(way="one-click")
LETTER = Letter(subject="S", html="<p>", text="t")
TABLES = {
    "subscription": "newsletter",
    "consent": "newsletter",
    "edition": "newsletter",
    "edition_article": "newsletter",
    "slot": "newsletter",
    "newsletter": "name",
}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return newsletter_site(tmp_path)


def called(site: Site, old: str, new: str) -> None:
    """Change a newsletter's name in the settings."""
    text = (site.folder / "newsfeed.toml").read_text(encoding="utf-8")
    site.configure(text.replace(f'name = "{old}"', f'name = "{new}"'))


def ran(people: People, name: str, slug: str = "one", article: str = "a") -> int:
    """A newsletter's clock has run, and an edition with an article was made; gives its id."""
    db = people.db
    newsletters.save_clock(db, name, "key", NOW - WEEK)
    number = edition(db, name, slug)
    editions.put_letters(db, number, {"ko": LETTER})
    taken = [EditionArticle(id=article), EditionArticle(id="b", listed=True)]
    editions.take(db, name, number, taken)
    editions.take(db, name, None, [EditionArticle(id="before its time")])
    for outcome, at, of in (
        (SlotOutcome.EDITION, NOW - WEEK, number),
        (SlotOutcome.NOTHING_NEW, NOW - 2 * WEEK, None),
    ):
        newsletters.record_slot(db, name, at, EditionKind.SCHEDULED, outcome, NOW, of)
    db.commit()
    return number


def rows(db: sqlite3.Connection, name: str) -> dict[str, int]:
    """How many rows of each table carry a name."""
    return {
        table: db.execute(f"SELECT count(*) FROM {table} WHERE {column} = ?", (name,)).fetchone()[0]
        for table, column in TABLES.items()
    }


def test_everything_goes_along_to_the_new_name(site: Site) -> None:
    """Subscriptions of every state, editions, articles, slots and the clock; others stay."""
    with people_of(site) as people:
        active(people)
        active(people, BOB)
        active(people, BOB, "monthly")
        leave(people, "weekly", person_of(people, BOB).public_id, ONE_CLICK)
        delivery(people, ran(people, "weekly"))
        kept = newsletters.known(people.db, "weekly")
        had, monthly = rows(people.db, "weekly"), rows(people.db, "monthly")
    called(site, "weekly", "letters")
    with people_of(site) as people:
        renamed = rename(people, "weekly", "letters")
        assert renamed == Renamed(
            old="weekly", new="letters", subscriptions=2, editions=1, articles=3, discarded=0
        )
        assert set(rows(people.db, "weekly").values()) == {0}
        assert rows(people.db, "letters") == had
        assert rows(people.db, "monthly") == monthly
        assert state_of(people, ANN, "letters") is SubscriptionState.ACTIVE
        assert state_of(people, BOB, "letters") is SubscriptionState.UNSUBSCRIBED
        known = newsletters.known(people.db, "letters")
        assert known
        assert kept
        assert (known.clock, known.decided_until) == (kept.clock, kept.decided_until)
        assert [e.name for e in editions.everything(people.db)] == ["letters/one"]


def test_links_that_were_sent_work_after_a_chain_of_renames(site: Site) -> None:
    """Leaving by the first letter's link leaves what the newsletter is called now."""
    with people_of(site) as people:
        active(people)
        ann = person_of(people).public_id
        sent = {"weekly": leave_token(people.keys, "weekly", ann)}
    for old, new in (
        ("weekly", "letters"),
        ("letters", "post"),
        ("post", "weekly"),
        ("weekly", "x"),
    ):
        called(site, old, new)
        with people_of(site) as people:
            rename(people, old, new)
            sent[new] = leave_token(people.keys, new, ann)
    assert set(sent) == {"weekly", "letters", "post", "x"}
    for name, token in sent.items():
        with people_of(site) as people:
            public_id = read_leave_token(people.keys, name, token)
            assert public_id == ann
            assert looked_up(people, name, ann).state is SubscriptionState.ACTIVE
            leave(people, name, ann, ONE_CLICK)
            assert state_of(people, ANN, "x") is SubscriptionState.UNSUBSCRIBED
            people.db.execute("UPDATE subscription SET state = 'active'")
            people.db.commit()


def test_somebody_who_was_asked_before_can_confirm_after(site: Site) -> None:
    """And is known to have been asked, so that no second mail is written."""
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        ann = person_of(people)
        mailed = consents.Consent(event="mailed", at=NOW, newsletter="weekly", way="command")
        consents.record(people.db, ann.id, mailed)
        version = wording_for("ko").titled("주간 브리핑").version
        token = confirm_token(people.keys, "weekly", ann.public_id, version, NOW)
    called(site, "weekly", "letters")
    with people_of(site) as people:
        rename(people, "weekly", "letters")
        assert [one.asked for one in subscribers.waiting(people.db, "letters")] == [True]
        confirmation = read_confirm_token(people.keys, "weekly", token, NOW)
        assert confirmation
        assert confirm(people, "weekly", confirmation, Visitor(way="link")) is Confirmed.CONFIRMED
        assert state_of(people, ANN, "letters") is SubscriptionState.ACTIVE
        assert {c.newsletter for c in consents.of(people.db, ann.id)} == {"letters"}


@pytest.mark.parametrize("with_edition", [False, True])
def test_a_new_name_that_ran_already_is_replaced(site: Site, with_edition: bool) -> None:
    """`publish` met it before anybody thought of `rename`, and perhaps wrote to nobody at all."""
    with people_of(site) as people:
        active(people)
        delivery(people, ran(people, "weekly"))
    called(site, "weekly", "letters")
    with people_of(site) as people:
        newsletters.save_clock(people.db, "letters", "key", NOW)
        newsletters.record_slot(
            people.db, "letters", NOW, EditionKind.SCHEDULED, SlotOutcome.NOTHING_NEW, NOW
        )
        people.db.commit()
        if with_edition:
            ran(people, "letters", slug="one")
        renamed = rename(people, "weekly", "letters")
        assert renamed.discarded == int(with_edition)
        known = newsletters.known(people.db, "letters")
        assert known
        assert known.decided_until == NOW - WEEK  # the slot since then is for people now
        kind = EditionKind.SCHEDULED
        assert newsletters.slot_outcome(people.db, "letters", NOW, kind) is None
        assert rows(people.db, "letters")["edition"] == 1
        assert people.db.execute("SELECT count(*) FROM edition_letter").fetchone() == (1,)


def test_a_clock_that_ran_is_kept_where_the_old_name_has_none(site: Site) -> None:
    """People were imported under the old name before any run: the next slot is theirs."""
    with people_of(site) as people:
        active(people)
    called(site, "weekly", "letters")
    with people_of(site) as people:
        newsletters.save_clock(people.db, "letters", "key", NOW - WEEK)
        people.db.commit()
        rename(people, "weekly", "letters")
        known = newsletters.known(people.db, "letters")
        assert known == newsletters.Known(name="letters", clock="key", decided_until=NOW - WEEK)


def test_a_pause_of_either_name_stays(site: Site) -> None:
    """Whoever paused the new name until the rename is done does not want letters to leave."""
    with people_of(site) as people:
        ran(people, "weekly")
        ran(people, "monthly")
        newsletters.pause(people.db, "monthly", NOW, NOW + WEEK)
        people.db.commit()
    called(site, "weekly", "letters")
    called(site, "monthly", "months")
    with people_of(site) as people:
        newsletters.pause(people.db, "letters", NOW, None)
        newsletters.save_clock(people.db, "months", "key", NOW)
        people.db.commit()
        rename(people, "weekly", "letters")
        rename(people, "monthly", "months")
        letters, months = newsletters.everyone(people.db)
        assert (letters.paused, letters.paused_until) == (NOW, None)
        assert (months.paused, months.paused_until) == (NOW, NOW + WEEK)
        assert letters.decided_until == months.decided_until == NOW - WEEK


def test_a_dry_run_tells_the_same_and_changes_nothing(site: Site) -> None:
    with people_of(site) as people:
        active(people)
        ran(people, "weekly")
        had = rows(people.db, "weekly")
    called(site, "weekly", "letters")
    with people_of(site) as people:
        told = rename(people, "weekly", "letters", dry_run=True)
        assert rows(people.db, "weekly") == had
        assert newsletters.former_names(people.db) == {}
        seen = database.revision(people.db)
        assert rename(people, "weekly", "letters") == told
        assert database.revision(people.db) != seen


def test_names_that_do_not_fit_are_refused_and_nothing_moves(site: Site) -> None:
    """Each refusal says what to do instead."""
    with people_of(site) as people:
        active(people)
        had = rows(people.db, "weekly")
        for old, new, said in (
            ("weekly", "letters", r"no newsletter `letters` in the settings\. change its `name`"),
            ("weekly", "monthly", r"`weekly` is still in the settings\. change its `name`"),
            ("weekly", "weekly", r"are the same"),
            ("wekly", "monthly", r"nothing is kept under the name `wekly`"),
        ):
            with pytest.raises(UsageError, match=said):
                rename(people, old, new)
        assert rows(people.db, "weekly") == had


def test_two_newsletters_are_not_made_one(site: Site) -> None:
    """A new name with subscribers or letters of its own, even of those who left, is in use."""
    with people_of(site) as people:
        active(people)
        active(people, BOB, "monthly")
        leave(people, "monthly", person_of(people, BOB).public_id, ONE_CLICK)
    called(site, "weekly", "letters")
    with people_of(site) as people:
        with pytest.raises(UsageError, match=r"`monthly` has 1 subscription\(s\) and 0"):
            rename(people, "weekly", "monthly")
        people.db.execute("DELETE FROM subscription WHERE newsletter = 'monthly'")
        delivery(people, ran(people, "monthly"), BOB)
        with pytest.raises(UsageError, match=r"1 letter\(s\) of its own"):
            rename(people, "weekly", "monthly")
        assert state_of(people) is SubscriptionState.ACTIVE


def test_a_former_name_is_nobody_elses(site: Site) -> None:
    """Links of the old letters would be taken for the new newsletter's, and the reverse."""
    with people_of(site) as people:
        active(people)
        active(people, BOB, "monthly")
        refuse_former_names(people)
    called(site, "weekly", "letters")
    with people_of(site) as people:
        rename(people, "weekly", "letters")
        refuse_former_names(people)
        with pytest.raises(UsageError, match="it was renamed to `letters` before"):
            rename(people, "weekly", "letters")
    called(site, "monthly", "weekly")
    with people_of(site) as people:
        with pytest.raises(SettingsError, match="`weekly` was the name of `letters`"):
            refuse_former_names(people)
        with pytest.raises(UsageError, match="`weekly` was the name of `letters`"):
            rename(people, "monthly", "weekly")


def test_a_vanished_newsletter_is_told_with_those_who_wait_for_it(site: Site) -> None:
    """Active and pending ones count; one that everybody left is no loss."""
    with people_of(site) as people:
        assert vanished(people) == []
        active(people)
        add(people, BOB, "weekly", Enrolment())
        active(people, BOB, "monthly")
        leave(people, "monthly", person_of(people, BOB).public_id, ONE_CLICK)
    called(site, "weekly", "letters")
    called(site, "monthly", "months")
    with people_of(site) as people:
        assert vanished(people) == [("weekly", 2)]
        last = standing(people)[-1]
        assert (last.name, last.vanished, last.active, last.pending) == ("weekly", True, 1, 1)


def test_the_command_says_what_it_did(site: Site) -> None:
    """The real command line."""
    with people_of(site) as people:
        active(people)
        ran(people, "weekly")
    called(site, "weekly", "letters")
    listed = site.run("newsletters", "list")
    assert "weekly  (not in the settings" in listed.stdout
    said = site.run("newsletters", "rename", "weekly", "letters", "--dry-run")
    expected = "1 subscription, 1 edition and 3 articles of weekly\n"
    assert said.stdout == f"letters would take {expected}"
    said = site.run("newsletters", "rename", "weekly", "letters")
    assert (said.returncode, said.stdout) == (0, f"letters took {expected}")
    said = site.run("newsletters", "rename", "weekly", "letters")
    assert (said.returncode, said.stderr.count("\n")) == (2, 1)
    found = json.loads(site.run("newsletters", "list", "--json").stdout)
    assert [(one["name"], one["active"]) for one in found] == [("letters", 1), ("monthly", 0)]
