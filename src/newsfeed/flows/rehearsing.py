"""The next letter to a few addresses of the operator's own: no ledger row, no article used."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import msgspec

from newsfeed.address import Address, parse_address
from newsfeed.audience.keys import address_hash
from newsfeed.audience.tokens import leave_token, leave_url
from newsfeed.digest.compiled import Copy, Frame
from newsfeed.digest.label import marked
from newsfeed.digest.variants import variant_for
from newsfeed.errors import NewsfeedError, UsageError
from newsfeed.flows.build import Workshop
from newsfeed.flows.composing import draft
from newsfeed.flows.editions import choice_for, next_slot_of, sender_of, skips_of, zone_of
from newsfeed.flows.lawful import label_of, refuse_unlawful
from newsfeed.flows.letters import (
    compiled_letter,
    domain_of,
    frame_of,
    message_id,
    refuse_flaws,
)
from newsfeed.flows.linting import findings, told
from newsfeed.flows.locks import delivery_lock
from newsfeed.flows.naming import edition_named
from newsfeed.flows.people import People
from newsfeed.flows.posting import Fate
from newsfeed.model import EditionKind, EditionState, Letter
from newsfeed.settings import Newsletter
from newsfeed.store import database, editions, subscribers, suppression
from newsfeed.store.editions import EditionRecord
from newsfeed.store.subscribers import Subscriber

MOST = 10
"""Addresses that a test letter may go to."""

PATIENCE = 60.0
"""Seconds to wait for another run that writes letters."""

_FOLDER = "test"
_WAITS = (EditionState.HELD, EditionState.READY)


class NothingToSendError(NewsfeedError):
    """There is no new article, and so no letter to try."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """A letter to try: its newsletter, and the message to each address. `edition` is the one whose
    letter it is where nothing is new, or ""; `warnings` are lines of the lint for the operator.
    """

    newsletter: Newsletter
    messages: tuple[tuple[Address, bytes], ...]
    warnings: tuple[str, ...] = ()
    edition: str = ""


class _Letters(msgspec.Struct, frozen=True, kw_only=True):
    """The letters to try by language, one in their `own`. `of_old` as in a trial."""

    own: str
    said: Mapping[str, Letter]
    of_old: str = ""


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the letter to an address: by SMTP its fate, and what the relay said in words
    that name nobody; else the file that was written.
    """

    address: str
    fate: Fate | None = None
    said: str = ""
    file: str = ""


def prepare_test(
    shop: Workshop,
    people: People,
    newsletter: Newsletter,
    addresses: Sequence[str],
    *,
    edition: str = "",
) -> Trial:
    """Make the newsletter's next letter, `[test]` in its subject, for at most ten addresses.

    With `edition` that one's letter; where nothing is new, that of the newest edition.
    Whoever is subscribed gets it in their language, with their real way to leave; others in the
    newsletter's, with one that leads to a page alone. Raises AddressError, UsageError,
    NothingToSendError, and what composing raises. Nothing is sent or written.
    """
    to = {one.key: one for one in map(parse_address, addresses)}
    if len(to) > MOST:
        raise UsageError(f"a test letter goes to {MOST} addresses at most", remedy="name fewer")
    letters = _letters(shop, newsletter, edition)
    found = []
    for one in to.values():
        message = _message(shop, people, newsletter, letters, one)
        refuse_flaws(message, newsletter.name, label_of(shop.plan, newsletter))
        found.append((one, message))
    own = findings(shop.plan, newsletter, letters.said[letters.own])
    return Trial(
        newsletter=newsletter,
        messages=tuple(found),
        warnings=told(own, newsletter.name, "warning"),
        edition=letters.of_old,
    )


def send_test(
    people: People,
    trial: Trial,
    *,
    patience: float = PATIENCE,
    environ: Mapping[str, str] = os.environ,
) -> list[Tried]:
    """Send the letters over the transport of the settings; with `files` write them instead.

    Files wait up to `patience` seconds for another run that writes letters, or erases somebody.
    `environ` may hold the relay's password. Raises NewsfeedError for an address that is
    suppressed, SettingsError where nothing may leave as the settings are, StoreError where another
    run takes longer; then nothing is sent.
    """
    if people.plan.mail.transport == "files":
        return _written(people, trial, patience)
    return _mailed(people, trial, environ)


def _written(people: People, trial: Trial, patience: float) -> list[Tried]:
    from newsfeed.deliver import outbox

    folder = people.plan.outbox / trial.newsletter.name / _FOLDER
    found = [(address_hash(people.keys, one.key), one, data) for one, data in trial.messages]
    with delivery_lock(people.plan, patience):
        _refuse_suppressed(people, trial)
        outbox.write_many(folder, [(name, data) for name, _, data in found])
    return [Tried(address=one.address, file=str(folder / f"{name}.eml")) for name, one, _ in found]


def _mailed(people: People, trial: Trial, environ: Mapping[str, str]) -> list[Tried]:
    """Each over the relay, signed as editions are. The quotas count them, and do not stop them."""
    from newsfeed.deliver.verp import checked_bounces
    from newsfeed.flows.mailing.quotas import Quotas
    from newsfeed.flows.posting import Post, post
    from newsfeed.flows.preflight import refuse_unless_one_can_leave
    from newsfeed.flows.relaying import relay_of
    from newsfeed.flows.signing import signature_of

    plan, db = people.plan, people.db
    relay = relay_of(plan, environ)
    refuse_unlawful(plan, relay)
    refuse_unless_one_can_leave(plan, people.keys, relay)
    sender = sender_of(trial.newsletter).address
    sign = signature_of(plan, sender.rpartition("@")[2])
    quotas, now = Quotas(plan.mail.smtp), int(people.now.timestamp())
    with database.transaction(db):
        _refuse_suppressed(people, trial)
        for one, _ in trial.messages:
            quotas.count(db, one.address.rpartition("@")[2], people.now)
    posts = [
        Post(
            sender=checked_bounces(plan.mail.bounces) or sender,
            recipient=one.address,
            message=sign(data, now) + data if sign else data,
        )
        for one, data in trial.messages
    ]
    found = zip(trial.messages, post(relay, posts), strict=True)
    return [Tried(address=to.address, fate=one.fate, said=one.said) for (to, _), one in found]


def _message(
    shop: Workshop, people: People, newsletter: Newsletter, letters: _Letters, address: Address
) -> bytes:
    """The letter for one address, `[test]` in its subject."""
    person = subscribers.find(people.db, address_hash(people.keys, address.key))
    variant = variant_for(person.language if person else "", letters.said, letters.own)
    frame = frame_of(
        shop.plan,
        newsletter,
        campaign=_FOLDER,
        own=letters.own,
        language=variant,
    )
    letter = letters.said[variant]
    letter = msgspec.structs.replace(letter, subject=marked(letter.subject, "[test]"))
    copy = _copy(shop, people, newsletter, frame, address, person)
    return compiled_letter(newsletter, letter, frame).message(copy)


def _copy(
    shop: Workshop,
    people: People,
    newsletter: Newsletter,
    frame: Frame,
    address: Address,
    person: Subscriber | None,
) -> Copy:
    """What is one address's own in the letter."""
    name = address_hash(people.keys, address.key)
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
        else f"mailto:{frame.from_address}?subject=unsubscribe%20{token}",
    )


def _refuse_suppressed(people: People, trial: Trial) -> None:
    """Whoever is to get nothing gets no letter to try either."""
    for one, _ in trial.messages:
        found = suppression.reason(people.db, address_hash(people.keys, one.key))
        if found:
            why, since = found
            raise NewsfeedError(
                f"this address gets nothing: {why.value} since {people.day(since)}",
                where=one.address,
                remedy="try the letter with another address",
            )


def _letters(shop: Workshop, newsletter: Newsletter, name: str) -> _Letters:
    """Those of the edition `name`; with "" of the one that waits to be released, else of the one
    that would be next, else of the newest, which is named then.
    """
    theirs = [one for one in editions.everything(shop.db) if one.newsletter == newsletter.name]
    waits = [one for one in reversed(theirs) if one.state in _WAITS]
    wanted = edition_named(shop.db, name) if name else waits[0] if waits else None
    if wanted:
        return _kept(shop, wanted)
    try:
        return _composed(shop, newsletter)
    except NothingToSendError:
        sent = [one for one in theirs if one.state is not EditionState.CANCELLED]
        if not sent:
            raise
        return msgspec.structs.replace(_kept(shop, sent[0]), of_old=sent[0].name)


def _kept(shop: Workshop, edition: EditionRecord) -> _Letters:
    return _Letters(own=edition.language, said=editions.letters(shop.db, edition.id))


def _composed(shop: Workshop, newsletter: Newsletter) -> _Letters:
    choice = choice_for(shop, newsletter)
    if len(choice.items) < newsletter.min_items:
        raise NothingToSendError(
            "there is no new article, and so no letter to try",
            where=newsletter.name,
            remedy="write one; `newsfeed articles PATH` tells which edition an article is in",
        )
    slot = (
        next_slot_of(
            newsletter, shop.plan.site.timezone, shop.seams.now, skips_of(newsletter, shop.db)
        )
        or shop.seams.now
    )
    made = draft(shop, newsletter, choice, kind=EditionKind.MANUAL, slot=slot)
    return _Letters(own=made.language, said=made.letters)
