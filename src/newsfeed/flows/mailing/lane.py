"""An edition on its way: its press, how far it is, and what keeps its other letters back."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from newsfeed.audience.tokens import bounce_signer
from newsfeed.deliver.verp import envelope_sender
from newsfeed.digest.gate import header_count
from newsfeed.errors import OutputError
from newsfeed.flows.letters import refuse_flaws
from newsfeed.flows.naming import standstill
from newsfeed.flows.people import People
from newsfeed.flows.pressing import Press, press_of, renewed
from newsfeed.flows.signing import signature_of
from newsfeed.model import EditionState
from newsfeed.settings import Newsletter
from newsfeed.store import deliveries, editions, holds, tallies
from newsfeed.store.deliveries import Claim
from newsfeed.store.editions import EditionRecord
from newsfeed.units import duration, share

WATCHED = 200
"""The first letters of an edition, of which no more than a share may fail (guarantee 5)."""

_DOMAINS = 3
_ALL_FAIL = 3
_LONGEST_WAIT = timedelta(hours=12)
"""No relay and no hold puts a letter off for longer; a clock that was wrong does."""


class Lane:
    """What a run knows of one released edition. It is read anew when somebody else wrote.

    `out` of its letters are on the wire, `sent` left in this run, and `tried` ever, as far as the
    canary asks. `next` is when there may be more to claim, if it is known. `why` says what keeps
    the others back. `holds` are the domains that refuse it.
    """

    def __init__(self, people: People, newsletter: Newsletter, edition: EditionRecord) -> None:
        self._people = people
        self._headers: dict[str, int] = {}
        self._watched = True
        self._watching = False
        self.newsletter = newsletter
        self.edition = edition
        self.press: Press = press_of(people, newsletter, edition)
        self._bounces = people.plan.mail.bounces
        self._bounce_token = bounce_signer(people.keys, edition.id)
        self.sign = signature_of(people.plan, self.press.sender.rpartition("@")[2])
        self.out = 0
        self.sent = 0
        self.tried = 0
        self.next: datetime | None = None
        self.over = False
        self.why = ""
        self.holds: dict[str, holds.Hold] = {}

    def read(self, edition: EditionRecord, now: datetime) -> None:
        """Take in what the ledger says of the edition now."""
        db = self._people.db
        self.edition, self.next, self.over = edition, None, False
        self.holds = holds.of(db, edition.id)
        press = renewed(self._people, self.newsletter, self.press)
        if press is not self.press:
            self.press, self._headers = press, {}
        if self.newsletter.canary:
            self.tried = deliveries.tried(db, edition.id, 2 * self.newsletter.canary + 1)
        if not self._people.plan.mail.smtp.per_domain:
            deliveries.recall(db, edition.id, now + _LONGEST_WAIT, now)
        self.wait_for_newsletter(db, now)

    def wait_for_newsletter(self, db: sqlite3.Connection, now: datetime) -> None:
        """Notice a pause, of the edition or of its newsletter, and the end of one."""
        self.why = standstill(db, self.edition.newsletter, now)
        if self.edition.state is not EditionState.RELEASED:
            self.why = self.edition.why or f"it is {self.edition.state.value}"

    def room(self, now: datetime) -> int | None:
        """How many letters may be claimed now; None for any number."""
        if self.why or self.over or (self.next is not None and self.next > now):
            return 0
        if not self._has_canary or self._watched_until(now):
            return 0 if self._has_canary else None
        if self.edition.canary_until is not None:
            return None
        return max(self.newsletter.canary - self.tried - self.out, 0)

    def opens(self, now: datetime) -> datetime | None:
        """When there may be more of it; None where that needs somebody's doing."""
        if self.why or self.over:
            return None
        return self._watched_until(now) or self.next or now

    @property
    def _has_canary(self) -> bool:
        """Whether it began with one: of an edition that had more letters out already, what is set
        now is not the beginning.
        """
        return self.newsletter.canary > 0 and self.tried <= 2 * self.newsletter.canary

    def _watched_until(self, now: datetime) -> datetime | None:
        """Until when the canary is watched; None where it is not, or not any more."""
        until = self.edition.canary_until
        if until is None or not self._has_canary or until <= now:
            return None
        return min(until, now + duration(self.newsletter.canary_wait))

    def watch(self, db: sqlite3.Connection, now: datetime) -> str:
        """Where the first letters had all their answers, let the others wait for a while. Before
        and after it, too much that went wrong stops the edition. What there is to tell, or "".
        """
        if self.why or not self._has_canary:
            return ""
        if self._watched_until(now):
            self._watching = True
        elif self.edition.canary_until is not None:
            if self._watching and not self._stopped_by_canary(db, at_the_end=True):
                self._watching = False
        elif self.tried >= self.newsletter.canary and not self.out:
            left = deliveries.next_due(db, self.edition.id) is not None
            if left and not self._stopped_by_canary(db):
                until = now + duration(self.newsletter.canary_wait)
                editions.set_canary(db, self.edition.id, until)
                self.edition = editions.get(db, self.edition.id)
                name = self.edition.name
                return (
                    f"{name}: {self.tried} letters are out; look at one. The others go at "
                    f"{until.astimezone(self.press.zone):%H:%M %Z}, unless "
                    f"`newsfeed editions pause {name}` holds them"
                )
        return ""

    def _stopped_by_canary(self, db: sqlite3.Connection, *, at_the_end: bool = False) -> bool:
        sent, failed = tallies.first_outcomes(db, self.edition.id, WATCHED)
        new = failed - self.edition.forgiven
        if new > share(self.newsletter.stop_at_failures) * (sent + failed):
            self.stop(db, f"{failed} of the first {sent + failed} letters failed")
        elif at_the_end and not sent:
            self.stop(db, "none of the first letters was taken")
        return bool(self.why)

    def look_for_more(self, db: sqlite3.Connection, now: datetime) -> bool:
        """Whether to claim again: all that were claimed may have left. Notes when there will be
        more, or that the edition is complete.
        """
        self.next = deliveries.next_due(db, self.edition.id)
        self.over = self.next is None
        if self.over and editions.get(db, self.edition.id).state is EditionState.RELEASED:
            editions.set_finished(db, self.edition.id, now)
        return self.next is not None and self.next <= now

    def message(self, claim: Claim, now: datetime) -> bytes:
        """The copy for whoever is claimed, signed. The first one of each variant is looked at
        as a whole, and the others if they have not as many headers. Raises NewsfeedError.
        """
        try:
            message = self.press.message(claim, now)
        except ValueError as error:
            raise OutputError(f"the letter cannot be made: {type(error).__name__}") from None
        count, variant = header_count(message), self.press.variant(claim)
        if count != self._headers.get(variant):
            refuse_flaws(message, self.newsletter.name, self.press.label)
            self._headers[variant] = count
        return self.sign(message, int(now.timestamp())) + message if self.sign else message

    def envelope_sender(self, claim: Claim) -> str:
        """The same on every try: greylisting knows letters by it (RFC 6647 section 5)."""
        if not self._bounces:
            return self.press.sender
        return envelope_sender(self._bounces, self._bounce_token(claim.public_id))

    def stop(self, db: sqlite3.Connection, why: str) -> None:
        """The edition is paused until somebody has looked."""
        if self.edition.state is EditionState.RELEASED:
            editions.set_state(db, self.edition.id, EditionState.PAUSED, why)
            self.edition = editions.get(db, self.edition.id)
        self.why = self.edition.why or why

    def fault(self, db: sqlite3.Connection, fresh: int) -> str:
        """Why too much goes wrong for the edition to go on after a failure; "" if it may.

        `fresh` letters became final in this step: the step that goes beyond the first ones counts.
        """
        refusing = [hold.domain for hold in self.holds.values()]
        if len(refusing) >= _DOMAINS:
            return f"our letters to {', '.join(sorted(refusing)[:_DOMAINS])} are refused"
        if not self._watched:
            return ""
        most = 2 * WATCHED + self.edition.forgiven
        sent, failed = tallies.first_outcomes(db, self.edition.id, most)
        self._watched = sent + failed - fresh < WATCHED
        new = failed - self.edition.forgiven
        if not self._watched:
            return ""
        if new > share(self.newsletter.stop_at_failures) * WATCHED:
            return f"{failed} of the first {sent + failed} letters failed"
        if not sent and new >= _ALL_FAIL:
            return f"all of the first {failed} letters failed"
        return ""


def lanes_of(people: People, known: list[Lane], now: datetime) -> list[Lane]:
    """The released editions that leave by SMTP, the oldest first; those `known` keep what they
    know of this run.
    """
    by_id = {lane.edition.id: lane for lane in known}
    found = []
    for edition in reversed(editions.everything(people.db)):
        lane = by_id.get(edition.id)
        newsletter = people.newsletter(edition.newsletter)
        if lane is None and edition.state is EditionState.RELEASED and newsletter is not None:
            if edition.transport != "smtp":
                continue
            lane = Lane(people, newsletter, edition)
        if lane is not None:
            lane.read(edition, now)
            found.append(lane)
    return found
