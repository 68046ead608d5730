"""Exporting subscribers, and importing what was exported."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsfeed.errors import OutputError
from newsfeed.flows.exporting import replaced
from newsfeed.model import SubscriptionState, SuppressionReason
from tests.flows.imports_kit import EXPORTS, Audience

HEADER = "email,name,language,status,consent_source,consent_date\n"
PEOPLE = (
    HEADER
    + "a@example.com,김민지,ko,active,form,2026-01-02\n"
    + "b@example.com,=SUM(1),,pending,,\n"
    + '+c@example.com,"\'t Hooft, =x",en,unsubscribed,on paper,2025-01-01\n'
    + "d@example.com,＝공식,ko,active,@home,2024-02-29\n"
)


@pytest.fixture
def audience(tmp_path: Path) -> Audience:
    one = Audience(tmp_path / "site", second=True)
    one.take(PEOPLE, newsletter="weekly")
    one.take(
        "email,consent_source,consent_date\na@example.com,form,2026-03-01\n", newsletter="daily"
    )
    return one


def test_each_subscription_is_a_row_in_the_order_in_which_people_came(audience: Audience) -> None:
    """With the proof of consent, where there is one."""
    rows = list(csv.DictReader(io.StringIO(audience.export(), newline="")))
    found = [(r["address"], r["newsletter"], r["state"], r["consent_source"]) for r in rows]
    assert found == [
        ("a@example.com", "daily", "active", "form"),
        ("a@example.com", "weekly", "active", "form"),
        ("b@example.com", "weekly", "pending", ""),
        ("'+c@example.com", "weekly", "unsubscribed", "on paper"),
        ("d@example.com", "weekly", "active", "'@home"),
    ]
    assert rows[0]["consent_date"] == "2026-03-01T00:00:00+00:00"


def test_newsletter_and_state_choose(audience: Audience) -> None:
    """Both, or one of them."""
    text = audience.export(newsletter="weekly", state=SubscriptionState.ACTIVE, form="json")
    assert [one["address"] for one in json.loads(text)] == ["a@example.com", "d@example.com"]


def test_no_cell_is_a_formula(audience: Audience) -> None:
    """Not even a full-width one, or an address (S-20)."""
    for row in csv.reader(io.StringIO(audience.export(), newline="")):
        assert not any(cell.startswith(tuple("=+-@\t\r＝＋－＠")) for cell in row)


def test_an_export_imported_into_an_empty_store_gives_an_equal_export(
    audience: Audience, tmp_path: Path
) -> None:
    """States, dates, proofs, suppression and newsletters; it is known by its header."""
    audience.suppress("d@example.com")
    exported = audience.export()
    other = Audience(tmp_path / "other", second=True)
    report = other.take(exported)
    assert (report.service, report.bad) == ("newsfeed", 0)
    assert other.export() == exported
    assert other.export(form="json") == audience.export(form="json")
    assert other.known("d@example.com").suppressed is SuppressionReason.BOUNCED


def test_an_export_imported_into_its_own_store_changes_nothing(audience: Audience) -> None:
    """Every row is known."""
    exported = audience.export()
    report = audience.take(exported)
    assert (report.known, report.active, report.pending, report.unsubscribed) == (5, 0, 0, 0)
    assert audience.export() == exported


def test_one_newsletter_of_an_export_can_be_taken(audience: Audience, tmp_path: Path) -> None:
    """Consent to one is no consent to another: the others' rows are passed over."""
    other = Audience(tmp_path / "other", second=True)
    report = other.take(audience.export(), newsletter="daily")
    assert (report.passed_over, report.active, other.addresses()) == (4, 1, ["a@example.com"])


NAME = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.text(
    st.sampled_from("'=+-@＝\"\n,;a"), max_size=8
)


@settings(max_examples=20)
@given(names=st.lists(NAME, min_size=1, max_size=5), sources=st.lists(NAME, min_size=5, max_size=5))
def test_any_name_and_source_come_back(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], sources: list[str]
) -> None:
    """Export, import, export: the same text, whatever people put there."""
    folder = tmp_path_factory.mktemp("round")
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(("email", "name", "consent_source", "consent_date"))
    for number, (name, source) in enumerate(zip(names, sources, strict=False)):
        clean = [text.replace("\0", "") for text in (name, source)]
        writer.writerow((f"a{number}@example.com", *clean, "2026-01-01"))
    first, second = Audience(folder / "first"), Audience(folder / "second")
    assert first.take(out.getvalue()).bad == 0
    exported = first.export()
    assert second.take(exported).bad == 0
    assert second.export() == exported


def test_every_sample_export_survives_the_round_trip(tmp_path: Path) -> None:
    """Those of all services together."""
    audience, other = Audience(tmp_path / "one"), Audience(tmp_path / "two")
    for path in sorted(EXPORTS.glob("*.csv")):
        audience.take(path, no_unsubscribed=True, consent_source="their own form")
    exported = audience.export()
    assert exported.count("\n") > 20
    other.take(exported)
    assert other.export() == exported


def test_a_file_is_private_and_whole(audience: Audience) -> None:
    """0600, with a mark by which spreadsheets know UTF-8; `-` and `--json` go to stdout."""
    site = audience.site
    done = site.run("subscribers", "export", "out.csv", "--newsletter", "weekly")
    path = site.folder / "out.csv"
    assert (done.returncode, done.stdout) == (0, "4 subscriptions written to out.csv\n")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes().startswith(b"\xef\xbb\xbfaddress,")
    assert len(json.loads(site.run("subscribers", "export", "--json").stdout)) == 5
    pending = site.run("subscribers", "export", "--json", "--state", "pending")
    assert [one["address"] for one in json.loads(pending.stdout)] == ["b@example.com"]
    assert site.run("subscribers", "export", "-").stdout.startswith("address,")
    assert site.run("subscribers", "export", "no/such/folder.csv").returncode == 1


def test_a_failed_export_leaves_the_old_file(tmp_path: Path) -> None:
    """And nothing beside it."""
    path = tmp_path / "out.csv"
    path.write_text("old", "utf-8")
    with pytest.raises(OutputError), replaced(path, mark=False) as file:
        file.write("half")
        raise OSError(28, "No space left on device")
    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_memory_stays_flat(tmp_path: Path) -> None:
    """Twenty thousand rows in and out hold as little as two thousand do."""
    audience = Audience(tmp_path / "site")
    rows = "".join(f"reader.{n}@example.com,이름 {n},form,2026-01-01\n" for n in range(20_000))
    path = audience.write("email,name,consent_source,consent_date\n" + rows)
    tracemalloc.start()
    try:
        audience.take(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16_000_000
    assert audience.export().count("\n") == 20_001
