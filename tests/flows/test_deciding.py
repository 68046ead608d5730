"""What is due, and which articles its edition has: by ledger, never by date."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsfeed.digest.select import Choice
from newsfeed.errors import OutputError, UsageError
from newsfeed.flows import composing, letters, variants, waiting
from newsfeed.flows.build import Workshop
from newsfeed.flows.deciding import decide_due, decide_now
from newsfeed.flows.plan import Plan
from newsfeed.flows.publishing import publish as publish_flow
from newsfeed.flows.releasing import release_ready
from newsfeed.model import Edition, EditionKind, EditionState, Letter, SlotOutcome
from newsfeed.settings import Newsletter
from newsfeed.store import editions, facts, newsletters
from tests.kit import NEWSLETTER, SETTINGS, Site

FRIDAY = datetime(2026, 11, 20, 3, tzinfo=UTC)
MONDAY = datetime(2026, 11, 22, 23, 5, tzinfo=UTC)  # 08:05 on Monday in Seoul
WEEK = timedelta(days=7)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path, SETTINGS + NEWSLETTER)
    site.post("one.md", date="2026-11-01")
    site.post("two.md", date="2026-11-02")
    return site


def titles(site: Site, name: str) -> list[str]:
    """The titles that an edition's letter has, newest first."""
    with site.people() as who:
        edition = editions.find(who.db, name)
        assert edition
        (letter,) = editions.letters(who.db, edition.id).values()
    return [line for line in letter.text.splitlines() if line.startswith("Title of ")]


def names(site: Site) -> list[str]:
    """All editions, oldest first."""
    with site.people() as who:
        return [edition.name for edition in reversed(editions.everything(who.db))]


def test_a_first_publish_sends_nothing(site: Site) -> None:
    report = site.publish(MONDAY)
    assert report.decided == ()
    assert names(site) == []


def test_a_slot_makes_one_edition_however_often_publish_runs(site: Site) -> None:
    site.publish(FRIDAY)
    for minutes in (0, 0, 1, 30, 300):
        site.publish(MONDAY + timedelta(minutes=minutes))
    assert names(site) == ["weekly/2026-11-23"]


def test_a_back_dated_article_appears_in_the_next_edition_and_in_no_other(site: Site) -> None:
    site.publish(FRIDAY)
    site.publish(MONDAY)
    site.post("late.md", date="2026-10-20")
    site.publish(MONDAY + WEEK)
    site.post("new.md", date="2026-12-01")
    site.publish(MONDAY + 2 * WEEK)
    assert titles(site, "weekly/2026-11-23") == ["Title of two.md", "Title of one.md"]
    assert titles(site, "weekly/2026-11-30") == ["Title of late.md"]
    assert titles(site, "weekly/2026-12-07") == ["Title of new.md"]


def test_with_nothing_new_nothing_is_sent_and_the_slot_is_decided(site: Site) -> None:
    site.publish(FRIDAY)
    site.publish(MONDAY)
    report = site.publish(MONDAY + WEEK)
    assert [one.outcome for one in report.decided] == [SlotOutcome.NOTHING_NEW]
    assert names(site) == ["weekly/2026-11-23"]


def test_a_slot_missed_by_more_than_max_late_is_not_made_up_for(site: Site) -> None:
    site.publish(FRIDAY)
    report = site.publish(MONDAY + timedelta(hours=7))
    assert [one.outcome for one in report.decided] == [SlotOutcome.TOO_LATE]
    assert names(site) == []


def test_an_edited_schedule_sends_nothing_by_itself(site: Site) -> None:
    site.publish(FRIDAY)
    site.configure(SETTINGS + NEWSLETTER.replace("mon 08:00", "daily 07:00"))
    assert site.publish(MONDAY).decided == ()
    assert names(site) == []
    site.publish(MONDAY + timedelta(days=1))
    assert names(site) == ["weekly/2026-11-24"]


def test_days_to_skip_have_no_edition_and_their_articles_wait(site: Site) -> None:
    site.configure(SETTINGS + NEWSLETTER + 'skip = ["2026-11-23..2026-11-25"]\n')
    site.publish(FRIDAY)
    assert [one.outcome for one in site.publish(MONDAY).decided] == [SlotOutcome.SKIPPED]
    site.publish(MONDAY + WEEK)
    assert titles(site, "weekly/2026-11-30") == ["Title of two.md", "Title of one.md"]


def test_no_letter_is_announced_for_a_day_to_skip(site: Site) -> None:
    site.configure(SETTINGS + NEWSLETTER + 'skip = ["2026-11-23"]\n')
    (preview,) = site.publish(FRIDAY).previews
    assert f"{preview.slot:%Y-%m-%d %H:%M}" == "2026-11-30 08:00"


def test_a_paused_store_decides_paused_and_composes_nothing(site: Site) -> None:
    """So that a restored backup sends nothing."""
    site.publish(FRIDAY)
    with site.people() as who:
        facts.pause(who.db, "restored from a backup")
    report = site.publish(MONDAY)
    assert [one.outcome for one in report.decided] == [SlotOutcome.PAUSED]
    assert any("restored from a backup" in line for line in report.warnings)
    assert names(site) == []


def test_a_first_edition_takes_the_newest_and_the_rest_is_before_its_time(site: Site) -> None:
    site.configure(SETTINGS + NEWSLETTER + "max_items = 1\n")
    site.publish(FRIDAY)
    site.publish(MONDAY)
    site.post("new.md", date="2026-11-24")
    site.publish(MONDAY + WEEK)
    assert titles(site, "weekly/2026-11-23") == ["Title of two.md"]
    assert titles(site, "weekly/2026-11-30") == ["Title of new.md"]


def test_a_crash_between_composing_and_releasing_makes_no_second_edition(site: Site) -> None:
    site.publish(FRIDAY)
    site.subscribe("kim@example.org")
    with site.shop(MONDAY) as shop:
        decide_due(shop)  # and here the process is killed
    site.round(MONDAY + timedelta(minutes=1))
    site.round(MONDAY + timedelta(minutes=2))
    assert names(site) == ["weekly/2026-11-23"]
    assert len(site.outbox()) == 1


def test_a_crash_while_recording_leaves_neither_edition_nor_decision(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.publish(FRIDAY)

    def fail(*_words: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(editions, "put_letters", fail)
        site.publish(MONDAY)
    assert names(site) == []
    site.publish(MONDAY + timedelta(minutes=1))
    assert names(site) == ["weekly/2026-11-23"]


def _publish(folder: Path, barrier: object) -> None:
    site = object.__new__(Site)
    site.folder, site.posts, site.output = folder, folder / "posts", folder / "public"
    barrier.wait()  # type: ignore[attr-defined]
    site.round(MONDAY)


def test_publish_run_by_two_processes_at_once_makes_one_edition_and_one_letter(
    site: Site,
) -> None:
    site.publish(FRIDAY)
    site.subscribe("kim@example.org")
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(2)
    both = [context.Process(target=_publish, args=(site.folder, barrier)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(50)
    assert [one.exitcode for one in both] == [0, 0]
    assert names(site) == ["weekly/2026-11-23"]
    assert len(site.outbox()) == 1


def test_two_machines_that_decide_at_once_make_one_edition(site: Site) -> None:
    """The lock of one machine does not help there: the ledger itself refuses."""
    site.publish(FRIDAY)
    with site.shop(MONDAY) as shop:
        shop.collection  # noqa: B018  # is gathered before the other one is quicker
        with site.people(MONDAY) as other:
            newsletters.save_clock(
                other.db,
                "weekly",
                newsletters.known(other.db, "weekly").clock,  # type: ignore[union-attr]
                MONDAY,
            )
            editions.touch(other.db)
        assert decide_due(shop).decided == ()
    assert names(site) == []


def test_send_by_name_makes_an_edition_now_and_the_slot_brings_only_what_is_new(
    site: Site,
) -> None:
    site.publish(FRIDAY)
    with site.shop(FRIDAY) as shop:
        decided = decide_now(shop, shop.plan.newsletters[0])
    assert decided.edition == "weekly/2026-11-20"
    assert [one.outcome for one in site.publish(MONDAY).decided] == [SlotOutcome.NOTHING_NEW]


def test_two_editions_by_hand_in_one_second_are_two_and_both_leave_at_once(site: Site) -> None:
    for name in ("first.md", "second.md"):
        site.post(name, date="2026-11-03")
        with site.shop(FRIDAY) as shop:
            decide_now(shop, shop.plan.newsletters[0])
            assert len(release_ready(shop.plan, shop.db, FRIDAY)) == 1
    assert names(site) == ["weekly/2026-11-20", "weekly/2026-11-20-2"]


def test_send_by_name_is_refused_while_the_newsletter_is_paused(site: Site) -> None:
    site.publish(FRIDAY)
    with site.people(FRIDAY) as who:
        newsletters.pause(who.db, "weekly", FRIDAY, None)
    with site.shop(FRIDAY) as shop, pytest.raises(UsageError, match="newsfeed resume weekly"):
        decide_now(shop, shop.plan.newsletters[0])


def test_a_dry_run_tells_what_would_be_due_and_records_nothing(site: Site) -> None:
    site.publish(FRIDAY)
    with site.shop(MONDAY) as shop:
        (one,), _ = decide_due(shop, dry_run=True)
    assert one.articles == ("Title of two.md", "Title of one.md")
    assert names(site) == []
    assert len(site.publish(MONDAY).decided) == 1


def test_an_edition_for_approval_is_held_and_released_only_when_ready(site: Site) -> None:
    site.configure(SETTINGS + NEWSLETTER + 'approval = "manual"\n')
    site.publish(FRIDAY)
    site.subscribe("kim@example.org")
    site.round(MONDAY)
    assert site.outbox() == {}
    with site.people(MONDAY) as who:
        edition = editions.find(who.db, "weekly/2026-11-23")
        assert edition
        assert edition.state is EditionState.HELD
        editions.set_state(who.db, edition.id, EditionState.READY)
    site.round(MONDAY + timedelta(hours=1))
    assert len(site.outbox()) == 1


def test_a_failed_deploy_sends_nothing_and_the_next_publish_does(site: Site) -> None:
    site.publish(FRIDAY)
    site.subscribe("kim@example.org")
    site.configure(SETTINGS + '[publish]\ndeploy = "test -e ok"\n' + NEWSLETTER)
    with pytest.raises(Exception, match="nothing was sent"):
        site.round(MONDAY)
    site.deliver(MONDAY)
    assert site.outbox() == {}
    (site.folder / "ok").touch()
    site.round(MONDAY + timedelta(minutes=1))
    assert len(site.outbox()) == 1
    assert names(site) == ["weekly/2026-11-23"]


def test_the_web_copy_is_there_before_the_deploy_command_runs(site: Site) -> None:
    site.publish(FRIDAY)
    site.configure(SETTINGS + '[publish]\ndeploy = "cp -r public deployed"\n' + NEWSLETTER)
    site.publish(MONDAY)
    page = site.folder / "deployed/editions/weekly/2026-11-23/index.html"
    assert "Title of two.md" in page.read_text("utf-8")


def test_a_web_copy_holds_nothing_personal(site: Site) -> None:
    site.publish(FRIDAY)
    site.publish(MONDAY)
    page = site.read("editions/weekly/2026-11-23/index.html")
    assert "unsubscribe" not in page.lower()
    assert "구독 해지" not in page
    assert "__" not in page


def test_web_copies_stay_while_articles_come_and_go(site: Site) -> None:
    site.publish(FRIDAY)
    site.publish(MONDAY)
    before = site.read("editions/weekly/2026-11-23/index.html")
    site.post("new.md", date="2026-11-24")
    (site.posts / "one.md").unlink()
    site.publish(MONDAY + timedelta(days=1))
    assert site.read("editions/weekly/2026-11-23/index.html") == before


def test_send_without_publish_writes_the_web_copy_and_no_feed(site: Site) -> None:
    from newsfeed.flows.sending import send

    with site.shop(FRIDAY) as shop:
        send(shop, shop.plan.newsletters[0])
    assert list(site.files()) == ["editions/weekly/2026-11-20/index.html"]
    site.publish(FRIDAY)
    assert "editions/weekly/2026-11-20/index.html" in site.files()
    assert "feed.xml" in site.files()


def test_a_special_edition_leaves_only_when_its_time_has_come(site: Site) -> None:
    site.publish(FRIDAY)
    site.subscribe("kim@example.org")
    with site.shop(FRIDAY) as shop:
        newsletter = shop.plan.newsletters[0]
        words = composing.OwnWords(
            intro="**Hello**", subject="A word", not_before=FRIDAY + timedelta(hours=1)
        )
        made = composing.draft(
            shop,
            newsletter,
            Choice(items=()),
            kind=EditionKind.SPECIAL,
            slot=FRIDAY,
            words=words,
        )
        composing.record(shop, made)
        shop.db.commit()
        assert release_ready(shop.plan, shop.db, FRIDAY) == []
    site.round(FRIDAY + timedelta(minutes=30))
    assert site.outbox() == {}
    site.round(FRIDAY + timedelta(minutes=61))
    assert len(site.outbox()) == 1


def test_a_special_edition_without_articles_is_no_first_digest(site: Site) -> None:
    site.configure(SETTINGS + NEWSLETTER + "max_items = 1\n")
    site.publish(FRIDAY)
    with site.shop(FRIDAY) as shop:
        made = composing.draft(
            shop,
            shop.plan.newsletters[0],
            Choice(items=()),
            kind=EditionKind.SPECIAL,
            slot=FRIDAY,
            words=composing.OwnWords(intro="Hello", subject="A word"),
        )
        composing.record(shop, made)
    site.publish(MONDAY)
    assert titles(site, "weekly/2026-11-23") == ["Title of two.md"]


def test_an_idle_run_looks_no_further_and_wakes_at_the_slot(site: Site) -> None:
    site.publish(FRIDAY)
    site.publish(FRIDAY)
    assert site.publish(FRIDAY + timedelta(hours=1)).idle
    with site.shop(MONDAY) as shop:
        from newsfeed.flows.build import BuildOptions

        report = publish_flow(shop, BuildOptions())
    assert not report.idle or report.decided
    assert names(site) == ["weekly/2026-11-23"]


def test_a_clock_that_was_ahead_once_hides_no_later_slot(site: Site) -> None:
    """The ledger warns until somebody resumes; a run never takes itself for idle by then."""
    site.publish(FRIDAY)
    site.publish(FRIDAY + timedelta(days=400))
    report = site.publish(MONDAY)
    assert [one.ahead for one in report.decided] == [True]
    assert not report.idle


def test_an_approval_at_the_last_moment_of_a_run_is_not_overlooked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.configure(SETTINGS + NEWSLETTER + 'approval = "manual"\n')
    site.publish(FRIDAY)
    site.subscribe("kim@example.org")

    def approve_after_looking(shop: Workshop) -> waiting.Waiting:
        found = looked(shop)
        with site.people(MONDAY) as who:
            edition = editions.find(who.db, "weekly/2026-11-23")
            assert edition
            editions.set_state(who.db, edition.id, EditionState.READY)
        return found

    looked = waiting.waiting
    with monkeypatch.context() as patched:
        patched.setattr(waiting, "waiting", approve_after_looking)
        site.publish(MONDAY)
    site.round(MONDAY + timedelta(minutes=1))
    assert len(site.outbox()) == 1


def test_a_letter_that_cannot_be_composed_stops_no_other_newsletter(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.configure(SETTINGS + NEWSLETTER.replace("weekly", "broken") + NEWSLETTER)
    site.publish(FRIDAY)
    site.subscribe("kim@example.org")
    composed = letters.compose_letter

    def compose(plan: Plan, newsletter: Newsletter, edition: Edition, *, view_url: str) -> Letter:
        if newsletter.name == "broken":
            raise OutputError("the letter is not correct", where=newsletter.name)
        return composed(plan, newsletter, edition, view_url=view_url)

    with monkeypatch.context() as patched:
        patched.setattr(variants, "compose_letter", compose)
        report = site.round(MONDAY)
    assert report.errors == ("broken: the letter is not correct",)
    assert names(site) == ["weekly/2026-11-23"]
    assert len(site.outbox()) == 1
    site.publish(MONDAY + timedelta(minutes=5))
    assert names(site) == ["weekly/2026-11-23", "broken/2026-11-23"]
