"""What a person is to a newsletter, and what makes another thing of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.audience.lifecycle import (
    BETWEEN_MAILS,
    MOST_MAILS,
    Event,
    Mailing,
    Refusal,
    after,
    is_fresh,
    mailing,
)
from newsfeed.model import SubscriptionState as State

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=3000)
STATES = st.sampled_from([None, *State])
EVENTS = st.sampled_from(list(Event))


def _walk(events: list[tuple[Event, bool]]) -> list[tuple[State | None, Event, State | None]]:
    """Each step of somebody's way: before, event, after. Refused events change nothing."""
    state: State | None = None
    own_word = False
    steps = []
    for event, suppressed in events:
        result = after(state, event, suppressed=suppressed, own_word=own_word)
        following = state if isinstance(result, Refusal) else result
        if suppressed or not isinstance(result, Refusal):
            own_word = (own_word or suppressed or event is Event.LEFT) and not (
                event is Event.CONFIRMED and following is State.ACTIVE
            )
        steps.append((state, event, following))
        state = following
    return steps


@given(STATES, EVENTS, st.booleans())
def test_every_event_has_an_answer_in_every_state(
    state: State | None, event: Event, suppressed: bool
) -> None:
    assert isinstance(after(state, event, suppressed=suppressed), State | Refusal)


@given(st.lists(st.tuples(EVENTS, st.booleans())))
def test_nobody_becomes_active_but_by_a_confirmation_or_a_stated_consent(
    events: list[tuple[Event, bool]],
) -> None:
    for before, event, following in _walk(events):
        if following is State.ACTIVE and before is not State.ACTIVE:
            assert event in (Event.CONFIRMED, Event.STATED)


@given(st.lists(st.tuples(EVENTS, st.booleans())))
def test_whoever_left_comes_back_through_pending_only(events: list[tuple[Event, bool]]) -> None:
    for before, event, following in _walk(events):
        if before is State.UNSUBSCRIBED and following is not before:
            assert (following, event) == (State.PENDING, Event.REQUESTED_AGAIN)


@given(st.lists(st.tuples(EVENTS, st.booleans()), min_size=1))
def test_nobodys_word_but_their_own_brings_back_who_left_or_was_suppressed(
    events: list[tuple[Event, bool]],
) -> None:
    gone = False
    for (before, event, following), (_, suppressed) in zip(_walk(events), events, strict=True):
        if before is not State.ACTIVE and following is State.ACTIVE:
            assert event is Event.CONFIRMED or not gone
            gone = gone and event is not Event.CONFIRMED
        left = event is Event.LEFT and following is not before
        gone = gone or left or suppressed


@pytest.mark.parametrize("state", [None, State.PENDING])
def test_a_stated_consent_does_not_count_where_only_the_own_word_does(state: State | None) -> None:
    stated = Event.STATED
    assert after(state, stated, suppressed=False) is State.ACTIVE
    assert after(state, stated, suppressed=False, own_word=True) is Refusal.OWN_WORD
    for event in (Event.REQUESTED, Event.REQUESTED_AGAIN):
        result = after(state, event, suppressed=False, own_word=True)
        assert result is (Refusal.ALREADY if state else State.PENDING)
    result = after(State.PENDING, Event.CONFIRMED, suppressed=False, own_word=True)
    assert result is State.ACTIVE


@given(STATES, EVENTS)
def test_a_suppressed_address_can_only_leave_or_be_reinstated(
    state: State | None, event: Event
) -> None:
    result = after(state, event, suppressed=True)
    if event not in (Event.LEFT, Event.REINSTATED):
        assert result is Refusal.SUPPRESSED
    assert result is not State.ACTIVE


@pytest.mark.parametrize("suppressed", [False, True])
@pytest.mark.parametrize("state", [State.PENDING, State.ACTIVE])
def test_one_can_always_leave(state: State, suppressed: bool) -> None:
    assert after(state, Event.LEFT, suppressed=suppressed) is State.UNSUBSCRIBED


def test_the_usual_way() -> None:
    usual = [Event.REQUESTED, Event.CONFIRMED, Event.CONFIRMED, Event.LEFT, Event.CONFIRMED]
    steps = _walk([(event, False) for event in usual])
    states = [following for _, _, following in steps]
    assert states == [
        State.PENDING,
        State.ACTIVE,
        State.ACTIVE,
        State.UNSUBSCRIBED,
        State.UNSUBSCRIBED,
    ]


def test_a_reinstated_address_has_to_confirm_what_was_active() -> None:
    assert after(State.ACTIVE, Event.REINSTATED, suppressed=True) is State.PENDING
    assert after(State.PENDING, Event.REINSTATED, suppressed=True) is State.PENDING
    assert after(State.ACTIVE, Event.REINSTATED, suppressed=False) is Refusal.ALREADY
    assert after(State.UNSUBSCRIBED, Event.REINSTATED, suppressed=True) is Refusal.ALREADY


@given(st.integers(-5000, 5000))
def test_a_confirmation_is_of_the_request_by_whole_seconds(milliseconds: int) -> None:
    since = NOW  # the store keeps seconds
    issued = NOW + timedelta(milliseconds=milliseconds)
    assert is_fresh(issued, since) == (milliseconds >= 0)
    assert is_fresh(NOW, NOW + timedelta(milliseconds=999))


def test_an_address_gets_one_mail_in_24_hours_and_three_for_ever() -> None:
    soon = NOW - BETWEEN_MAILS + timedelta(seconds=1)
    assert mailing(0, None, asked=0, now=NOW) is Mailing.MAY
    assert mailing(1, soon, asked=0, now=NOW) is Mailing.TOO_SOON
    assert mailing(MOST_MAILS - 1, NOW - BETWEEN_MAILS, asked=0, now=NOW) is Mailing.MAY
    assert mailing(MOST_MAILS, LONG_AGO, asked=0, now=NOW) is Mailing.TOO_MANY
    assert mailing(1, LONG_AGO, asked=1, now=NOW) is Mailing.ASKED


def test_a_clock_that_was_ahead_silences_no_address__s_38() -> None:
    """The last mail was noted for a year to come; one that is ahead by less is not forgotten."""
    assert mailing(1, NOW + timedelta(days=1500), asked=0, now=NOW) is Mailing.MAY
    assert mailing(1, NOW + timedelta(hours=23), asked=0, now=NOW) is Mailing.TOO_SOON


@pytest.mark.parametrize("dead", [Mailing.RAN_OUT, Mailing.REWORDED])
def test_whose_link_is_dead_gets_one_more_mail_within_the_three(dead: Mailing) -> None:
    assert mailing(1, LONG_AGO, asked=1, dead=dead, now=NOW) is dead
    assert mailing(2, LONG_AGO, asked=2, dead=dead, now=NOW) is Mailing.ASKED_TWICE
    assert mailing(2, LONG_AGO, asked=2, now=NOW) is Mailing.ASKED
    assert mailing(1, NOW, asked=1, dead=dead, now=NOW) is Mailing.TOO_SOON
    assert mailing(MOST_MAILS, LONG_AGO, asked=1, dead=dead, now=NOW) is Mailing.TOO_MANY
    assert mailing(1, LONG_AGO, asked=1, dead=dead, imported=True, now=NOW) is Mailing.IMPORTED
    assert mailing(0, None, asked=0, imported=True, now=NOW) is Mailing.MAY


def test_what_can_be_mailed_says_so() -> None:
    assert all(one.able == one.value.startswith("can be mailed") for one in Mailing)
