"""The next letter of each newsletter, as it would be sent."""

from __future__ import annotations

import os.path
import re
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

import msgspec

from newsfeed.digest.select import Choice
from newsfeed.errors import OutputError, SettingsError, TemplateError
from newsfeed.flows.build import Workshop
from newsfeed.flows.editions import choice_for, next_slot_of, skips_of, zone_of
from newsfeed.flows.plan import Plan, fingerprint
from newsfeed.output.files import replace_file
from newsfeed.settings import Newsletter

if TYPE_CHECKING:
    from newsfeed.digest.lint import Finding

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
    """What a preview was made from: the articles' state, everything else, what was chosen."""

    state: str
    key: str
    chosen: str
    preview: Preview


class Previews(NamedTuple):
    """The next letters, and what stood in the way of others, as messages for people."""

    found: tuple[Preview, ...]
    errors: tuple[str, ...]


def previews(shop: Workshop, state: str) -> Previews:
    """Bring the previews of all newsletters up to date; one whose inputs are as before is left.

    `state` is a value that changes with articles and ledger. A letter that cannot be made is
    told among the errors, loses its preview, and stops no other. Raises BodyError.
    """
    note = shop.index.note(_NOTE)
    before = msgspec.msgpack.decode(note, type=dict[str, _Noted]) if note else {}
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
    return Previews(tuple(found), tuple(errors))


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
    if before and before.chosen == chosen and _all_there(shop, before.preview):
        preview = before.preview
    elif len(choice.items) < newsletter.min_items:
        preview = _nothing(shop, newsletter, slot)
    else:
        preview = _make(shop, newsletter, choice, slot)
    return _Noted(state=state, key=key, chosen=chosen, preview=preview)


def _nothing(shop: Workshop, newsletter: Newsletter, slot: datetime | None) -> Preview:
    """No letter is due; one of an earlier time is not left lying about."""
    _remove(shop, newsletter.name)
    return Preview(newsletter=newsletter.name, subject="", slot=slot, articles=0, more=0, files=())


def _is_fresh(shop: Workshop, before: _Noted, state: str, key: str) -> bool:
    """Whether nothing changed that the preview depends on; time only matters at the slot."""
    slot = before.preview.slot
    return (
        before.state == state
        and before.key == key
        and (slot is None or slot > shop.seams.now)
        and _all_there(shop, before.preview)
    )


def _all_there(shop: Workshop, preview: Preview) -> bool:
    return all((shop.plan.preview / Path(file).name).is_file() for file in preview.files)


def try_letter(shop: Workshop, newsletter: Newsletter) -> tuple[Finding, ...] | None:
    """Compose the next letter and write nothing; gives what the lint finds, errors too. None where
    there is nothing to send.

    Raises TemplateError, SettingsError, OutputError.
    """
    slot = next_slot_of(
        newsletter, shop.plan.site.timezone, shop.seams.now, skips_of(newsletter, shop.db)
    )
    choice = choice_for(shop, newsletter)
    if len(choice.items) < newsletter.min_items:
        return None
    _, _, found = _compose(shop, newsletter, choice, slot)
    return found


def _make(shop: Workshop, newsletter: Newsletter, choice: Choice, slot: datetime | None) -> Preview:
    """Compose the letter and write it in three forms: as shown, as text, as a message."""
    from newsfeed.flows.letters import language_of
    from newsfeed.flows.linting import refuse_errors
    from newsfeed.flows.reading import readable, readable_html

    subject, forms, lint = _compose(shop, newsletter, choice, slot)
    refuse_errors(lint, newsletter.name)
    language = language_of(shop.plan, newsletter)
    html, text = forms["html"].decode(), forms["txt"].decode()
    forms["html"] = _with_local_images(readable_html(html, language), shop.plan).encode()
    forms["txt"] = readable(text, language).encode()
    files = [str(shop.plan.preview / f"{newsletter.name}.{ending}") for ending in forms]
    for file, data in zip(files, forms.values(), strict=True):
        replace_file(Path(file), data)
    return Preview(
        newsletter=newsletter.name,
        subject=subject,
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


def _compose(
    shop: Workshop, newsletter: Newsletter, choice: Choice, slot: datetime | None
) -> tuple[str, dict[str, bytes], tuple[Finding, ...]]:
    """The subject, the letter's forms by file ending, and what the lint finds."""
    from newsfeed.flows.bodies import Bodies
    from newsfeed.flows.letters import compose_letter, make_edition, sample, view_url
    from newsfeed.flows.linting import findings

    plan = shop.plan
    when = slot or max(article.updated for article in choice.items)
    bodies = Bodies(plan.folders, shop.collection.entries)
    edition = make_edition(plan, newsletter, choice, when, bodies)
    address = view_url(plan, f"{newsletter.name}/{when:%Y-%m-%d}")
    letter = compose_letter(plan, newsletter, edition, view_url=address)
    message = sample(plan, newsletter, letter, when)
    forms = {"html": letter.html.encode(), "txt": letter.text.encode(), "eml": message}
    return edition.subject, forms, findings(plan, newsletter, letter, view_url=address)
