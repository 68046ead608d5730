"""The next letter to a few addresses of the operator's own: no ledger row, no article used."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from newsfeed.address import Address, parse_address
from newsfeed.audience.keys import address_hash
from newsfeed.audience.tokens import leave_token, leave_url
from newsfeed.deliver import outbox
from newsfeed.digest.compiled import Copy, Frame
from newsfeed.errors import NewsfeedError, UsageError
from newsfeed.flows.build import Workshop
from newsfeed.flows.composing import draft
from newsfeed.flows.editions import choice_for, next_slot_of, zone_of
from newsfeed.flows.letters import (
    compiled_letter,
    domain_of,
    frame_of,
    message_id,
    refuse_flaws,
)
from newsfeed.flows.locks import delivery_lock
from newsfeed.flows.naming import edition_named
from newsfeed.flows.people import People
from newsfeed.model import EditionKind, EditionState, Letter
from newsfeed.settings import Newsletter
from newsfeed.store import editions, subscribers, suppression

MOST = 10
"""Addresses that a test letter may go to."""

PATIENCE = 60.0
"""Seconds to wait for another run that writes letters."""

_FOLDER = "test"
_WAITS = (EditionState.HELD, EditionState.READY)


class NothingToSendError(NewsfeedError):
    """There is no new article, and so no letter to try."""


def send_test(
    shop: Workshop,
    people: People,
    newsletter: Newsletter,
    addresses: Sequence[str],
    *,
    edition: str = "",
    patience: float = PATIENCE,
) -> list[str]:
    """Write the newsletter's next letter, `[test]` in its subject, for at most ten addresses.

    With `edition` that one's letter. Gives the paths of the files. The way to leave is the real
    one of whoever is subscribed, and else leads to a page alone. Waits up to
    `patience` seconds for another run that writes letters, or erases somebody.
    Raises AddressError, UsageError, NothingToSendError, StoreError where it takes longer,
    NewsfeedError for an address that is suppressed, and what composing raises; then nothing is
    written.
    """
    to = {one.key: one for one in map(parse_address, addresses)}
    if len(to) > MOST:
        raise UsageError(f"a test letter goes to {MOST} addresses at most", remedy="name fewer")
    letter = _letter(shop, newsletter, edition)
    frame = frame_of(shop.plan, newsletter, campaign=_FOLDER)
    compiled = compiled_letter(newsletter, letter, frame)
    folder = shop.plan.outbox / newsletter.name / _FOLDER
    found = []
    for one in to.values():
        name = address_hash(people.keys, one.key)
        message = compiled.message(_copy(shop, people, newsletter, frame, one))
        refuse_flaws(message, newsletter.name)
        found.append((name, message))
    with delivery_lock(shop.plan, patience):
        for one in to.values():
            _refuse_suppressed(people, one)
        outbox.write_many(folder, found)
    return [str(folder / f"{name}.eml") for name, _ in found]


def _copy(
    shop: Workshop, people: People, newsletter: Newsletter, frame: Frame, address: Address
) -> Copy:
    """What is one address's own in the letter."""
    name = address_hash(people.keys, address.key)
    person = subscribers.find(people.db, name)
    token = leave_token(people.keys, newsletter.name, person.public_id if person else name)
    return Copy(
        to_address=address.address,
        to_name=person.name if person else "",
        message_id=message_id(
            f"{newsletter.name}/{_FOLDER} {shop.seams.now.isoformat()}", name, 0, domain_of(frame)
        ),
        date=shop.seams.now.astimezone(zone_of(newsletter, shop.plan.site.timezone)),
        unsubscribe=leave_url(shop.plan.links_url, newsletter.name, token)
        if shop.plan.mail.unsubscribe == "https"
        else f"mailto:{frame.from_address}?subject=unsubscribe",
    )


def _refuse_suppressed(people: People, address: Address) -> None:
    """Whoever is to get nothing gets no letter to try either."""
    found = suppression.reason(people.db, address_hash(people.keys, address.key))
    if found:
        why, since = found
        raise NewsfeedError(
            f"this address gets nothing: {why.value} since {since:%Y-%m-%d}",
            where=address.address,
            remedy="try the letter with another address",
        )


def _letter(shop: Workshop, newsletter: Newsletter, name: str) -> Letter:
    """That of the edition `name`; with "" of the one that waits to be released, else of the one
    that would be next.
    """
    waits = [
        edition
        for edition in reversed(editions.everything(shop.db))
        if edition.newsletter == newsletter.name and edition.state in _WAITS
    ]
    if name or waits:
        wanted = edition_named(shop.db, name) if name else waits[0]
        (letter,) = editions.letters(shop.db, wanted.id).values()
    else:
        letter = _composed(shop, newsletter)
    return msgspec.structs.replace(letter, subject=f"[test] {letter.subject}")


def _composed(shop: Workshop, newsletter: Newsletter) -> Letter:
    choice = choice_for(shop, newsletter)
    if len(choice.items) < newsletter.min_items:
        raise NothingToSendError(
            "there is no new article, and so no letter to try",
            where=newsletter.name,
            remedy="write one; `newsfeed articles PATH` tells which edition an article is in",
        )
    slot = next_slot_of(newsletter, shop.plan.site.timezone, shop.seams.now) or shop.seams.now
    return draft(shop, newsletter, choice, kind=EditionKind.MANUAL, slot=slot).letter
