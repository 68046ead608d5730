"""Nobody's address and no token in a log, whatever is quoted there (standards S-31). Pure.

Those who log see to it that they name nobody. But a relay's words, a file's name or a path that
somebody asked for may hold an address or a link, and so every line goes through here.
"""

from __future__ import annotations

import re

ADDRESS = "(address)"
TOKEN = "(token)"  # noqa: S105  # what stands for one

_LONGEST = 4000
"""Characters of a line; what is behind them is cut off."""

_NOT = r"\s<>()\[\]{},;:\"'`=|/\\@"
_ADDRESS = re.compile(
    rf'(?:"[^"\r\n]{{1,64}}"|[^{_NOT}]{{1,256}})(?:@|%40)(?:\[[^\]\s]{{1,64}}\]|[^{_NOT}]{{1,256}})'
)
_LINK = re.compile(r"(/(?:[ucp]|s)(?:/[a-z0-9_-]{1,64})?/)[A-Za-z0-9_.~=%-]{16,}")
_LONG = re.compile(
    r"(?<![A-Za-z0-9_./~-])(?=[A-Za-z_.~-]*[0-9])[A-Za-z0-9_.~-]{40,}(?![A-Za-z0-9_~-])"
)


def discreet(text: str) -> str:
    """The text with each address and token replaced, and not longer than a line may be."""
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]} …"
    if "@" in text or "%40" in text:
        text = _ADDRESS.sub(ADDRESS, text)
    return _LONG.sub(TOKEN, _LINK.sub(rf"\1{TOKEN}", text))
