"""What the ledger keeps of a reply: one line that tells the cause and names nobody.

Servers repeat what we told them: the address, the envelope sender, links out of the letter. None of
it may be kept beside a delivery (standards S-31). Of a refusal, what differs from letter to letter
goes as well, so that letters can be counted by their cause.
"""

from __future__ import annotations

import re

from newsfeed.deliver.smtp.parcel import Reply
from newsfeed.text import one_line

LONGEST = 200
"""Characters of what is kept."""

_READ = 4_000
_GONE = "..."
_ADDRESS = "[address]"

# No address that we send to holds one of these (address.py), so that what lies between two of them
# is an address with all that it was glued to, or is none.
_WORD = re.compile(r'[^\s<>()",;:\[\]\\]+')
_AT = re.compile(
    r"@|\uff20|[%+=]40"  # as it is, wide, or in a URL, xtext (RFC 3461 section 4) or MIME
    r"|[=%](?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]"  # local=domain, as VERP writes it, or local%domain
)
_CODE = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}|[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_SHORTEST_TOKEN = 20
_TOKEN = re.compile(rf"[A-Za-z0-9_=-]{{{_SHORTEST_TOKEN},}}")
_QUEUE_ID = re.compile(  # Postfix's old ones; and those of letters and digits, such as Exim's
    r"(?<![A-Za-z0-9-])(?:[0-9A-Fa-f]{8,}|(?=(?:[A-Za-z-]*[0-9]){2})[A-Za-z0-9-]{8,})(?![A-Za-z0-9-])"
)
_NUMBER = re.compile(r"(?<![A-Za-z0-9])[0-9]+[A-Z]?(?![A-Za-z0-9])")
_GAPS = re.compile(r"\.\.\.(?:[\s:./,-]{0,3}\.\.\.)+")


def reply_words(reply: Reply | None, lost: str, *, recipient: str = "") -> str:
    """Code, status and text of a reply in one line of at most `LONGEST` characters; without a
    reply, what was `lost`.

    Control, bidirectional and other unseen characters are removed. Addresses in any spelling and
    tokens (20 or more of `A-Za-z0-9_=-`) are replaced; and, but for a 2xx, where the relay's log
    can be searched for it, the queue id and all numbers but statuses and IPv4 addresses. With
    `recipient` its local part, where a server says that alone, goes too.
    """
    text = f"{reply.status} {reply.text}" if reply else lost
    text = " ".join(text.split()) if text.isascii() and text.isprintable() else _seen(text)
    if len(text) > _READ:
        text = text[:_READ].rpartition(" ")[0]  # half a word could be half an address
    local = recipient.rpartition("@")[0].lower()
    words = text
    if _names_somebody(text, local):
        words = _WORD.sub(lambda found: _named(found[0], local), text)
    if reply is None or reply.code // 100 != 2:
        words = _GAPS.sub(_GONE, _WORD.sub(lambda found: _grouped(found[0]), words))
    if reply:
        words = f"{reply.code} {words}".rstrip()
    return words if len(words) <= LONGEST else words[: LONGEST - len(_GONE)] + _GONE


def _seen(text: str) -> str:
    """`text` on one line, of characters that can be seen."""
    return " ".join("".join(c for c in one_line(text) if c.isprintable()).split())


def _names_somebody(text: str, local: str) -> bool:
    """Whether a word of `text` may be changed by `_named`. Most replies are "Ok", or a queue id."""
    return bool(
        _AT.search(text) or _TOKEN.search(text) or (local and local in text.lower()),
    )


def _named(word: str, local: str) -> str:
    """What of a word is kept, which is nothing of an address or a token."""
    if _AT.search(word) or (local and word.strip(".'`").lower() == local):
        return _ADDRESS
    return _TOKEN.sub(_GONE, word) if len(word) >= _SHORTEST_TOKEN else word


def _grouped(word: str) -> str:
    """A word without what is another in each reply. Numbers in a link stay."""
    if word.isalpha() or _CODE.fullmatch(word.strip(".")):
        return word
    word = _QUEUE_ID.sub(_GONE, word)
    return word if "/" in word else _NUMBER.sub(_GONE, word)
