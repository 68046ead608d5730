"""What the preview's page shows: a view and choices in, plain values for its template out."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from newsfeed.catalogues import direction
from newsfeed.digest.variants import variant_for
from newsfeed.errors import NewsfeedError
from newsfeed.flows.editions import sender_of
from newsfeed.flows.feedpaths import feed_files
from newsfeed.flows.letters import RECIPIENT, missing_button
from newsfeed.flows.paging import OPML
from newsfeed.flows.posting import Fate
from newsfeed.flows.showing import GMAIL, Addressed, Reader, Shown, Variant, addressed
from newsfeed.web.preview.choices import HEIGHTS, LANGUAGES, PARTS, WIDTHS, Choices
from newsfeed.web.preview.looks import LOOKS, first_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsfeed.flows.plan import Plan
    from newsfeed.store.subscribers import Subscriber
    from newsfeed.templating import Plain
    from newsfeed.web.preview.studio import Sent, View

Values = dict[str, "Plain"]

_PREHEADER = 140
_MOST_FILES = 100
_MOST_FAULTS = 20
_LABELS = {
    "light": "Light",
    "dark": "Dark",
    "inverted": "Colours turned over",
    "images-off": "Images off",
    "stripped": "Styles stripped",
    "text": "Text part",
    "source": "Source",
    "headers": "Headers",
}
_FATES = {
    Fate.TAKEN: "mailed",
    Fate.REFUSED: "refused",
    Fate.LOST: "perhaps mailed",
    Fate.UNTRIED: "not mailed",
}


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A letter as it is looked at: who gets it, in which language, and what they get."""

    shown: Shown
    variant: Variant
    letter: Addressed


def sheet(plan: Plan, shown: Shown, choices: Choices, readers: Sequence[Subscriber]) -> Sheet:
    """The letter as the chosen reader gets it; `shown` has one. Raises NewsfeedError."""
    person = next((one for one in readers if one.public_id == choices.reader), None)
    read = choices.language or (person.language if person else "")
    variant = shown.variants[variant_for(read, shown.variants, shown.language)]
    reader = (
        Reader(address=person.address, name=person.name)
        if person
        else Reader(address=RECIPIENT, name=choices.name)
    )
    return Sheet(shown=shown, variant=variant, letter=addressed(plan, shown, variant, reader))


def frame_page(view: View, nonce: str) -> Values:
    """What every page has: the newsletters, what is wrong with all, and what counts changes."""
    found = view.glance
    return {
        "nonce": nonce,
        "version": view.version,
        "title": view.plan.site.title if view.plan else "",
        "newsletters": [
            {
                "name": one.newsletter.name,
                "title": one.newsletter.title,
                "wrong": bool(one.problem),
            }
            for one in (found.shown if found else ())
        ],
        "troubles": [text for text in (view.trouble, *(found.errors if found else ())) if text],
        "faults": [str(one) for one in (found.faults[:_MOST_FAULTS] if found else ())],
        "warnings": [str(one) for one in (found.warnings[:_MOST_FAULTS] if found else ())],
        "more_faults": max(0, len(found.faults) - _MOST_FAULTS) if found else 0,
        "more_warnings": max(0, len(found.warnings) - _MOST_FAULTS) if found else 0,
        "articles": found.articles if found else 0,
        "here": "",
    }


def letter_page(
    plan: Plan, shown: Shown, choices: Choices, readers: Sequence[Subscriber], *, is_old: bool
) -> Values:
    """What is shown of a newsletter's letter."""
    values: Values = {
        "here": shown.newsletter.name,
        "name": shown.newsletter.name,
        "newsletter": shown.newsletter.title,
        "newsletter_language": shown.language,
        "problem": shown.problem,
        "is_old": is_old,
        "is_sample": shown.is_sample,
        "waiting": list(shown.waiting),
        "slot": f"{shown.slot:%a %d %b %Y, %H:%M}" if shown.slot else "",
        "count": shown.articles,
        "more": shown.more,
        "is_text": shown.newsletter.format == "text",
        "transport": plan.mail.transport,
        "letter": None,
        **_form(shown, choices, readers),
    }
    if not shown.variants:
        return values
    try:
        found = sheet(plan, shown, choices, readers)
    except NewsfeedError as error:
        return values | {"problem": str(error)}
    return values | {"letter": _letter(found, choices), "findings": _findings(plan, found)}


def _form(shown: Shown, choices: Choices, readers: Sequence[Subscriber]) -> Values:
    """The choices that there are, and which are made."""
    return {
        "readers": [
            {
                "id": one.public_id,
                "address": one.address,
                "name": one.name,
                "chosen": one.public_id == choices.reader,
            }
            for one in readers
        ],
        "made_up": not choices.reader,
        "reader_name": choices.name,
        "languages": [
            {"tag": tag, "label": label, "chosen": tag == choices.language}
            for tag, label in LANGUAGES.items()
            if tag != shown.language
        ],
        "looks": [
            {"name": name, "label": _LABELS[name], "chosen": name in choices.looks}
            for name in (*LOOKS, *PARTS)
        ],
        "widths": [{"width": one, "chosen": one in choices.widths} for one in WIDTHS],
        "heights": [{"height": one, "chosen": one == choices.height} for one in HEIGHTS],
        "height": choices.height,
    }


def _letter(found: Sheet, choices: Choices) -> Values:
    shown, letter = found.shown, found.letter
    size, text = len(letter.html.encode()), found.variant.letter.subject
    frames = [] if shown.newsletter.format == "text" else list(LOOKS)
    stamp = hashlib.sha256(letter.html.encode()).hexdigest()[:16]
    place = f"/frames/{quote(shown.newsletter.name)}"
    return {
        "sender": sender_of(shown.newsletter).name,
        "subject": text,
        "language": found.variant.own,
        "direction": direction(found.variant.own),
        "preheader": first_words(letter.html, _PREHEADER),
        "time": f"{shown.when:%H:%M}" if shown.when else "",
        "size": _kilobytes(size),
        "share": round(100 * size / GMAIL),
        "message_size": _kilobytes(len(letter.message)),
        "text_size": _kilobytes(len(letter.text.encode())),
        "rows": [
            {
                "name": look,
                "label": _LABELS[look],
                "frames": [
                    {
                        "id": f"{look}-{width}",
                        "width": width,
                        "source": f"{place}?{choices.query(look=look, v=stamp)}",
                    }
                    for width in choices.widths
                ],
            }
            for look in frames
            if look in choices.looks
        ],
        "parts": [
            {"name": part, "label": _LABELS[part], "text": _part(part, letter)}
            for part in PARTS
            if part in choices.looks
        ],
        "message": f"/messages/{quote(shown.newsletter.name)}.eml?{choices.query()}",
    }


def _part(name: str, letter: Addressed) -> str:
    if name == "text":
        return letter.text
    if name == "source":
        return letter.html
    return letter.message.partition(b"\r\n\r\n")[0].decode("ascii", "replace")


def _findings(plan: Plan, found: Sheet) -> list[Plain]:
    """What the lint and the gate find in the letter, the worst first."""
    listed: list[Plain] = []
    if found.variant.problem:
        listed.append(_finding("error", "message", found.variant.problem))
    listed += [_finding(one.level, one.rule, str(one)) for one in found.variant.findings]
    if note := missing_button(plan):
        listed.append(_finding("note", "one-click", note))
    return listed


def _finding(level: str, rule: str, text: str) -> Values:
    return {"level": level, "rule": rule, "text": text}


def feeds_page(view: View) -> Values:
    """The feeds, pages and other files that would be published now."""
    plan, found = view.plan, view.glance
    if plan is None or found is None:
        return {"here": "feeds", "groups": []}
    feed_of = feed_files(plan)
    groups: dict[str, list[str]] = {"Feeds": [], "Pages": [], "Images and other files": []}
    for path in found.outputs:
        if feed_of(path) is not None or path == OPML:
            groups["Feeds"].append(path)
        elif path.endswith(".html"):
            groups["Pages"].append(path)
        else:
            groups["Images and other files"].append(path)
    return {
        "here": "feeds",
        "groups": [
            {
                "label": label,
                "count": len(paths),
                "more": max(0, len(paths) - _MOST_FILES),
                "files": [
                    {
                        "path": path,
                        "url": f"/site/{quote(path)}",
                        "is_main": path in found.feeds,
                        "is_new": not (plan.output / path).is_file(),
                    }
                    for path in sorted(paths, key=lambda one: (one not in found.feeds, one))[
                        :_MOST_FILES
                    ]
                ],
            }
            for label, paths in groups.items()
            if paths
        ],
    }


def sent_page(sent: Sent, plan: Plan) -> list[str]:
    """What became of a test letter, in lines for people."""
    lines = []
    if sent.edition:
        lines.append(f"Nothing is new: this is the letter of {sent.edition}.")
    for one in sent.tried:
        if one.fate is None:
            place = one.file.removeprefix(f"{plan.base}/")
            lines.append(f"Written, not mailed: {place}")
        else:
            lines.append(f"{one.address}: {_FATES[one.fate]}: {one.said}")
    return lines


def _kilobytes(size: int) -> str:
    return f"{size / 1024:.1f} KB"
