"""One article out of several sources: it appears once. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from newsfeed.collect.entry import Entry
from newsfeed.collect.identity import own_id
from newsfeed.store.articles import Identity

_Key = tuple[str, str]

_CAMPAIGN = ("utm_", "mc_", "fbclid", "gclid")
"""How the names of those parts of a query begin that tell only where a reader came from."""


class Parted(NamedTuple):
    """The entries without those that another source has, which are in `twins`, told as left out;
    `of` are the twins of an article, both as source and path.
    """

    entries: dict[str, list[Entry]]
    twins: dict[str, list[Entry]]
    of: dict[_Key, list[_Key]]


def part(
    entries: Mapping[str, Sequence[Entry]],
    remote: Collection[str],
    known: Iterable[Identity],
    usable: Callable[[Entry], bool],
) -> Parted:
    """Take out of `remote` sources what another source has: a folder before feeds, then the first
    in the order of `entries`. The same is what has one id or one address.

    An author's file that is broken still has the address by which it is `known`.
    """
    if not remote:
        return Parted({source: list(group) for source, group in entries.items()}, {}, {})
    parted = Parted({}, {}, {})
    taken: dict[_Key, _Key] = {}
    here = {(source, e.path) for source in entries.keys() - remote for e in entries[source]}
    for one in known:
        if one.gone is None and (one.source, one.path) in here:
            taken.setdefault(("id", one.id), (one.source, one.path))
            taken.setdefault(("url", same_address(one.url)), (one.source, one.path))
    for source in sorted(entries, key=lambda name: name in remote):
        kept, twins = parted.entries.setdefault(source, []), []
        claims: dict[_Key, _Key] = {}
        for entry in entries[source]:
            keys = _keys(entry) if usable(entry) else []
            first = next((taken[key] for key in keys if key in taken), None)
            if source in remote and first is not None:
                twins.append(_left_out(entry, first))
                parted.of.setdefault(first, []).append((source, entry.path))
                continue
            kept.append(entry)
            claims.update(dict.fromkeys(keys, (source, entry.path)))
        taken = claims | taken
        parted.twins[source] = twins
    return parted


def same_address(url: str) -> str:
    """A form in which addresses are equal that lead to one page: without scheme, `www.`, fragment,
    a slash at the end, and what tells where a reader came from.
    """
    parts = urlsplit(url)
    host = parts.netloc.removeprefix("www.").removesuffix(":80").removesuffix(":443")
    query = parts.query
    if any(f"{start}" in query for start in _CAMPAIGN):
        pairs = parse_qsl(query, keep_blank_values=True)
        query = urlencode([pair for pair in pairs if not pair[0].startswith(_CAMPAIGN)])
    return f"{host}{parts.path.rstrip('/')}" + (f"?{query}" if query else "")


def _keys(entry: Entry) -> list[_Key]:
    return [("id", own_id(entry) or entry.default_id), ("url", same_address(entry.url))]


def _left_out(entry: Entry, first: _Key) -> Entry:
    return msgspec.structs.replace(entry, left_out=f"it is in {first[0]} already, as {first[1]}")
