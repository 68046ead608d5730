"""The candidates of a srcset attribute (HTML, "Parsing a srcset attribute")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADDRESS = re.compile(r"[\s,]*+(\S++)")
_DESCRIPTOR = re.compile(r"|\d{1,6}(?:\.\d{1,6})?[wx]")


class Candidate(NamedTuple):
    """One image of the set: its address as written, and "", "800w" or "2x"."""

    url: str
    descriptor: str


def candidates(srcset: str) -> Iterator[Candidate]:
    """The usable candidates. Commas inside an address, as in `data:`, belong to it."""
    place = 0
    while match := _ADDRESS.match(srcset, place):
        place = match.end()
        url = match[1].rstrip(",")
        descriptor = ""
        if url == match[1]:
            comma = srcset.find(",", place)
            end = len(srcset) if comma < 0 else comma
            descriptor = srcset[place:end].strip()
            place = end
        if _DESCRIPTOR.fullmatch(descriptor):
            yield Candidate(url, descriptor)
