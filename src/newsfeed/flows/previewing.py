"""The next letter of each newsletter, as it would be sent."""

from __future__ import annotations

import os.path
import re
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

import msgspec

from newsfeed.collect.files import Stamp, stamp
from newsfeed.digest.select import Choice
from newsfeed.errors import Fault, OutputError, SettingsError, TemplateError
from newsfeed.flows.build import Workshop
from newsfeed.flows.editions import choice_for, next_slot_of, skips_of, zone_of
from newsfeed.flows.plan import Plan, fingerprint
from newsfeed.output.files import replace_file
from newsfeed.settings import Newsletter

if TYPE_CHECKING:
    from newsfeed.digest.lint import Finding
    from newsfeed.flows.pictures import Pictures
    from newsfeed.model import Edition
    from newsfeed.output.writer import Output

_NOTE = "previews"
_ENDINGS = ("html", "txt", "eml")


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What the next edition of a newsletter is. `slot` is aware, None without a schedule;
    `more` are articles that are listed by title; `files` are absolute paths, none where there is
    nothing to send.
    """

    newsletter: str
    subject: str
    slot: datetime | None
    articles: int
    more: int
    files: tuple[str, ...]


class _Noted(msgspec.Struct, frozen=True, kw_only=True):
    """What a preview was made from: the articles' state, everything else, what was chosen, the
    stamps of image files; and what was wrong with those.
    """

    state: str
    key: str
    chosen: str
    preview: Preview
    stamps: dict[str, Stamp | None] = {}
    remarks: tuple[Fault, ...] = ()


class Previews(NamedTuple):
    """The next letters, what stood in the way of others, as messages for people, and what is wrong
    with articles' images.
    """

    found: tuple[Preview, ...]
    errors: tuple[str, ...]
    remarks: tuple[Fault, ...] = ()


def previews(shop: Workshop, state: str) -> Previews:
    """Bring the previews of all newsletters up to date; one whose inputs are as before is left.

    `state` is a value that changes with articles and ledger. A letter that cannot be made is
    told among the errors, loses its preview, and stops no other. Raises BodyError.
    """
    before = shop.index.noted(_NOTE, dict[str, _Noted]) or {}
    after: dict[str, _Noted] = {}
    found, errors = [], []
    for newsletter in shop.plan.newsletters:
        name = newsletter.name
        try:
            after[name] = _noted(shop, newsletter, state, before.get(name))
        except (TemplateError, SettingsError, OutputError) as error:
            errors.append(str(error))
        else:
            zone = zone_of(newsletter, shop.plan.site.timezone)
            found.append(_in_zone(after[name].preview, zone))
    for name in before.keys() - after.keys():
        _remove(shop, name)
    if after != before:
        shop.index.set_note(_NOTE, msgspec.msgpack.encode(after))
    remarks = tuple(remark for noted in after.values() for remark in noted.remarks)
    return Previews(tuple(found), tuple(errors), remarks)


def _in_zone(preview: Preview, zone: tzinfo) -> Preview:
    """The preview with its slot as the newsletter's readers say it; a note keeps it in UTC."""
    slot = preview.slot and preview.slot.astimezone(zone)
    return msgspec.structs.replace(preview, slot=slot)


def _remove(shop: Workshop, name: str) -> None:
    for ending in _ENDINGS:
        (shop.plan.preview / f"{name}.{ending}").unlink(missing_ok=True)


def _noted(shop: Workshop, newsletter: Newsletter, state: str, before: _Noted | None) -> _Noted:
    key = fingerprint(shop.plan.key, newsletter)
    if before and _is_fresh(shop, before, state, key):
        return before
    slot = next_slot_of(
        newsletter, shop.plan.site.timezone, shop.seams.now, skips_of(newsletter, shop.db)
    )
    choice = choice_for(shop, newsletter)
    chosen = fingerprint(key, slot, choice.items, choice.more)
    if before and before.chosen == chosen and _all_there(shop, before):
        return msgspec.structs.replace(before, state=state, key=key)
    noted = _Noted(state=state, key=key, chosen=chosen, preview=_nothing(newsletter, slot))
    if len(choice.items) < newsletter.min_items:
        _remove(shop, newsletter.name)  # one of an earlier time is not left lying about
        return noted
    from newsfeed.flows.pictures import Pictures  # heavy, and only for what changed

    pictures = Pictures(shop, newsletter)
    preview = _make(shop, newsletter, choice, slot, pictures)
    return msgspec.structs.replace(
        noted, preview=preview, stamps=pictures.stamps, remarks=tuple(pictures.faults)
    )


def _nothing(newsletter: Newsletter, slot: datetime | None) -> Preview:
    """No letter is due."""
    return Preview(newsletter=newsletter.name, subject="", slot=slot, articles=0, more=0, files=())


def _is_fresh(shop: Workshop, before: _Noted, state: str, key: str) -> bool:
    """Whether nothing changed that the preview depends on; time only matters at the slot."""
    slot = before.preview.slot
    return (
        before.state == state
        and before.key == key
        and (slot is None or slot > shop.seams.now)
        and _all_there(shop, before)
    )


def _all_there(shop: Workshop, before: _Noted) -> bool:
    """Whether the preview lies there, and the images that it shows are as they were."""
    return all(
        (shop.plan.preview / Path(file).name).is_file() for file in before.preview.files
    ) and all(stamp(file) == known for file, known in before.stamps.items())


def try_letter(shop: Workshop, newsletter: Newsletter) -> tuple[Finding, ...] | None:
    """Compose the next letter, in each language that somebody reads, and write nothing; gives what
    the lint finds, errors too. None where there is nothing to send.

    Raises TemplateError, SettingsError, OutputError.
    """
    slot = next_slot_of(
        newsletter, shop.plan.site.timezone, shop.seams.now, skips_of(newsletter, shop.db)
    )
    choice = choice_for(shop, newsletter)
    if len(choice.items) < newsletter.min_items:
        return None
    from newsfeed.flows.pictures import Pictures
    from newsfeed.flows.variants import findings_of_variants, languages_read

    made = _compose(shop, newsletter, choice, slot, Pictures(shop, newsletter))
    others = languages_read(shop.plan, shop.db, newsletter)
    return made.findings + findings_of_variants(
        shop.plan, newsletter, made.edition, others, made.findings, view_url=made.address
    )


def _make(
    shop: Workshop,
    newsletter: Newsletter,
    choice: Choice,
    slot: datetime | None,
    pictures: Pictures,
) -> Preview:
    """Compose the letter and write it in three forms: as shown, as text, as a message."""
    from newsfeed.flows.letters import language_of
    from newsfeed.flows.linting import refuse_errors
    from newsfeed.flows.pictures import keep
    from newsfeed.flows.reading import readable, readable_html

    composed = _compose(shop, newsletter, choice, slot, pictures)
    refuse_errors(composed.findings, newsletter.name)
    keep(shop, composed.pictures)
    forms = composed.forms
    language = language_of(shop.plan, newsletter)
    html, text = forms["html"].decode(), forms["txt"].decode()
    forms["html"] = _with_local_images(readable_html(html, language), shop.plan).encode()
    forms["txt"] = readable(text, language).encode()
    files = [str(shop.plan.preview / f"{newsletter.name}.{ending}") for ending in forms]
    for file, data in zip(files, forms.values(), strict=True):
        replace_file(Path(file), data)
    return Preview(
        newsletter=newsletter.name,
        subject=composed.edition.subject,
        slot=slot,
        articles=len(choice.items),
        more=len(choice.more),
        files=tuple(files),
    )


def _with_local_images(html: str, plan: Plan) -> str:
    """The letter for a look on this machine: images that the output folder has are taken from
    there, since they may not be online yet. The message has the true addresses.
    """

    def local(match: re.Match[str]) -> str:
        place = plan.output / unquote(match[2])
        if ".." in place.parts or not place.is_file():
            return match[0]
        return f'{match[1]}{quote(os.path.relpath(place, plan.preview))}"'

    return re.sub(rf'(<img\b[^>]*\bsrc="){re.escape(plan.site_url)}/([^"]+)"', local, html)


class _Composed(NamedTuple):
    """An edition, its web copy's address, its letter's forms by file ending, what the lint finds,
    and the images that it shows, not yet written.
    """

    edition: Edition
    address: str
    forms: dict[str, bytes]
    findings: tuple[Finding, ...]
    pictures: tuple[Output, ...]


def _compose(
    shop: Workshop,
    newsletter: Newsletter,
    choice: Choice,
    slot: datetime | None,
    pictures: Pictures,
) -> _Composed:
    from newsfeed.flows.bodies import Bodies
    from newsfeed.flows.letters import compose_letter, make_edition, sample, view_url
    from newsfeed.flows.linting import findings

    plan = shop.plan
    when = slot or max(article.updated for article in choice.items)
    bodies = Bodies(plan.folders, shop.collection, pictures)
    edition = make_edition(plan, newsletter, choice, when, bodies)
    address = view_url(plan, f"{newsletter.name}/{when:%Y-%m-%d}")
    letter = compose_letter(plan, newsletter, edition, view_url=address)
    message = sample(plan, newsletter, letter, when)
    forms = {"html": letter.html.encode(), "txt": letter.text.encode(), "eml": message}
    return _Composed(
        edition,
        address,
        forms,
        findings(plan, newsletter, letter, view_url=address),
        pictures.outputs([letter]),
    )
