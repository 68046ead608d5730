"""What there is to tell the operator, found by looking at the ledger: so nothing is lost where a
run ends before it told it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

import msgspec

from newsfeed.address import masked
from newsfeed.audience.operator_words import News, operator_words
from newsfeed.flows.pausing import BY_HAND
from newsfeed.flows.people import People
from newsfeed.flows.status import in_the_way
from newsfeed.model import EditionState
from newsfeed.store import deliveries, editions, facts
from newsfeed.store.editions import EditionRecord

MOST = 20
"""Mails a day; after them there is one that says so."""

LASTING = ("held/", "paused/", "still/", "store/")
"""How the keys begin of what can be over, as the ledger tells; `run/` is told by who ran."""

SENT = "sent/"
"""How the keys begin of editions that were sent, which stay so."""

_RECENT = timedelta(days=7)
"""News of an edition that was sent is none after that time."""

_LONGEST = 1000
_ADDRESS = re.compile(r"[^\s<>()\[\]\"'`,;:=]+@[^\s<>()\[\]\"'`,;:=]+")


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """Something to tell: `key` is the same as long as it is so; `values` fill the words of `kind`,
    with `counts` of letters.
    """

    key: str
    kind: str
    values: Mapping[str, str]
    counts: Mapping[str, int] = {}


def run_key(what: str, why: str = "") -> str:
    """The key of a run's fault; without one how the keys of all its faults begin."""
    return f"run/{what}/{_hashed(why)}" if why else f"run/{what}/"


def there_is(people: People, faults: Mapping[str, Sequence[str]]) -> list[Item]:
    """All that is so now, told or not; `faults` are what ran, and what was wrong then."""
    return [
        *(
            Item(key=run_key(what, why), kind="run", values={"what": what, "why": _safe(why)})
            for what, found in faults.items()
            for why in found
        ),
        *_of_store(people),
        *(item for one in reversed(editions.everything(people.db)) for item in _of(people, one)),
    ]


def worded(people: People, item: Item) -> News:
    """What the mail says, in the language of the site."""
    words = operator_words(people.plan.site.language)
    return words.of(item.kind, **item.values, counts=words.counted(item.counts))


def limit() -> Item:
    """That the operator gets no more mails now."""
    return Item(key="limit", kind="limit", values={"most": str(MOST)})


def _of_store(people: People) -> Iterator[Item]:
    """Why everything stands still, where nobody wanted it so."""
    why = facts.paused(people.db, people.now)
    if why and why != BY_HAND:
        yield Item(key=f"store/{_hashed(why)}", kind="store", values={"why": _safe(why)})


def _of(people: People, edition: EditionRecord) -> Iterator[Item]:
    """What is to be told of an edition."""
    state, counts = edition.state, {}
    if state is EditionState.HELD:
        kind, key, why = "held", f"held/{edition.id}", edition.why
    elif state is EditionState.PAUSED:
        kind, why = "paused", edition.why
        key = f"paused/{edition.id}/{_hashed(why)}"
    elif state is EditionState.SENT and _is_recent(people, edition):
        kind, key, why = "sent", f"{SENT}{edition.id}/{_finished(edition)}", ""
        counts = {
            one.value: number for one, number in deliveries.counts_of(people.db, edition.id).items()
        }
    elif why := in_the_way(people, edition):
        kind, key = "still", f"still/{edition.id}/{_hashed(why)}"
    else:
        return
    letter = editions.own_letter(people.db, edition.id)
    values = {"edition": edition.name, "subject": letter.subject, "why": _safe(why)}
    yield Item(key=key, kind=kind, values=values, counts=counts)


def _is_recent(people: People, edition: EditionRecord) -> bool:
    return edition.finished is not None and people.now - edition.finished < _RECENT


def _finished(edition: EditionRecord) -> int:
    return int(edition.finished.timestamp()) if edition.finished else 0


def _safe(text: str) -> str:
    """A text in which no address can be read, and not too long."""
    return _ADDRESS.sub(lambda found: masked(found[0]), text[:_LONGEST])


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]
