"""Importing subscribers: who may get mail, who must not, and what bad input does."""

from __future__ import annotations

import csv
import json
import sqlite3
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsfeed.app import people as open_people
from newsfeed.audience.keys import Keys, address_hash, address_hasher
from newsfeed.audience.tables import TableError
from newsfeed.errors import NewsfeedError, SettingsError, UsageError
from newsfeed.model import SubscriptionState, SuppressionReason
from newsfeed.store import imports, newsletters
from newsfeed.store.imports import Settled
from tests.flows.imports_kit import EXPORTS, Audience, utc
from tests.kit import NOW, SETTINGS, Site

ACTIVE = SubscriptionState.ACTIVE
PENDING = SubscriptionState.PENDING
UNSUBSCRIBED = SubscriptionState.UNSUBSCRIBED
HEADER = "email,name,consent_source,consent_date\n"


@pytest.fixture
def audience(tmp_path: Path) -> Audience:
    return Audience(tmp_path / "site")


def row(address: str, name: str = "", date: str = "2026-01-02") -> str:
    return f"{address},{name},sign-up form,{date}\n"


def test_a_row_with_source_and_date_of_consent_is_active(audience: Audience) -> None:
    """Its proof is kept with the row's own words and date (L-C-04, L-C-16)."""
    report = audience.take(HEADER + row("minji@example.com", "김민지"))
    known = audience.known("minji@example.com")
    assert (report.active, known.state, known.name) == (1, ACTIVE, "김민지")
    (proof,) = known.consents
    assert (proof.event, proof.way, proof.source) == ("stated", "import", "sign-up form")
    assert (proof.consented, proof.at) == (utc("2026-01-02"), NOW)
    assert known.since == utc("2026-01-02")


@pytest.mark.parametrize(
    "text",
    [
        "email\na@example.com\n",
        "email,consent_source\na@example.com,form\n",
        "email,consent_date\na@example.com,2026-01-01\n",
        "email,consent_source,consent_date\na@example.com,form,\n",
        "email,consent_source,consent_date\na@example.com,form,0000-00-00 00:00:00\n",
    ],
)
def test_a_row_without_source_or_date_is_pending(audience: Audience, text: str) -> None:
    """A file without consent cannot make anybody active (L-C-16)."""
    assert audience.take(text).pending == 1
    known = audience.known("a@example.com")
    assert (known.state, known.since) == (PENDING, NOW)
    assert [consent.event for consent in known.consents] == ["requested"]


def test_the_operator_can_state_the_source_and_name_the_column_of_dates(audience: Audience) -> None:
    """`--consent-source` with `--consent-date-column`; a row without a date stays pending."""
    text = "email,joined\na@example.com,2020-05-06\nb@example.com,\n"
    audience.take(text, consent_source="fair, on paper", mapping={"consent_date": "joined"})
    (proof,) = audience.known("a@example.com").consents
    assert (proof.source, proof.consented) == ("fair, on paper", utc("2020-05-06"))
    assert audience.state("b@example.com") is PENDING


def test_suppression_in_the_store_beats_the_file(audience: Audience) -> None:
    """No row is made for an address that bounced or was erased, whatever proof it has (L-C-07)."""
    audience.suppress("dead@example.com")
    report = audience.take(HEADER + row("Dead@Example.com"))
    assert (report.active, report.kept_out) == (0, 1)
    assert audience.addresses() == []


def test_who_left_stays_out(audience: Audience) -> None:
    """Neither proof nor repetition brings back who left by the link in a letter."""
    audience.take(HEADER + row("left@example.com"))
    audience.leave("left@example.com")
    report = audience.take(HEADER + row("left@example.com", date="2026-11-01"))
    assert (report.kept_out, audience.state("left@example.com")) == (1, UNSUBSCRIBED)


def test_leaving_in_the_file_beats_an_active_row_of_the_store(audience: Audience) -> None:
    """The file is newer than the store; the journal hears of it."""
    audience.take(HEADER + row("a@example.com"))
    audience.take("email,status\nA@example.com,unsubscribed\n")
    assert audience.state("a@example.com") is UNSUBSCRIBED
    assert [c.event for c in audience.known("a@example.com").consents] == ["stated", "left"]
    assert audience.journal() == [("left", "weekly")]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_leaving_beats_other_rows_of_the_same_address(
    audience: Audience, order: tuple[int, ...]
) -> None:
    """In whatever order they stand, and however the address is written."""
    rows = [
        "a@example.com,active,form,2026-01-01\n",
        "A@EXAMPLE.com,unsubscribed,,\n",
        "a@example.com,pending,,\n",
    ]
    header = "email,status,consent_source,consent_date\n"
    report = audience.take(header + "".join(rows[i] for i in order))
    assert (report.repeated, report.unsubscribed, report.active) == (2, 1, 0)
    assert audience.state("a@example.com") is UNSUBSCRIBED


def test_who_left_and_is_suppressed_does_not_come_back_by_a_reinstatement(
    audience: Audience,
) -> None:
    """Leaving is noted of a subscriber who gets nothing at present, too."""
    audience.take(HEADER + row("a@example.com"))
    audience.suppress("a@example.com")
    audience.take("email,status\na@example.com,unsubscribed\n")
    assert audience.state("a@example.com") is UNSUBSCRIBED


def test_pending_becomes_active_only_with_proof(audience: Audience) -> None:
    """Once more without proof changes nothing; with proof it does."""
    audience.take("email\na@example.com\n")
    assert audience.take("email\na@example.com\n").known == 1
    assert audience.state("a@example.com") is PENDING
    audience.take(HEADER + row("a@example.com"))
    assert audience.state("a@example.com") is ACTIVE


def test_active_stays_active_without_a_second_proof(audience: Audience) -> None:
    """A second import of the same file changes nothing at all."""
    text = HEADER + row("a@example.com")
    audience.take(text)
    before = audience.known("a@example.com")
    report = audience.take(text)
    assert (report.active, report.known) == (0, 1)
    assert audience.take("email\na@example.com\n").known == 1
    assert audience.known("a@example.com") == before


def test_only_the_hash_is_kept_of_whom_the_file_suppresses(audience: Audience) -> None:
    """Bounced and complained: no subscriber, no address anywhere in the store's files (L-C-09)."""
    report = audience.take("email,status\nspam.trap@example.com,complained\n")
    assert report.suppressed == 1
    assert audience.known("spam.trap@example.com").suppressed is SuppressionReason.COMPLAINED
    assert audience.journal() == [("suppressed", "")]
    files = [path.read_bytes() for path in (audience.site.folder / ".newsfeed").rglob("*.*")]
    assert not any(b"spam.trap" in data for data in files)


def test_all_or_nothing(audience: Audience) -> None:
    """One bad row keeps every row out; the problem names file and line."""
    report = audience.take(HEADER + row("a@example.com") + row("no address"))
    assert (report.imported, report.bad, audience.addresses()) == (False, 1, [])
    (problem,) = report.problems
    assert "people.csv:3: " in problem
    assert audience.journal() == []


def test_skip_bad_takes_the_good_rows(audience: Audience) -> None:
    """The bad one is counted."""
    report = audience.take(HEADER + row("x") + row("a@example.com"), skip_bad=True)
    assert (report.imported, report.bad, report.active) == (True, 1, 1)


def test_a_dry_run_tells_the_same_and_records_nothing(audience: Audience) -> None:
    """The numbers of the dry run are those of the run after it."""
    audience.take(HEADER + row("old@example.com"))
    text = "email,status,consent_source,consent_date\n"
    text += "new@example.com,active,form,2026-01-01\nold@example.com,unsubscribed,,\n"
    text += "bad@example.com,bounced,,\n"
    before = audience.export()
    dry = audience.take(text, dry_run=True)
    assert (audience.export(), audience.journal()) == (before, [])
    assert (dry.imported, dry.dry_run) == (False, True)
    assert msgspec.structs.replace(dry, imported=True, dry_run=False) == audience.take(text)


def test_the_report_names_every_row_that_was_not_taken_and_no_address(
    audience: Audience, tmp_path: Path
) -> None:
    """File, line, result and reason; reports are passed on as logs are (S-31)."""
    audience.suppress("dead@example.com")
    report = tmp_path / "report.csv"
    text = row("dead@example.com") + row("a@example.com") + row("A@example.com") + row("b@@c.com")
    audience.take(HEADER + text, skip_bad=True, report=report)
    with report.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted((r["line"], r["result"]) for r in rows) == [
        ("2", "kept out"),
        ("4", "repeated"),
        ("5", "bad"),
    ]
    assert report.stat().st_mode & 0o777 == 0o600
    assert "@example.com" not in report.read_text("utf-8")


def test_the_report_does_not_overwrite_what_is_imported(audience: Audience) -> None:
    """The file stays as it is."""
    path = audience.write(HEADER + row("a@example.com"))
    with pytest.raises(UsageError, match="would overwrite"):
        audience.take(path, report=path.parent / "." / path.name)
    assert path.read_text("utf-8").startswith(HEADER)


def test_only_twenty_bad_rows_are_named(audience: Audience) -> None:
    """The number tells of the others."""
    report = audience.take("email\n" + "nobody\n" * 50)
    assert (len(report.problems), report.bad) == (20, 50)


def test_bad_rows_do_not_fill_memory(audience: Audience, tmp_path: Path) -> None:
    """However many there are: twenty are kept, the others counted and written."""
    path = audience.write("email\n" + "nobody\n" * 60_000)
    tracemalloc.start()
    try:
        audience.take(path, skip_bad=True, report=tmp_path / "r.csv")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000


@pytest.mark.parametrize(
    "address",
    [
        "a" * 1000 + "@example.com",
        "a@example.com\nBcc: b@example.com",
        "a@example.com>",
        "a b@example.com",
        "=cmd|' /C calc'!A0",
        "a@[127.0.0.1]",
        "\u202ea@example.com",
        "a@exa\u0000mple.com",
        "a%b@example.com",
        "",
    ],
)
def test_a_bad_address_is_a_named_row(audience: Audience, address: str) -> None:
    """The message names the line and not the address."""
    report = audience.take(f'email,name\n"{address}",x\n')
    assert report.bad == 1
    assert ":2: " in report.problems[0]
    assert "example" not in report.problems[0].replace("name@example.org", "")


def test_an_international_domain_is_stored_in_ascii(audience: Audience) -> None:
    """And is the same person in either form."""
    report = audience.take("email\nreader@한국.kr\nreader@xn--3e0b707e.kr\n")
    assert (report.pending, report.repeated) == (1, 1)
    assert audience.addresses() == ["reader@xn--3e0b707e.kr"]


def test_names_become_one_harmless_line(audience: Audience) -> None:
    """Line breaks, bidi overrides and decomposed Hangul go; template text is only text."""
    rows = [
        'a@example.com,"Two\nLines"',
        "b@example.com,\u202eevil\u202c",
        "c@example.com,{{ secret }}",
        "d@example.com,\u1112\u1161\u11ab",
        f"e@example.com,{'x' * 500}",
    ]
    audience.take("email,name\n" + "\n".join(rows) + "\n")
    names = [audience.known(f"{letter}@example.com").name for letter in "abcde"]
    assert names == ["Two Lines", "evil", "{{ secret }}", "한", "x" * 200]


@pytest.mark.parametrize(
    ("date", "said"),
    [("03/04/2025", "cannot be read"), ("next week", "cannot be read"), ("2099-01-01", "future")],
)
def test_a_date_of_consent_that_means_nothing_is_a_bad_row(
    audience: Audience, date: str, said: str
) -> None:
    """Nothing is guessed about a proof."""
    report = audience.take(HEADER + row("a@example.com", date=date))
    assert said in report.problems[0]


def test_a_state_that_nobody_knows_is_a_bad_row(audience: Audience) -> None:
    """It could mean that somebody left."""
    report = audience.take("email,status\na@example.com,verzogen\n")
    assert "verzogen" in report.problems[0]


def test_a_column_that_means_something_else_can_be_left_alone(audience: Audience) -> None:
    """The state of a postal address is no state of a subscription: `--ignore state`."""
    text = "email,state\na@example.com,Texas\n"
    assert "`Texas` in the column `state`" in audience.take(text).problems[0]
    assert "--ignore state" in audience.take(text).problems[0]
    assert audience.take(text, ignored=("State",)).pending == 1
    assert audience.take(text, mapping={"status": ""}).known == 1
    with pytest.raises(UsageError, match="no column `region`"):
        audience.take(text, ignored=("region",))


def test_a_message_repeats_no_address_that_stands_in_another_column(audience: Audience) -> None:
    """Columns are easily mixed up (S-31)."""
    text = "email,status,consent_date\na@example.com,b@example.com,\nc@example.com,,d@example.com\n"
    report = audience.take(text)
    assert report.bad == 2
    assert not any("@" in problem for problem in report.problems)


def test_a_renamed_newsletter_is_known_by_its_old_name(audience: Audience, tmp_path: Path) -> None:
    """In an export from before, and on the command line."""
    audience.take(HEADER + row("a@example.com"))
    exported = audience.export()
    other = Audience(tmp_path / "other", second=True)
    with open_people(other.plan, NOW) as people:
        newsletters.rename(people.db, "weekly", "daily")
    other.take(exported)
    assert other.state("a@example.com", "daily") is ACTIVE
    assert other.take(HEADER + row("b@example.com"), newsletter="weekly").newsletter == "daily"


def test_a_newsletter_must_be_named_where_there_are_two(tmp_path: Path) -> None:
    """Consent is to one of them."""
    audience = Audience(tmp_path / "site", second=True)
    with pytest.raises(UsageError, match="weekly, daily"):
        audience.take("email\na@example.com\n")
    with pytest.raises(UsageError, match="no newsletter `dayly`"):
        audience.take("email\na@example.com\n", newsletter="dayly")
    audience.take("email\na@example.com\n", newsletter="daily")
    assert audience.state("a@example.com") is None
    assert audience.state("a@example.com", "daily") is PENDING


def test_leaving_one_newsletter_is_not_leaving_the_other(tmp_path: Path) -> None:
    """What was left is known by newsletter."""
    audience = Audience(tmp_path / "site", second=True)
    audience.take("email,status\na@example.com,unsubscribed\n", newsletter="weekly")
    audience.take(HEADER + row("a@example.com"), newsletter="daily")
    assert audience.state("a@example.com", "daily") is ACTIVE
    assert audience.state("a@example.com", "weekly") is UNSUBSCRIBED


def test_without_a_newsletter_nobody_can_subscribe(tmp_path: Path) -> None:
    """The remedy names the table of the settings."""
    audience = Audience(tmp_path / "site")
    audience.site.configure(SETTINGS)
    audience.plan = audience.site.plan()
    with pytest.raises(SettingsError, match=r"\[\[newsletters\]\]"):
        audience.take("email\na@example.com\n")


def test_listmonk_is_refused_without_those_who_left(audience: Audience) -> None:
    """Its export shows people who left a list as if nothing was."""
    with pytest.raises(UsageError, match="--unsubscribed FILE"):
        audience.take(EXPORTS / "listmonk.csv")
    assert audience.addresses() == []
    audience.take(EXPORTS / "listmonk.csv", no_unsubscribed=True)
    assert audience.state("left.one.list@example.com") is PENDING


def test_listmonk_with_its_files_keeps_ids_and_keeps_people_out(audience: Audience) -> None:
    """The uuid stays; who left, bounced or was blocklisted gets nothing."""
    audience.take(
        EXPORTS / "listmonk.csv",
        unsubscribed=EXPORTS / "listmonk_unsubscribed.csv",
        suppressed=EXPORTS / "listmonk_bounced.csv",
        consent_source="sign-up form",
    )
    anna = audience.known("anna@example.com")
    assert anna.public_id == "0f7e1f5a-6f39-4b0a-9d1c-0a2b4c6d8e01"
    assert (anna.state, anna.since) == (ACTIVE, utc("2023-11-05T09:14:22"))
    assert audience.state("left.one.list@example.com") is UNSUBSCRIBED
    for address in ("bounces@example.com", "blocked@example.com"):
        known = audience.known(address)
        assert (known.state, known.suppressed) == (None, SuppressionReason.BLOCKED)


def test_an_id_that_is_somebody_elses_is_not_taken_over(audience: Audience) -> None:
    """Whoever has another's id could be made to leave by another's link."""
    header = "uuid,email,status\n"
    id_ = "0f7e1f5a-6f39-4b0a-9d1c-0a2b4c6d8e01"
    audience.take(f"{header}{id_},a@example.com,enabled\n", no_unsubscribed=True)
    rows = f"{id_},b@example.com,enabled\n{id_},c@example.com,enabled\n"
    audience.take(header + rows, no_unsubscribed=True)
    ids = {audience.known(f"{letter}@example.com").public_id for letter in "abc"}
    assert len(ids) == 3
    assert audience.known("a@example.com").public_id == id_


def test_mailchimps_three_files_in_one_import(audience: Audience) -> None:
    """Proof only where a person confirmed or signed up; who left or bounced stays out."""
    audience.take(
        EXPORTS / "mailchimp_subscribed.csv",
        unsubscribed=EXPORTS / "mailchimp_unsubscribed.csv",
        suppressed=EXPORTS / "mailchimp_cleaned.csv",
    )
    minji = audience.known("minji.kim@example.com")
    assert (minji.state, minji.name) == (ACTIVE, "김민지")
    assert minji.consents[0].ip == "203.0.113.0/24"
    assert audience.state("added.by.owner@example.net") is PENDING
    assert audience.state("gone.away@example.com") is UNSUBSCRIBED
    assert audience.state("form.only@example.org") is UNSUBSCRIBED
    assert audience.known("no.such.box@example.com").suppressed is SuppressionReason.BOUNCED


def test_mailchimps_subscribed_file_alone_is_refused(audience: Audience) -> None:
    """Whoever left since an earlier import would stay active here."""
    with pytest.raises(UsageError, match=r"--suppressed FILE.*--unsubscribed FILE"):
        audience.take(EXPORTS / "mailchimp_subscribed.csv")
    report = audience.take(EXPORTS / "mailchimp_subscribed.csv", no_unsubscribed=True)
    assert report.active == 2


@pytest.mark.parametrize("name", ["mailchimp_unsubscribed", "mailchimp_cleaned"])
def test_mailchimps_other_files_alone_let_nobody_in(audience: Audience, name: str) -> None:
    """Even without being told which of the three it is."""
    report = audience.take(EXPORTS / f"{name}.csv", consent_source="x")
    assert (report.active, report.pending, report.bad) == (0, 0, 0)


def test_a_failure_in_the_store_leaves_nothing(
    audience: Audience, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All statements are one transaction."""

    def fail(*_words: object) -> None:
        raise NewsfeedError("the disk is full")

    whole = imports.bring_in

    def half(*words: object) -> None:
        whole(*words)  # type: ignore[arg-type]
        fail()

    monkeypatch.setattr(imports, "bring_in", half)
    with pytest.raises(NewsfeedError, match="disk is full"):
        audience.take(HEADER + row("a@example.com"))
    monkeypatch.undo()
    assert audience.addresses() == []


def test_nobody_can_leave_between_the_look_and_the_writing(
    audience: Audience, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is locked from before it is asked who left, until all rows are in."""
    whole, tried = imports.settle, []

    def settle(db: sqlite3.Connection, kept_out: Callable[[imports.Place, str], None]) -> Settled:
        settled = whole(db, kept_out)
        with closing(sqlite3.connect(audience.plan.store, timeout=0)) as other:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            tried.append(True)
        return settled

    monkeypatch.setattr(imports, "settle", settle)
    audience.take(HEADER + row("a@example.com"))
    assert tried


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name\nAnna\n", "no column of addresses"),
        ("a@example.com\nb@example.com\n", "an address where the names of the columns"),
        ("", "is empty"),
        ("\n\n", "has no header"),
        ("email,email\na@example.com,b@example.com\n", "two columns"),
    ],
)
def test_a_file_without_a_header_that_we_can_use_is_refused(
    audience: Audience, text: str, problem: str
) -> None:
    """With a remedy, before any row."""
    with pytest.raises(TableError, match=problem):
        audience.take(text)


def test_the_command_line_from_end_to_end(tmp_path: Path) -> None:
    """Statuses 0, 1, 2 and 3, and lines on stderr that name file and line."""
    site: Site = Audience(tmp_path / "site").site
    (site.folder / "good.csv").write_text(HEADER + row("a@example.com"), "utf-8")
    (site.folder / "bad.csv").write_text("email\nb@example.com\nnobody\n", "utf-8")
    done = site.run("subscribers", "import", "good.csv")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 are now active" in done.stdout
    done = site.run("subscribers", "import", "bad.csv")
    assert done.returncode == 1
    assert "bad.csv:3: this is no e-mail address" in done.stderr
    done = site.run("subscribers", "import", "bad.csv", "--skip-bad", "--json")
    assert done.returncode == 3
    assert '"pending": 1' in done.stdout
    done = site.run("subscribers", "import", "good.csv", "--map", "nonsense")
    assert done.returncode == 2
    done = site.run("subscribers", "import", "missing.csv")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)


def test_what_an_import_leaves_open_is_told(tmp_path: Path) -> None:
    """The date that is missing, Mailchimp's third file, and that a dry run imports nothing."""
    site = Audience(tmp_path / "site").site
    (site.folder / "people.csv").write_text("email\na@example.com\n", "utf-8")
    words = ("subscribers", "import", "people.csv", "--consent-source", "fair", "--dry-run")
    done = site.run(*words)
    assert "of 1 row the date of consent is missing: `--consent-date-column COLUMN`" in done.stdout
    found = json.loads(site.run(*words, "--json").stdout)
    assert (found["imported"], found["dry_run"], found["undated"]) == (False, True, 1)
    files = [str(EXPORTS / f"mailchimp_{one}.csv") for one in ("subscribed", "unsubscribed")]
    done = site.run("subscribers", "import", files[0], "--unsubscribed", files[1])
    assert (done.returncode, "cleaned file is missing" in done.stderr) == (0, True)


def test_a_column_that_tells_who_left_can_be_ignored_on_the_command_line(tmp_path: Path) -> None:
    """What the error suggests works as it stands."""
    site = Audience(tmp_path / "site").site
    (site.folder / "people.csv").write_text("email,Opted Out\na@example.com,yes\n", "utf-8")
    words = ("subscribers", "import", "people.csv", "--dry-run", "--json")
    refused = site.run(*words)
    assert (refused.returncode, "--ignore 'Opted Out'" in refused.stderr) == (1, True)
    assert json.loads(site.run(*words, "--map", "status=Opted Out").stdout)["unsubscribed"] == 1
    assert json.loads(site.run(*words, "--ignore", "Opted Out").stdout)["pending"] == 1


def test_the_report_says_that_only_the_person_can_confirm(
    audience: Audience, tmp_path: Path
) -> None:
    """Not only who left is kept out, but also who was suppressed."""
    audience.take(HEADER + row("left@example.com"))
    audience.leave("left@example.com")
    audience.take(HEADER + row("left@example.com"), report=tmp_path / "report.csv")
    note = (tmp_path / "report.csv").read_text("utf-8-sig")
    assert "left or was suppressed, and has to confirm" in note


@settings(max_examples=25)
@given(data=st.binary(max_size=300))
def test_no_file_makes_more_than_an_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    """Whatever the bytes: a report, or an error with a remedy."""
    audience = Audience(tmp_path_factory.mktemp("any") / "site")
    for content in (data, b"email,name\n" + data):
        try:
            audience.take(content, skip_bad=True)
        except NewsfeedError as error:
            assert error.remedy


@given(secret=st.binary(min_size=32, max_size=32), text=st.text(st.characters(codec="utf-8")))
def test_the_hash_for_millions_is_the_hash_of_everybody(secret: bytes, text: str) -> None:
    """Or nobody who was suppressed would be known again."""
    keys = Keys(suppression=secret, tokens=(secret,))
    assert address_hasher(keys)(text) == address_hash(keys, text)
