"""The exports of other services, made by hand in their documented form."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.audience.columns import Reading
from newsfeed.audience.rows import Incoming, Reader, RowError, read_time
from newsfeed.audience.services import SERVICES, recognise
from newsfeed.audience.tables import TableError, open_table
from newsfeed.errors import UsageError
from newsfeed.model import SubscriptionState, SuppressionReason

EXPORTS = Path(__file__).parent / "exports"
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ACTIVE = SubscriptionState.ACTIVE
PENDING = SubscriptionState.PENDING
LEFT = SubscriptionState.UNSUBSCRIBED
BOUNCED = SuppressionReason.BOUNCED


def incoming(name: str, source: str = "") -> dict[str, Incoming]:
    """What each row of an export says, by its address."""
    with open_table(EXPORTS / f"{name}.csv") as table:
        service = recognise(table.header)
        assert service.name == name.partition("_")[0]
        if service.escaped:
            table.escaped()
        reading = Reading(service=service, now=NOW, consent_source=source)
        reader = Reader(table.header, reading, name)
        rows = [reader.read(row.cells) for row in table.rows()]
    return {row.address.address: row for row in rows}


def states(name: str, source: str = "") -> dict[str, SubscriptionState | SuppressionReason | None]:
    return {
        address.partition("@")[0]: row.suppress or row.state
        for address, row in incoming(name, source).items()
    }


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def test_mailchimp_proves_with_time_and_place() -> None:
    """A time without an IP is when somebody else added the person."""
    assert states("mailchimp_subscribed") == {
        "minji.kim": ACTIVE,
        "form.only": ACTIVE,
        "added.by.owner": PENDING,
    }
    minji = incoming("mailchimp_subscribed")["minji.kim@example.com"]
    assert (minji.name, minji.source) == ("김민지", "Mailchimp: confirmed")
    assert minji.consented == seconds("2021-03-01T02:12:40+00:00")


def test_mailchimps_unsubscribed_and_cleaned_files_are_known_by_their_columns() -> None:
    """With the time at which the person left."""
    assert set(states("mailchimp_unsubscribed").values()) == {LEFT}
    assert states("mailchimp_cleaned") == {"no.such.box": BOUNCED}
    gone = incoming("mailchimp_unsubscribed")["gone.away@example.com"]
    assert gone.since == seconds("2023-04-05T06:07:08+00:00")


def test_substack_tells_who_switched_mail_off() -> None:
    """When a row was made is no proof, but the date of a stated one."""
    assert states("substack")["free.reader"] is PENDING
    assert states("substack", "Substack's form") == {
        "free.reader": ACTIVE,
        "paying.reader": ACTIVE,
        "switched.off": LEFT,
    }


def test_ghost_tells_who_gets_no_mail() -> None:
    """`subscribed_to_emails` decides, not whether somebody pays."""
    assert states("ghost", "sign-up") == {"member": ACTIVE, "paid": ACTIVE, "quiet": LEFT}
    assert incoming("ghost")["member@example.com"].name == "박서연"


def test_buttondown_has_a_word_for_everything() -> None:
    """Who was removed does not come back, either."""
    assert states("buttondown", "form") == {
        "regular": ACTIVE,
        "paying": ACTIVE,
        "not.confirmed": PENDING,
        "left": LEFT,
        "dead": BOUNCED,
        "angry": SuppressionReason.COMPLAINED,
        "taken.off": LEFT,
    }


def test_listmonk_keeps_its_ids_and_its_blocklist() -> None:
    """Times are written as Go prints them."""
    assert states("listmonk", "form") == {
        "anna": ACTIVE,
        "jiwoo": ACTIVE,
        "left.one.list": ACTIVE,  # which is why the file of those who left is asked for
        "blocked": SuppressionReason.BLOCKED,
        "bounces": ACTIVE,
    }
    jiwoo = incoming("listmonk", "form")["jiwoo@example.com"]
    assert jiwoo.public_id == "0f7e1f5a-6f39-4b0a-9d1c-0a2b4c6d8e02"
    assert jiwoo.consented == seconds("2023-11-06T18:00:00+09:00")


def test_mailpoet_counts_leaving_one_list_and_leaving_all() -> None:
    """Its quotation marks are escaped by a backslash; it has no dates of consent."""
    assert states("mailpoet", "form") == {
        "wp.reader": PENDING,
        "wp.quiet": PENDING,
        "wp.wait": PENDING,
        "wp.left": LEFT,
        "wp.gone": LEFT,
        "wp.dead": BOUNCED,
    }
    assert incoming("mailpoet")["wp.reader@example.com"].name == 'Wendy "WP" Reader'


def read_one(header: list[str], cells: list[str], **words: object) -> Incoming:
    reading = Reading(**{"service": recognise(header), "now": NOW, **words})  # type: ignore[arg-type]
    return Reader(header, reading, "x.csv").read(cells)


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"csv", "newsfeed"}))
def test_a_service_is_not_believed_without_the_column_that_tells_who_left(name: str) -> None:
    """`--from ghost` with a file of addresses would let everybody in."""
    reading = Reading(service=SERVICES[name], now=NOW)
    with pytest.raises(TableError, match="is no export of"):
        Reader(["email", "name"], reading, "x.csv")


@pytest.mark.parametrize("word", ["verzogen", "", "active?"])
def test_a_word_that_decides_and_is_not_known_is_a_bad_row(word: str) -> None:
    """In the columns that tell who left."""
    with pytest.raises(RowError, match="nothing that is known"):
        read_one(["uuid", "email", "status"], ["", "a@example.com", word])


def test_columns_can_be_mapped_by_hand() -> None:
    """`--map` beats what the names of the columns say; a wrong name lists the right ones."""
    header = ["Adresse", "Vorname", "email"]
    mapping = {"address": "adresse", "first_name": "Vorname"}
    found = read_one(header, ["b@example.com", "Eva", "no"], mapping=mapping)
    assert (found.address.address, found.name) == ("b@example.com", "Eva")
    with pytest.raises(UsageError, match="`Vorname`"):
        read_one(header, [], mapping={"name": "Nachname"})
    with pytest.raises(UsageError, match="first_name"):
        read_one(header, [], mapping={"surname": "Vorname"})


def test_korean_headers_are_known() -> None:
    """이메일, 이름 and 상태, as people write them in their own files."""
    found = read_one(["이메일", "이름", "상태"], ["a@example.com", "김민지", "수신거부"])
    assert (found.name, found.state) == ("김민지", LEFT)


def test_parts_of_a_name_come_in_the_order_of_their_script() -> None:
    """Family name first in Korean, Chinese and Japanese, without a space."""
    header = ["email", "first name", "last name"]
    assert read_one(header, ["a@example.com", "민지", "김"]).name == "김민지"
    assert read_one(header, ["a@example.com", "Anna", "Example"]).name == "Anna Example"
    assert read_one(header, ["a@example.com", "", "Example"]).name == "Example"


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-05-01", "2026-05-01T00:00:00+00:00"),
        ("2026-05-01T09:30:00Z", "2026-05-01T09:30:00+00:00"),
        ("2026-05-01 09:30:00+0900", "2026-05-01T00:30:00+00:00"),
        ("2026-05-01 09:30:00.123456789 +0900 KST", "2026-05-01T00:30:00+00:00"),
        ("2026-05-01 09:30:00 -0330 -0330", "2026-05-01T13:00:00+00:00"),
        ("2026/5/1", "2026-05-01T00:00:00+00:00"),
        ("2026. 5. 1.", "2026-05-01T00:00:00+00:00"),
    ],
)
def test_dates_are_read_where_they_mean_one_thing(text: str, iso: str) -> None:
    """ISO 8601, Go's, and days with the year first."""
    assert read_time(text) == seconds(iso)


@pytest.mark.parametrize(
    "text", ["01/02/2026", "1.2.2026", "May 1", "20", "2026-13-01", "2026/2/30"]
)
def test_dates_that_could_be_two_are_not_read(text: str) -> None:
    """Nothing is guessed."""
    assert read_time(text) is None


@given(text=st.text(max_size=40))
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    """A number, or nothing."""
    assert read_time(text) is None or isinstance(read_time(text), int)


def test_the_samples_are_csv_for_others_too() -> None:
    """All but MailPoet's, which escapes its quotation marks in its own way."""
    for path in sorted(EXPORTS.glob("*.csv")):
        if path.stem != "mailpoet":
            with path.open(encoding="utf-8-sig", newline="") as file:
                header, *rows = csv.reader(file, strict=True)
            assert {len(row) for row in rows} == {len(header)}


def test_an_empty_cell_that_decides_is_named_as_in_the_file() -> None:
    """The remedy is none that is refused."""
    header = ["email", "name", "subscribed_to_emails"]
    with pytest.raises(
        RowError, match="an empty cell in the column `subscribed_to_emails`"
    ) as told:
        read_one(header, ["a@example.com", "", ""])
    assert "--skip-bad" in told.value.remedy
    assert "--map" not in told.value.remedy


def test_a_mapped_state_is_read_of_a_service_that_has_none() -> None:
    """Or everybody in it would be there."""
    header = ["email", "name", "subscribed_to_emails", "Opted out"]
    cells = ["a@example.com", "", "true", "yes"]
    for field in ("status", "unsubscribed"):
        assert read_one(header, cells, mapping={field: "Opted out"}).state is LEFT
