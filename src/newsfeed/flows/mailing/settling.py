"""What a relay answered -> what the ledger is to say of it (guarantee 5)."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from newsfeed.deliver.outcome import Verdict, judge
from newsfeed.deliver.smtp.parcel import Result
from newsfeed.deliver.waits import hold_until, next_try
from newsfeed.deliver.words import reply_words
from newsfeed.model import DeliveryState
from newsfeed.store.deliveries import Claim, Outcome
from newsfeed.store.holds import Hold

_BUSY = timedelta(seconds=15)
"""How long a letter waits of which a relay had no time to speak (421)."""


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be stored of one result.

    `suppress`: the address gets nothing any more. `hold`: nothing goes to its domain for a while.
    `pause`: the edition waits for somebody to look, for this reason.
    """

    outcome: Outcome
    suppress: bool = False
    hold: Hold | None = None
    pause: str = ""


def settle(
    result: Result, claim: Claim, hold: Hold | None, now: datetime, give_up_after: timedelta
) -> Settled:
    """What is to be stored of a result at `now` (aware). `hold` is its domain's, or None."""
    words = reply_words(result.reply, result.lost, recipient=claim.address)
    if result.reply is None:
        if not result.lost:
            return Settled(outcome=_untried(claim, words, now))
        outcome = _again(claim, words, now, give_up_after, lost=True)
        return Settled(outcome=msgspec.structs.replace(outcome, unknown=result.begun))
    verdict = judge(result.stage, result.reply)
    if verdict is Verdict.SENT:
        return Settled(outcome=Outcome(claim=claim, state=DeliveryState.SENT, reply=words))
    if verdict in (Verdict.FAIL, Verdict.SUPPRESS):
        outcome = Outcome(claim=claim, state=DeliveryState.FAILED, reply=words)
        return Settled(outcome=outcome, suppress=verdict is Verdict.SUPPRESS)
    if verdict is Verdict.PAUSE:
        why = f"the relay refuses our letters: {words}"
        return Settled(outcome=_untried(claim, words, now), pause=why)
    if verdict is Verdict.REQUEUE:
        return Settled(outcome=_untried(claim, words, now + _BUSY))
    if verdict is Verdict.HOLD:
        return _held(claim, words, hold, now, give_up_after)
    return Settled(outcome=_again(claim, words, now, give_up_after, lost=False))


def domain_of(claim: Claim) -> str:
    """The receiving domain, as quotas and holds name it."""
    return claim.address.rpartition("@")[2].lower()


def put_off(claim: Claim, due: datetime, now: datetime, *, counts: bool = False) -> Outcome:
    """A letter that must wait, which is no try. Waiting for a quota does not count towards giving
    up; for a domain that refuses us it does, with `counts`.
    """
    waited = max(int((due - now).total_seconds()), 0)
    if not counts:
        return msgspec.structs.replace(_untried(claim, "", due), waited=waited)
    since = claim.since or int(now.timestamp())
    return _untried(msgspec.structs.replace(claim, since=since), "", due)


def given_up(
    claim: Claim, now: datetime, give_up_after: timedelta, words: str = ""
) -> Outcome | None:
    """The end of a letter that waited too long for its domain; None where it may go on waiting."""
    if claim.since is None or now.timestamp() - claim.since < give_up_after.total_seconds():
        return None
    return Outcome(claim=claim, state=DeliveryState.FAILED, reply=f"given up: {words}", tried=False)


def _untried(claim: Claim, words: str, due: datetime) -> Outcome:
    state = DeliveryState.DEFERRED if claim.tries else DeliveryState.QUEUED
    return Outcome(claim=claim, state=state, reply=words, due=due, tried=False)


def _again(
    claim: Claim, words: str, now: datetime, give_up_after: timedelta, *, lost: bool
) -> Outcome:
    since = None if claim.since is None else datetime.fromtimestamp(claim.since, now.tzinfo)
    due = next_try(claim.tries, since, now, give_up_after, lost=lost)
    if due is None:
        return Outcome(claim=claim, state=DeliveryState.FAILED, reply=f"given up: {words}")
    return Outcome(claim=claim, state=DeliveryState.DEFERRED, reply=words, due=due)


def _held(
    claim: Claim, words: str, hold: Hold | None, now: datetime, give_up_after: timedelta
) -> Settled:
    """The domain refuses us for what we are. Letters that were on their way at the same time are
    refused with it, and are one strike.
    """
    fresh = hold is not None and hold.until > now
    strikes = hold.strikes if hold and fresh else (hold.strikes if hold else 0) + 1
    until = hold.until if hold and fresh else hold_until(strikes, now)
    outcome = _again(claim, words, now, give_up_after, lost=False)
    if outcome.state is DeliveryState.DEFERRED and outcome.due is not None:
        outcome = msgspec.structs.replace(outcome, due=max(outcome.due, until))
    return Settled(
        outcome=outcome,
        hold=Hold(domain=domain_of(claim), until=until, strikes=strikes, reply=words),
    )
