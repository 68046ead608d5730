"""Quotas as the settings write them, and how long they keep an edition waiting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.deliver.pace import Quota, estimate, parse_domain_quota, parse_quota
from newsfeed.errors import SettingsError

QUOTAS = st.lists(
    st.builds(Quota, count=st.integers(1, 15), seconds=st.integers(1, 40)), max_size=4
)


def simulated(letters: int, quotas: Sequence[Quota]) -> int:
    """Second after second: a letter leaves as soon as no stretch of time holds too many."""
    left: list[int] = []
    second = 0
    while len(left) < letters:
        if all(sum(second - quota.seconds < at for at in left) < quota.count for quota in quotas):
            left.append(second)
        else:
            second += 1
    return left[-1] if left else 0


@given(letters=st.integers(0, 60), quotas=QUOTAS)
def test_the_estimate_is_what_a_simulation_takes(letters: int, quotas: list[Quota]) -> None:
    assert estimate(letters, quotas) == timedelta(seconds=simulated(letters, quotas))


@given(letters=st.integers(0, 10**9), quotas=QUOTAS)
def test_another_letter_never_makes_it_shorter(letters: int, quotas: list[Quota]) -> None:
    assert estimate(letters, quotas) <= estimate(letters + 1, quotas)


def test_the_first_letters_leave_at_once_and_the_next_after_the_time() -> None:
    quota = parse_quota("100/minute", "")
    assert estimate(0, [quota]) == estimate(100, [quota]) == timedelta()
    assert estimate(101, [quota]) == timedelta(minutes=1)


def test_ten_million_letters_under_four_quotas_are_estimated_at_once() -> None:
    quotas = [
        parse_quota(text, "") for text in ("7/second", "199/minute", "9973/hour", "99991/day")
    ]
    assert estimate(10_000_000, quotas) == timedelta(days=100, seconds=254)


def test_without_quotas_nothing_waits() -> None:
    assert estimate(10**6, []) == timedelta()


def test_a_domains_quota_counts_for_the_letters_that_go_there() -> None:
    quotas = [parse_quota("100/minute", ""), parse_domain_quota("gmail.com 20/minute", "")]
    assert estimate(200, quotas) == timedelta(minutes=1)
    assert estimate(200, quotas, {"gmail.com": 61, "example.org": 139}) == timedelta(minutes=3)


@pytest.mark.parametrize(
    ("text", "count", "seconds"),
    [
        ("1/second", 1, 1),
        ("100/minute", 100, 60),
        (" 5/hour ", 5, 3600),
        ("10000/day", 10000, 86400),
    ],
)
def test_a_quota_is_a_number_and_a_time(text: str, count: int, seconds: int) -> None:
    assert parse_quota(text, "") == Quota(count=count, seconds=seconds)


@pytest.mark.parametrize(
    "text",
    ["", "100", "0/minute", "-1/minute", "1.5/minute", "100/minutes", "100 per minute", "１/day"],
)
def test_another_form_is_refused_with_the_right_one(text: str) -> None:
    with pytest.raises(SettingsError, match="100/minute") as caught:
        parse_quota(text, "newsfeed.toml: mail.smtp.rate")
    assert "mail.smtp.rate" in str(caught.value)


def test_a_domain_is_written_as_in_addresses() -> None:
    assert parse_domain_quota("Example.ORG  20/minute", "").domain == "example.org"
    assert parse_domain_quota("예시.example.com 1/day", "").domain == "xn--vv4b11d.example.com"


@pytest.mark.parametrize(
    "text", ["", " ", "gmail.com", "20/minute", "gmail.com 20/minute x", "a@b.com 1/day", "x 1/day"]
)
def test_another_form_of_a_domains_quota_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"gmail\.com 20/minute"):
        parse_domain_quota(text, "mail.smtp.per_domain")


@given(st.text())
def test_no_text_gives_anything_but_a_quota_or_a_settings_error(text: str) -> None:
    for parse in (parse_quota, parse_domain_quota):
        try:
            parse(text, "")
        except SettingsError as error:
            assert "\n" not in str(error)
