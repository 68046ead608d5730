"""Quotas of a relay: how many letters may leave in which time, and how long an edition takes.

A quota of N letters in S seconds means: in no stretch of S seconds do more than N leave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import msgspec

from newsfeed.address import AddressError, parse_address
from newsfeed.errors import SettingsError

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_FORM = re.compile(r"([1-9][0-9]{0,8})/(second|minute|hour|day)")


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """At most `count` letters in `seconds`; to one receiving domain (lower-case ASCII) or, with
    "", to all together.
    """

    count: int
    seconds: int
    domain: str = ""


def parse_quota(text: str, where: str) -> Quota:
    """A quota such as `100/minute` or `10000/day`. `where` names the setting.

    Raises SettingsError.
    """
    found = _FORM.fullmatch(text.strip())
    if not found:
        raise SettingsError(
            f"{text!r} is not a quota",
            where=where,
            remedy='write a number and second, minute, hour or day, like "100/minute"',
        )
    return Quota(count=int(found[1]), seconds=_SECONDS[found[2]])


def parse_domain_quota(text: str, where: str) -> Quota:
    """A quota of one receiving domain, such as `gmail.com 20/minute`. Raises SettingsError.

    The domain is read as that of an address, so that both are written in the same way.
    """
    domain, *amount = text.split() or [""]
    if len(amount) != 1:
        raise _no_domain_quota(text, where)
    try:
        name = parse_address(f"postmaster@{domain}").key.partition("@")[2]
    except AddressError:
        raise _no_domain_quota(text, where) from None
    return msgspec.structs.replace(parse_quota(amount[0], where), domain=name)


def _no_domain_quota(text: str, where: str) -> SettingsError:
    return SettingsError(
        f"{text!r} is not the quota of a domain",
        where=where,
        remedy='write the domain of addresses, a space and a quota, like "gmail.com 20/minute"',
    )


def estimate(
    letters: int, quotas: Iterable[Quota], by_domain: Mapping[str, int] | None = None
) -> timedelta:
    """How long the quotas alone keep the last of `letters` waiting; the first leaves at once.

    Exact for quotas of all letters together. A domain's quota counts only where `by_domain` says
    how many of the letters go there, and then as if those went first.
    """
    known = tuple(quotas)
    general = [quota for quota in known if not quota.domain]
    longest = _wait(letters, general)
    for domain, some in (by_domain or {}).items():
        own = [quota for quota in known if quota.domain == domain]
        longest = max(longest, _wait(some, general + own))
    return timedelta(seconds=longest)


def _wait(letters: int, quotas: Sequence[Quota]) -> int:
    """Letter i (from 0) leaves as soon as each quota lets it: t(i) = max of t(i - count) + seconds.

    Unrolled, that is the dearest way to spend i letters on whole quotas: a knapsack.
    """
    useful = [q for q in set(quotas) if not any(_looser(q, other) for other in quotas)]
    useful.sort(key=lambda q: (-q.seconds / q.count, q.seconds))
    return _dearest(max(letters - 1, 0), useful)


def _looser(quota: Quota, other: Quota) -> bool:
    """Whether who keeps the other keeps this one as well."""
    one, two = (quota.count, -quota.seconds), (other.count, -other.seconds)
    return one != two and one[0] >= two[0] and one[1] >= two[1]


def _dearest(room: int, quotas: Sequence[Quota]) -> int:
    """The most seconds that whole quotas within `room` letters add up to; dearest letters first."""
    if not quotas:
        return 0
    first, rest = quotas[0], quotas[1:]
    most = room // first.count
    if not rest:
        return most * first.seconds
    best = 0
    # Any `first.count` others hold some that whole ones of the first replace without loss.
    enough = first.count * max(quota.count for quota in rest)
    for times in range(most, -1, -1):
        left, spent = room - times * first.count, times * first.seconds
        if left > enough or (spent - best) * rest[0].count + left * rest[0].seconds <= 0 < best:
            break
        best = max(best, spent + _dearest(left, rest))
    return best
