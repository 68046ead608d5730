"""An edition on its way: its press, how far it is, and what keeps its other letters back."""

from __future__ import annotations

import sqlite3
from datetime import datetime

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
from newsfeed.store import deliveries, editions
from newsfeed.store.deliveries import Claim
from newsfeed.store.editions import EditionRecord
from newsfeed.units import duration, share

WATCHED = 200
"""The first letters of an edition, of which no more than a share may fail (guarantee 5)."""

_DOMAINS = 3
_ALL_FAIL = 3


class Lane:
    """What a run knows of one released edition. It is read anew when somebody else wrote.

    `out` of its letters are on the wire, `sent` left in this run, and `tried` ever. `next` is when
    there may be more to claim, if it is known. `why` says what keeps the others back.
    """

    def __init__(self, people: People, newsletter: Newsletter, edition: EditionRecord) -> None:
        self._people = people
        self._headers = 0
        self._watched = True
        self.newsletter = newsletter
        self.edition = edition
        self.press: Press = press_of(people, newsletter, edition)
        self._bounces = people.plan.mail.bounces
        self._bounce_token = bounce_signer(people.keys, edition.id)
        self.sign = signature_of(people.plan, self.press.sender.rpartition("@")[2])
        self.out = 0
        self.sent = 0
        self.tried = deliveries.tried(people.db, edition.id, newsletter.canary)
        self.next: datetime | None = None
        self.over = False
        self.why = ""

    def read(self, edition: EditionRecord, now: datetime) -> None:
        """Take in what the ledger says of the edition now."""
        db = self._people.db
        self.edition, self.next, self.over = edition, None, False
        press = renewed(self._people, self.newsletter, self.press)
        if press is not self.press:
            self.press, self._headers = press, 0
        self.why = standstill(db, edition.newsletter, now)
        if edition.state is not EditionState.RELEASED:
            self.why = edition.why or f"it is {edition.state.value}"

    def room(self, now: datetime) -> int | None:
        """How many letters may be claimed now; None for any number."""
        if self.why or self.over or (self.next is not None and self.next > now):
            return 0
        canary, until = self.newsletter.canary, self.edition.canary_until
        if not canary or (until is not None and until <= now):
            return None
        return 0 if until is not None else max(canary - self.tried - self.out, 0)

    def canary_is_out(self) -> bool:
        """Whether the first letters had all their answers, and the time of watching begins."""
        canary = self.newsletter.canary
        waits = self.edition.canary_until is None and not self.out
        return bool(canary) and waits and self.tried >= canary

    def watch(self, db: sqlite3.Connection, now: datetime) -> None:
        """Begin to watch: the other letters wait for a while."""
        until = now + duration(self.newsletter.canary_wait)
        editions.set_canary(db, self.edition.id, until)
        self.edition = editions.get(db, self.edition.id)

    def message(self, claim: Claim, now: datetime) -> bytes:
        """The copy for whoever is claimed, signed. The first one of a press is looked at as a
        whole, and the others if they have not as many headers. Raises NewsfeedError.
        """
        try:
            message = self.press.message(claim, now)
        except ValueError as error:
            raise OutputError(f"the letter cannot be made: {type(error).__name__}") from None
        count = header_count(message)
        if count != self._headers:
            refuse_flaws(message, self.newsletter.name)
            self._headers = count
        return self.sign(message, int(now.timestamp())) + message if self.sign else message

    def envelope_sender(self, claim: Claim) -> str:
        """The same on every try: greylisting knows letters by it (RFC 6647 section 5)."""
        if not self._bounces:
            return self.press.sender
        return envelope_sender(self._bounces, self._bounce_token(claim.public_id))

    def pause(self, db: sqlite3.Connection, why: str) -> None:
        """The edition waits until somebody has looked."""
        if self.edition.state is EditionState.RELEASED:
            editions.set_state(db, self.edition.id, EditionState.PAUSED, why)
            self.edition = editions.get(db, self.edition.id)
        self.why = self.edition.why or why

    def fault(self, db: sqlite3.Connection, domains: int) -> str:
        """Why too much goes wrong for the edition to go on after a failure; "" if it may.

        `domains` is how many receiving domains refuse it.
        """
        if domains >= _DOMAINS:
            return f"{domains} receiving domains refuse us"
        if not self._watched:
            return ""
        most = WATCHED + self.edition.forgiven + 1
        sent, failed = deliveries.first_outcomes(db, self.edition.id, most)
        self._watched = sent + failed <= WATCHED
        new = failed - self.edition.forgiven
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
