"""What mails that are no editions share on their way to the relay: signatures, quotas, and when
the relay or a receiving domain wants no more of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from newsfeed.deliver.outcome import Verdict
from newsfeed.deliver.verp import checked_bounces
from newsfeed.flows.editions import sender_of
from newsfeed.flows.mailing.quotas import Quotas
from newsfeed.flows.people import People
from newsfeed.flows.posting import Post, Posted
from newsfeed.flows.signing import Sign, signature_of
from newsfeed.model import SuppressionReason
from newsfeed.settings import Newsletter
from newsfeed.store import facts, suppression

WITHIN = 600.0
"""Seconds that one call goes on; whoever is not mailed by then is left for another."""

_NO_EDITION = 0

_REFUSING = timedelta(minutes=15)
"""After that a mail to a domain comes again that refused another one for what we are."""

_DOMAINS = 3
"""Receiving domains that refuse us for what we are, after which the fault is ours."""


class Carrier:
    """One call's way to the relay, for mails from some newsletters' senders.

    `trouble` says why no more can leave; "" while they can. Raises SettingsError for a key or an
    address for bounces that cannot be used.
    """

    def __init__(self, people: People, newsletters: Iterable[Newsletter]) -> None:
        plan = people.plan
        domains = {_domain(sender_of(one).address) for one in newsletters}
        self._db = people.db
        self._bounces = checked_bounces(plan.mail.bounces)
        self._quotas = Quotas(plan.mail.smtp)
        self._signs: dict[str, Sign | None] = {
            domain: signature_of(plan, domain) for domain in sorted(domains)
        }
        self._refusing: set[str] = set()
        self.trouble = ""

    def keeps_all(self, now: datetime) -> bool:
        """Whether every mail has to wait for another call."""
        return bool(facts.paused(self._db, now)) or self._has_no_room(now)

    def kept_until(self, address: str, now: datetime) -> datetime | None:
        """When a mail comes again that its receiving domain keeps back; None where it does not.

        To be asked once of each: who is kept back stands in a line then.
        """
        domain = _domain(address)
        if domain in self._refusing:
            return now + _REFUSING
        return self._quotas.put_off(self._db, _NO_EDITION, domain, now)

    def has_no_room(self, address: str, now: datetime) -> bool:
        """Whether a mail has to wait, although everything may be paused: for who is told that."""
        return self._has_no_room(now) or self.kept_until(address, now) is not None

    def _has_no_room(self, now: datetime) -> bool:
        return bool(self.trouble) or not self._quotas.room(self._db, now, 1)[0]

    def post(self, sender: str, recipient: str, message: bytes, now: datetime) -> Post:
        """The mail, signed, and counted as leaving now. The caller commits."""
        self._quotas.count(self._db, _domain(recipient), now)
        sign = self._signs[_domain(sender)]
        return Post(
            sender=self._bounces or sender,
            recipient=recipient,
            message=sign(message, int(now.timestamp())) + message if sign else message,
        )

    def hear(self, recipient: str, posted: Posted) -> None:
        """What became of a mail tells what the next ones may expect."""
        if posted.verdict is Verdict.HOLD:
            self._refusing.add(_domain(recipient))
        if posted.verdict is Verdict.PAUSE or len(self._refusing) >= _DOMAINS:
            self.trouble = f"the relay refuses our mail: {posted.said}"

    def suppress(self, address_hash: str, posted: Posted, now: datetime) -> None:
        """An address that does not exist gets nothing any more. The caller commits."""
        dead = posted.verdict is Verdict.SUPPRESS
        if dead and not suppression.reason(self._db, address_hash):
            suppression.suppress(self._db, address_hash, SuppressionReason.BOUNCED, now)


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
