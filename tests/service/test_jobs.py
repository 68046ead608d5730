"""What the jobs do, one by one and without threads."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsfeed.address import parse_address
from newsfeed.app import Project, make_plan, open_project
from newsfeed.collect.fields import read_fields
from newsfeed.errors import SettingsError, StoreError, TemplateError
from newsfeed.flows.asking import Ask, Asked, ask
from newsfeed.flows.enrolling import Enrolment, add
from newsfeed.flows.plan import Plan
from newsfeed.flows.subscribing import Visitor
from newsfeed.service import watching
from newsfeed.service.jobs import JOBS, Job, run
from newsfeed.service.pages import pages
from newsfeed.service.present import Present
from newsfeed.service.shift import Shift
from newsfeed.web.site import Site as WebSite
from newsfeed.web.site import Stage
from tests.kit import NEWSLETTER, NOW, SETTINGS, Site

LOG = "newsfeed"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    found = Site(tmp_path / "site", SETTINGS + NEWSLETTER)
    found.post("one.md", date="2026-11-01")
    return found


@pytest.fixture
def shift(site: Site) -> Shift:
    project = open_project(site.folder / "newsfeed.toml")
    found = Shift(Present(project, make_plan(project)), lambda: NOW)
    site.publish()
    assert found.lead()
    return found


def _named(name: str) -> Job:
    return next(job for job in JOBS if job.name == name)


def _job(work: Callable[[], object], *, led: bool = True) -> Job:
    return Job("trial", lambda _shift: int(bool(work())), timedelta(hours=1), led=led)


def _raises(error: Exception) -> Callable[[], object]:
    def work() -> object:
        raise error

    return work


def test_a_follower_leaves_the_leaders_jobs_alone(site: Site, shift: Shift) -> None:
    follower = Shift(shift.present, lambda: NOW)
    assert not follower.lead()
    done: list[str] = []
    run(follower, _job(lambda: done.append("led")))
    run(follower, _job(lambda: done.append("own"), led=False))
    assert done == ["own"]
    shift.leader.resign()
    assert follower.lead()


def test_nothing_is_begun_after_the_wish_to_end(shift: Shift) -> None:
    shift.stop.set()
    done: list[str] = []
    run(shift, _job(lambda: done.append("late")))
    assert done == []


def test_a_fault_is_a_line_that_is_not_repeated(
    shift: Shift, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, LOG)
    told: list[tuple[str, str]] = []
    shift.troubled.append(lambda job, fault: told.append((job, fault)))
    broken = _job(_raises(StoreError("it is locked", where="store", remedy="wait")))
    assert [run(shift, broken), run(shift, broken)] == [1, 1]
    assert caplog.messages == ["trial: store: it is locked. wait"]
    assert told == [("trial", "store: it is locked. wait")]
    assert run(shift, _job(lambda: 0)) == 0
    assert caplog.messages[1:] == ["trial: it goes well again"]
    ran = shift.state.facts.jobs["trial"]
    assert (ran.ended, ran.fault, ran.status) == (NOW, "", 0)


def test_a_fault_of_ours_is_told_without_what_it_says__s_31(
    shift: Shift, caplog: pytest.LogCaptureFixture
) -> None:
    """It might quote an address or a token."""
    assert run(shift, _job(_raises(ValueError("kim@example.org")))) == 1
    (line,) = caplog.messages
    assert "kim@" not in line
    assert "ValueError" in line
    assert "test_jobs.py:" in line


def test_who_publishes_whatever_way_is_noticed(site: Site, shift: Shift) -> None:
    """Pages are read anew after a `newsfeed publish` by hand, and by those who do not lead: also
    after one between the making of the pages and the first look.
    """
    woken: list[str] = []
    shift.wake = woken.append
    stage = pages(shift)

    def shows(title: str) -> bool:
        assert run(shift, _named("output")) == 0
        answer = stage.answer(b"GET", b"/feed.xml", [])
        assert answer
        return title.encode() in answer.body

    site.post("two.md", date="2026-11-02")
    site.publish()
    assert shows("Title of two.md")
    assert woken == []
    site.post("three.md", date="2026-11-03")
    site.publish()
    assert shows("Title of three.md")
    assert woken == ["ping"]
    assert shows("Title of three.md")
    assert woken == ["ping"]


def test_who_publishes_while_settings_are_taken_in_is_noticed(
    site: Site, shift: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = pages(shift)

    def show(self: Stage, new: WebSite) -> None:
        site.post("two.md", date="2026-11-02")
        site.publish()
        assert run(shift, _named("output")) == 0
        shown(self, new)

    shown = Stage.show
    monkeypatch.setattr(Stage, "show", show)
    site.configure(SETTINGS + NEWSLETTER + "[server]\nmetrics = []\n")
    assert run(shift, _named("settings")) == 0
    assert run(shift, _named("output")) == 0
    answer = stage.answer(b"GET", b"/feed.xml", [])
    assert answer
    assert b"Title of two.md" in answer.body


def test_settings_whose_pages_cannot_be_made_wait_for_it(
    site: Site, shift: Shift, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is a fault until the template is mended; what was in force stays so, pages and all."""
    stage = pages(shift)
    before, shown = shift.present.now, stage._site

    def broken(*_: object, **_named: object) -> WebSite:
        raise TemplateError("a tag is not closed", where="web/form.html", remedy="mend it")

    site.configure((SETTINGS + NEWSLETTER).replace("한반도 브리핑", "Another Name"))
    with monkeypatch.context() as patch:
        patch.setattr("newsfeed.service.pages.Site", broken)
        assert [run(shift, _named("settings")) for _ in range(3)] == [1, 1, 1]
    assert caplog.messages == ["settings: web/form.html: a tag is not closed. mend it"]
    assert shift.present.now is before
    assert stage._site is shown
    assert run(shift, _named("settings")) == 0
    assert shift.plan.site.title == "Another Name"
    assert stage._site is not shown


def test_a_damaged_manifest_stays_a_fault_until_it_is_mended(site: Site, shift: Shift) -> None:
    pages(shift)
    manifest = site.folder / ".newsfeed/manifest.json"
    whole = manifest.read_bytes()
    manifest.write_bytes(b"{")
    assert [run(shift, _named("output")) for _ in range(2)] == [1, 1]
    manifest.write_bytes(whole)
    assert run(shift, _named("output")) == 0


def test_the_hub_is_told_when_what_changed_is_deployed_and_not_before__f_w_03(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor where the command failed after an earlier one succeeded."""
    more = '[feeds]\nhub = "https://169.254.169.254/"\n[publish]\ndeploy = "test -e ok"\n'
    site = Site(tmp_path / "deployed", SETTINGS + more)
    site.post("one.md", date="2026-11-01")
    project = open_project(site.folder / "newsfeed.toml")
    shift = Shift(Present(project, make_plan(project)), lambda: NOW)
    shift.state.lead(leads=True)
    woken: list[str] = []
    shift.wake = woken.append

    def asks_the_hub() -> bool:
        caplog.clear()
        assert run(shift, _named("ping")) == 0
        return "the hub was not told" in caplog.text

    assert run(shift, _named("publish")) == 1
    assert not asks_the_hub()
    (site.folder / "ok").touch()
    assert run(shift, _named("publish")) == 0
    assert "ping" in woken
    assert asks_the_hub()
    (site.folder / "ok").unlink()
    site.post("two.md", date="2026-11-02")
    assert run(shift, _named("publish")) == 1
    shift.state.news("hub", ())
    assert not asks_the_hub()


def test_those_who_asked_by_the_form_are_mailed_and_no_others(site: Site, shift: Shift) -> None:
    """An import may bring thousands: the operator says when they are asked."""
    with site.people() as who:
        add(who, parse_address("added@example.org"), "weekly", Enrolment(consent=""))
        said = Ask(
            address=parse_address("asked@example.org"),
            newsletters=("weekly",),
            language="en",
            form="https://news.example.org/s",
            visitor=Visitor(way="form"),
        )
        assert ask(who, said) is Asked.CONFIRMATION
    (site.folder / "people.csv").write_text("email\nimported@example.org\n", encoding="utf-8")
    done = site.run("subscribers", "import", "people.csv", "--newsletter", "weekly")
    assert done.returncode == 0, done.stderr
    late = Shift(shift.present, lambda: datetime.now(UTC) + timedelta(seconds=5))
    late.state.lead(leads=True)
    assert run(late, _named("confirm")) == 0
    letters = [data for path, data in site.outbox().items() if "/confirm/" in path]
    assert [b"asked@example.org" in letter for letter in letters] == [True]


def test_requests_that_nobody_confirmed_are_forgotten(site: Site, shift: Shift) -> None:
    with site.people() as who:
        add(who, parse_address("asked@example.org"), "weekly", Enrolment(consent=""))
    later = Shift(shift.present, lambda: NOW + timedelta(days=31))
    later.state.lead(leads=True)
    assert run(later, _named("purge")) == 0
    with site.people() as who:
        assert who.db.execute("SELECT count(*) FROM subscriber").fetchone() == (0,)


def test_pruning_takes_what_is_long_over(site: Site, shift: Shift) -> None:
    with site.people() as who:
        who.db.execute("INSERT INTO skip VALUES ('weekly', '2024-01-01', 0)")
        who.db.execute("INSERT INTO skip VALUES ('weekly', '2026-12-25', 0)")
        who.db.execute("INSERT INTO sender VALUES ('dead', 0, 0)")
        who.db.commit()
    assert run(shift, _named("prune")) == 0
    with site.people() as who:
        assert who.db.execute("SELECT day FROM skip").fetchall() == [("2026-12-25",)]
        assert who.db.execute("SELECT count(*) FROM sender").fetchone() == (0,)


def test_a_fault_does_not_end_the_watching(
    shift: Shift, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever it is, the next try sees changes again."""
    woken = threading.Event()
    shift.wake = lambda _name: woken.set()
    look, faults = watching._roots, [OSError("it went"), ValueError("of ours")]

    def roots(plan: Plan) -> dict[Path, int]:
        if faults:
            raise faults.pop()
        return look(plan)

    monkeypatch.setattr(watching, "_roots", roots)
    monkeypatch.setattr(watching, "_AGAIN", 0.01)
    thread = watching.watch_files(shift)
    try:
        assert woken.wait(20)
    finally:
        shift.stop.set()
        thread.join(20)
    assert not thread.is_alive()


def test_a_file_that_changes_right_after_the_watch_s_first_pass_has_another(
    shift: Shift, site: Site
) -> None:
    """The watch sees already what that pass, which looks at all there is, may see no more."""
    again = threading.Event()
    passes: list[str] = []

    def look(name: str) -> None:
        passes.append(name)
        if len(passes) == 1:
            site.post("two.md", "The second text.", date="2026-11-02")
        else:
            again.set()

    shift.wake = look
    thread = watching.watch_files(shift)
    try:
        assert again.wait(20)
    finally:
        shift.stop.set()
        thread.join(20)


def test_a_generator_s_own_settings_are_in_force_once_a_file_changed(tmp_path: Path) -> None:
    """Such as a section that makes drafts of its pages; nothing is new where they are as before."""
    site = Site(tmp_path / "site", SETTINGS.replace('path = "posts"', 'path = "cove"'))
    section = site.folder / "cove/content/posts/_index.md"
    section.parent.mkdir(parents=True)
    (site.folder / "cove/hugo.toml").write_text('baseURL = "https://example.org/"\n', "utf-8")
    section.write_text("---\ntitle: Posts\n---\n", "utf-8")
    project = open_project(site.folder / "newsfeed.toml")
    present = Present(project, make_plan(project))
    assert present.renewed() is None
    present.forget()
    assert present.renewed() is None
    section.write_text("---\ntitle: Posts\ncascade: {draft: true}\n---\n", "utf-8")
    assert present.renewed() is None
    present.forget()
    assert present.renewed() is not None
    rules = present.now.plan.folders[0].convention
    front = rules.front_matter("content/posts/one.md", "---\ntitle: One\n---\n")
    place = rules.place("content/posts/one.md", front, read_fields(front, rules.zone), "")
    assert place.left_out == "its section posts is a draft"


@pytest.mark.parametrize(
    "trouble", [SettingsError("cannot be read", remedy="mend its permissions"), OSError(24, "full")]
)
def test_settings_that_could_not_be_read_for_a_while_are_in_force_later(
    site: Site, shift: Shift, trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Permissions are mended without a change of the file; and a full table of files empties."""
    file = site.folder / "newsfeed.toml"
    file.write_text(file.read_text("utf-8").replace("weekly", "brief"), "utf-8")
    with monkeypatch.context() as broken:
        broken.setattr("newsfeed.service.present.open_project", _raising(trouble))
        with pytest.raises(type(trouble)):
            shift.present.renewed()
    file.chmod(0o600)
    assert shift.present.renewed() is not None
    assert shift.present.now.settings.newsletters[0].name == "brief"


def _raising(error: Exception) -> Callable[[Path], Project]:
    def read(_file: Path) -> Project:
        raise error

    return read
