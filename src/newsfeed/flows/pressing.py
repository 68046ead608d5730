"""The press of an edition: what all copies share is made once, then one copy after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.audience.tokens import leave_signer, leave_url
from newsfeed.digest.compiled import Compiled, Copy
from newsfeed.digest.variants import variant_for
from newsfeed.flows.editions import sender_of, zone_of
from newsfeed.flows.lawful import label_of
from newsfeed.flows.letters import compiled_letter, frame_of, message_id, seed
from newsfeed.flows.people import People
from newsfeed.settings import Newsletter
from newsfeed.store import editions
from newsfeed.store.deliveries import Claim
from newsfeed.store.editions import EditionRecord


class Press(msgspec.Struct, frozen=True, kw_only=True):
    """Makes the copies of an edition as it was at one revision, from `sender`, an address. `seed`
    is what its Message-IDs are made from; `link` turns a public id into the way to leave. By law
    their subject begins with `label`. It has a letter for each variant of the edition, by language.
    """

    edition: EditionRecord
    seed: str
    sender: str
    compiled: Mapping[str, Compiled]
    zone: ZoneInfo
    link: Callable[[str], str]
    label: str = ""

    def variant(self, claim: Claim) -> str:
        """The language of the letter that whoever is claimed gets."""
        return variant_for(claim.language, self.compiled, self.edition.language)

    def message_id(self, claim: Claim) -> str:
        """The Message-ID of the copy for whoever is claimed, always the same for it."""
        return message_id(self.seed, claim.public_id, claim.copy, self.edition.domain)

    def message(self, claim: Claim, now: datetime) -> bytes:
        """The copy for whoever is claimed, dated `now` (aware).

        Raises OutputError or SettingsError where something of theirs cannot stand in a header.
        """
        return self.compiled[self.variant(claim)].message(
            Copy(
                to_address=claim.address,
                to_name=claim.name,
                message_id=self.message_id(claim),
                date=now.astimezone(self.zone),
                unsubscribe=self.link(claim.public_id),
            )
        )


def press_of(people: People, newsletter: Newsletter, edition: EditionRecord) -> Press:
    """The press of an edition. Raises SettingsError, OutputError."""
    plan = people.plan
    sender = sender_of(newsletter).address
    sign = leave_signer(people.keys, newsletter.name)

    def link(public_id: str) -> str:
        token = sign(public_id)
        if plan.mail.unsubscribe == "https":
            return leave_url(plan.links_url, newsletter.name, token)
        return f"mailto:{sender}?subject=unsubscribe%20{token}"

    return Press(
        edition=edition,
        seed=seed(edition.origin, edition.slot),
        sender=sender,
        compiled=_compiled(people, newsletter, edition),
        zone=zone_of(newsletter, plan.site.timezone),
        link=link,
        label=label_of(plan, newsletter),
    )


def _compiled(
    people: People, newsletter: Newsletter, edition: EditionRecord
) -> dict[str, Compiled]:
    """The letters of an edition, by language."""
    found = {}
    for language, letter in editions.letters(people.db, edition.id).items():
        frame = frame_of(
            people.plan,
            newsletter,
            campaign=edition.slug,
            own=edition.language,
            language=language,
        )
        found[language] = compiled_letter(newsletter, letter, frame)
    return found


def renewed(people: People, newsletter: Newsletter, press: Press) -> Press:
    """A press of what the edition says now. Within the claim's transaction: who is claimed after
    a correction gets the corrected letter.
    """
    now = editions.get(people.db, press.edition.id)
    same = now.revision == press.edition.revision
    return press if same else press_of(people, newsletter, now)
