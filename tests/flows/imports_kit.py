"""A site whose subscribers come in from files and go out into files."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from newsfeed.address import parse_address
from newsfeed.app import people as open_people
from newsfeed.audience import journal, keys
from newsfeed.flows.exporting import ExportOptions, export_subscribers
from newsfeed.flows.importing import import_subscribers
from newsfeed.flows.intake import ImportOptions, ImportReport
from newsfeed.flows.subscribing import Visitor, leave
from newsfeed.model import SubscriptionState, SuppressionReason
from newsfeed.store import consents, subscribers, suppression
from tests.kit import NEWSLETTER, NOW, SETTINGS, Site

EXPORTS = Path(__file__).parent.parent / "audience" / "exports"
SECOND = NEWSLETTER.replace("weekly", "daily")


class Known(NamedTuple):
    """What the store knows of an address."""

    state: SubscriptionState | None
    since: datetime | None
    name: str
    public_id: str
    suppressed: SuppressionReason | None
    consents: tuple[consents.Consent, ...]


class Audience:
    """A site with one newsletter (or two), and its subscribers."""

    def __init__(self, folder: Path, *, second: bool = False) -> None:
        self.site = Site(folder, SETTINGS + NEWSLETTER + (SECOND if second else ""))
        self.plan = self.site.plan()

    def write(self, text: str | bytes, name: str = "people.csv") -> Path:
        """A file to import."""
        path = self.site.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def take(
        self,
        source: str | bytes | Path,
        *,
        now: datetime = NOW,
        mapping: Mapping[str, str] | None = None,
        ignored: tuple[str, ...] = (),
        unsubscribed: Path | None = None,
        suppressed: Path | None = None,
        report: Path | None = None,
        no_unsubscribed: bool = False,
        skip_bad: bool = False,
        dry_run: bool = False,
        **words: str,
    ) -> ImportReport:
        """Import a file, or text written to one."""
        options = ImportOptions(
            file=source if isinstance(source, Path) else self.write(source),
            newsletter=words.pop("newsletter", ""),
            service=words.pop("service", "auto"),
            encoding=words.pop("encoding", ""),
            separator=words.pop("separator", ""),
            consent_source=words.pop("consent_source", ""),
            mapping=mapping or {},
            ignored=ignored,
            unsubscribed=unsubscribed,
            suppressed=suppressed,
            report=report,
            no_unsubscribed=no_unsubscribed,
            skip_bad=skip_bad,
            dry_run=dry_run,
        )
        assert not words
        with open_people(self.plan, now) as people:
            return import_subscribers(people, options, lambda _what, _done, _total: None)

    def export(
        self,
        *,
        newsletter: str = "",
        state: SubscriptionState | None = None,
        form: Literal["csv", "json"] = "csv",
    ) -> str:
        """What `export` writes."""
        out = io.StringIO(newline="")
        options = ExportOptions(newsletter=newsletter, state=state, format=form)
        with open_people(self.plan, NOW) as people:
            export_subscribers(people, options, out, lambda _what, _done, _total: None)
        return out.getvalue()

    def known(self, address: str, newsletter: str = "weekly") -> Known:
        """What the store knows of an address."""
        with open_people(self.plan, NOW) as people:
            hashed = keys.address_hash(people.keys, parse_address(address).key)
            why = suppression.reason(people.db, hashed)
            person = subscribers.find(people.db, hashed)
            found = subscribers.subscription(people.db, person.id, newsletter) if person else None
            return Known(
                state=found.state if found else None,
                since=found.since if found else None,
                name=person.name if person else "",
                public_id=person.public_id if person else "",
                suppressed=why[0] if why else None,
                consents=tuple(consents.of(people.db, person.id)) if person else (),
            )

    def state(self, address: str, newsletter: str = "weekly") -> SubscriptionState | None:
        """What an address is to a newsletter."""
        return self.known(address, newsletter).state

    def leave(self, address: str) -> None:
        """Somebody follows the link in their letter."""
        with open_people(self.plan, NOW) as people:
            leave(people, "weekly", self.known(address).public_id, Visitor(way="link"))

    def suppress(self, address: str) -> None:
        """An address bounces."""
        with open_people(self.plan, NOW) as people:
            hashed = keys.address_hash(people.keys, parse_address(address).key)
            suppression.suppress(people.db, hashed, SuppressionReason.BOUNCED, NOW)

    def journal(self) -> list[tuple[str, str]]:
        """Event and newsletter of each entry."""
        return [(entry.event, entry.newsletter) for entry in journal.read(self.plan.journal)]

    def addresses(self) -> list[str]:
        """Every address that is stored."""
        rows = self.export().splitlines()[1:]
        return [row.partition(",")[0] for row in rows]


def utc(text: str) -> datetime:
    """A time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
