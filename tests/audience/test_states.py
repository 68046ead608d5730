"""Columns that tell who left are read or refused, and never passed over."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.audience.columns import Reading
from newsfeed.audience.rows import Incoming, Reader, RowError
from newsfeed.audience.services import recognise
from newsfeed.audience.states import tells_state
from newsfeed.audience.tables import TableError
from newsfeed.model import SubscriptionState, SuppressionReason

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
HERE = SubscriptionState.ACTIVE
PENDING = SubscriptionState.PENDING
LEFT = SubscriptionState.UNSUBSCRIBED
BOUNCED = SuppressionReason.BOUNCED


def read_one(columns: dict[str, str], **words: object) -> Incoming:
    """What a row with these cells says, with a consent that the operator states."""
    header = ["email", "joined", *columns]
    mapping = {"consent_date": "joined", **words.pop("mapping", {})}  # type: ignore[dict-item]
    reading = Reading(
        service=recognise(header),
        now=NOW,
        consent_source="form",
        mapping=mapping,
        **words,  # type: ignore[arg-type]
    )
    return Reader(header, reading, "x.csv").read(["a@example.com", "2026-01-02", *columns.values()])


@pytest.mark.parametrize(
    "name",
    [
        "subscribed", "Subscribed?", "unsubscribed_at", "UNSUB_TIME", "opted_out", "optedOut",
        "Opt-In", "Opt In", "email_disabled", "is active", "Email Status", "cleaned", "CLEAN_TIME",
        "Bounced", "bounce_count", "complained", "Suppressed", "do_not_email", "deleted_at",
        "confirmed", "consent", "marketing permission", "newsletter", "Left", "수신동의",
        "수신 동의 여부", "수신거부", "수신거부일", "구독", "구독 상태", "해지", "해지일", "탈퇴일",
        "ｓｕｂｓｃｒｉｂｅｄ",
    ],
)  # fmt: skip
def test_a_column_that_may_tell_who_left_is_never_passed_over(name: str) -> None:
    """The error names it and both remedies; both work."""
    with pytest.raises(TableError) as told:
        read_one({name: ""})
    assert f"`{name}`" in told.value.problem
    assert "--map status=" in told.value.remedy
    assert "--ignore " in told.value.remedy
    assert read_one({name: "anything"}, ignored=(name,)).state is HERE
    assert read_one({name: "unsubscribed"}, mapping={"status": name}).state is LEFT


@pytest.mark.parametrize(
    "name",
    [
        "created_at", "subscribed_at", "Subscription Date", "OPTIN_IP", "optin_time", "confirm_ip",
        "confirmed_at", "subscriber_id", "Subscriber Name", "consent_text", "구독일", "동의일시",
        "구독자명", "phone", "city", "notes", "estate", "statement", "leftover", "unsubscribe_url",
        "Block 7", "interests",
    ],
)  # fmt: skip
def test_a_column_about_something_else_disturbs_nobody(name: str) -> None:
    """When and from where somebody came is no state."""
    assert not tells_state(name)


def test_what_is_read_already_is_no_matter_of_doubt() -> None:
    """A second column of state is."""
    assert read_one({"status": "active", "unsubscribed_at": ""}).state is HERE
    assert read_one({"status": "", "unsubscribed_at": "2026-02-03"}).state is LEFT
    with pytest.raises(TableError, match="`bounced`"):
        read_one({"status": "active", "bounced": "yes"})


@pytest.mark.parametrize(
    "header",
    [
        ["email", "email_disabled", "created_at"],
        ["Email Address", "First Name", "OPTIN_IP", "UNSUB_TIME"],
    ],
)
def test_an_export_that_was_cut_lets_nobody_in_who_left(header: list[str]) -> None:
    """It is not known for what it was."""
    with pytest.raises(TableError, match="may tell who left"):
        Reader(header, Reading(service=recognise(header), now=NOW), "x.csv")


@pytest.mark.parametrize(
    ("name", "cell", "state"),
    [
        *[("subscribed", word, HERE) for word in ("true", "YES", "1", "y", "Subscribed", "active")],
        *[("subscribed", word, LEFT) for word in ("false", "No", "0", "n", "unsubscribed")],
        *[("status", word, LEFT) for word in ("inactive", "opted out", "opted-out", "no")],
        *[("status", word, HERE) for word in ("opted in", "Opted-In", "구독", "수신", "동의", "")],
        *[("opted_out", word, LEFT) for word in ("yes", "TRUE", "1", "y", "opted out")],
        *[("opted_out", word, HERE) for word in ("no", "false", "0", "n", "")],
        *[("수신동의", word, LEFT) for word in ("거부", "수신거부", "N", "아니오", "해지")],
        *[("수신동의", word, HERE) for word in ("동의", "수신", "Y", "예")],
        ("수신거부", "Y", LEFT),
        ("수신거부", "", HERE),
        ("email_disabled", "true", LEFT),
        ("email_disabled", "false", HERE),
        ("confirmed", "no", PENDING),
        ("unsubscribed_at", "2026-02-03 04:05:06", LEFT),
        ("unsubscribed_at", "03/02/2026", LEFT),
        ("unsubscribed_at", "2026년 2월 3일", LEFT),
        ("unsubscribed_at", "1770000000", LEFT),
        ("unsubscribed_at", "", HERE),
        ("unsubscribed_at", "0000-00-00 00:00:00", HERE),
    ],
)
def test_plain_words_are_understood_by_the_name_of_their_column(
    name: str, cell: str, state: SubscriptionState
) -> None:
    """A yes to `opted_out` is a no to `subscribed`."""
    assert read_one({name: cell}, mapping={"status": name}).state is state


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("subscribed", "perhaps"),
        ("subscribed", ""),
        ("opted_out", "maybe"),
        ("opted_out", "동의"),
        ("수신동의", "글쎄"),
        ("Abgemeldet", "1"),
        ("Abgemeldet", ""),
        ("not subscribed", "yes"),
        ("unconfirmed", "yes"),
        ("미동의", "Y"),
        ("subscribed / unsubscribed", "yes"),
        ("unsubscribed_at", "some day"),
    ],
)
def test_nothing_is_guessed(name: str, cell: str) -> None:
    """Neither a word nor what a yes means where the name does not tell."""
    with pytest.raises(RowError, match="nothing that is known"):
        read_one({name: cell}, mapping={"status": name})


def test_a_column_can_be_said_to_be_of_those_who_left() -> None:
    """Whatever it is called; and three columns are read beside each other."""
    assert read_one({"Abgemeldet": "1"}, mapping={"unsubscribed": "Abgemeldet"}).state is LEFT
    found = read_one({"Abgemeldet": "2026-02-03"}, mapping={"unsubscribed": "Abgemeldet"})
    assert found.since == int(datetime(2026, 2, 3, tzinfo=UTC).timestamp())
    mapping = {"status": "subscribed", "unsubscribed": "opted_out", "suppressed": "bounced"}
    row = {"subscribed": "yes", "opted_out": "", "bounced": "no"}
    assert read_one(row, mapping=mapping).state is HERE
    assert read_one(row | {"opted_out": "yes"}, mapping=mapping).state is LEFT
    assert read_one(row | {"bounced": "yes"}, mapping=mapping).suppress is BOUNCED


@given(name=st.text(max_size=20), cell=st.text(max_size=20))
def test_no_name_and_no_cell_makes_more_than_an_error(name: str, cell: str) -> None:
    """A person, or an error with a remedy."""
    try:
        read_one({"x" + name: cell}, mapping={"status": "x" + name})
    except (RowError, TableError) as error:
        assert error.remedy
