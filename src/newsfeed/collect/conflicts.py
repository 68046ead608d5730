"""Two articles that claim one address or one id: the one published before stays. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from newsfeed.collect.entry import Entry
from newsfeed.errors import Fault


def settle(
    entries: Mapping[str, Sequence[Entry]],
    published: Collection[tuple[str, str]],
    usable: Callable[[Entry], bool],
    reserved: Callable[[str], bool],
) -> dict[str, list[Entry]]:
    """The entries, with a fault on each that comes second to an address or an id.

    `published` are (source, path) of articles that were published before; they go first, then
    the order is that of sources and paths. `reserved` tells addresses that no article may take.
    """
    urls: dict[str, str] = {}
    ids: dict[str, str] = {}
    faults: dict[tuple[str, str], Fault] = {}
    claims = [(source, e) for source, es in entries.items() for e in es if usable(e)]
    claims.sort(key=lambda claim: (claim[0], claim[1].path) not in published)
    for source, entry in claims:
        if reserved(entry.url):
            problem = f"has an address that newsfeed needs itself: {entry.url}"
            faults[source, entry.path] = _fault(entry, problem, "give it a `slug` or `permalink`")
            continue
        first = urls.setdefault(entry.url.casefold(), entry.path)
        if first is not entry.path:
            problem = f"has the same address as {first}: {entry.url}"
            faults[source, entry.path] = _fault(entry, problem, "give one of them a `slug`")
            continue
        first = ids.setdefault(entry.guid, entry.path) if entry.guid else entry.path
        if first is not entry.path:
            problem = f"has the same id as {first}: {entry.guid}"
            faults[source, entry.path] = _fault(entry, problem, "change or remove its `id`")
    if not faults:
        return {source: list(es) for source, es in entries.items()}
    return {
        source: [_with(e, faults.get((source, e.path))) for e in es]
        for source, es in entries.items()
    }


def _fault(entry: Entry, problem: str, remedy: str) -> Fault:
    return Fault(path=entry.path, problem=problem, remedy=remedy)


def _with(entry: Entry, fault: Fault | None) -> Entry:
    return msgspec.structs.replace(entry, fault=fault) if fault else entry
