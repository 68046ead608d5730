"""The last look at a message's raw bytes, by other code than wrote them (standards E-P-06).

Nothing here uses the email package: what it would forgive is what the gate is for.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter

ONCE = frozenset({"date", "from", "to", "subject", "message-id", "mime-version", "content-type"})
AT_MOST_ONCE = frozenset(
    {
        *("sender", "reply-to", "cc", "in-reply-to", "references", "list-id", "list-unsubscribe"),
        *("list-unsubscribe-post", "precedence", "x-auto-response-suppress", "auto-submitted"),
        *("content-transfer-encoding", "content-language", "feedback-id", "list-archive"),
        "list-post",
    }
)
MORE_THAN_ONCE = frozenset({"dkim-signature"})

_LONGEST_LINE = 998
_LONGEST_BASE64_LINE = 76
_LONGEST_WORD = 75
_LONGEST_LINE_WITH_WORD = 76

_HEADER = re.compile(r"([!-9;-~]+): ?([ -~\t]*)")
_WORD = re.compile(r"=\?([^?\s]+)\?([bBqQ])\?([^?\s]*)\?=")
_FORMS = {
    "list-id": (r"(?:[^<>]* )?<[\w-]+(?:\.[\w-]+)+>", "a phrase and <words.with.dots>"),
    "list-archive": (r"<https?://[^>\s]+>", "one address"),
    "list-post": ("NO", "NO"),
    "list-unsubscribe": (
        r"<https://[^>\s]+>(, <mailto:[^>\s]+>)?|<mailto:[^>\s]+>",
        "an https and perhaps a mailto address",
    ),
    "feedback-id": (r"(?:[\w.-]+:){3}[\w.-]{5,15}", "four words without an address"),
    "content-language": (
        r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*(?:, [A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)*",
        "language tags",
    ),
    "auto-submitted": ("auto-generated", "auto-generated"),
    "date": (
        r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? "
        r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d [+-]\d{4}",
        "in the form of RFC 5322",
    ),
    "message-id": (r"<[^<>@\s]+@[^<>@\s]+>", "<letters@domain>"),
    "mime-version": (r"1\.0", "1.0"),
}
_ONE_CLICK = "List-Unsubscribe=One-Click"
_PLAIN = 'text/plain; charset="utf-8"'

Headers = list[tuple[str, str]]


def flaws(message: bytes, *, label: str = "") -> list[str]:
    """What a strict receiver could object to, one line each; an empty list lets the message out.

    `message` is a letter, a multipart/alternative of text and HTML or text alone, or a notice,
    which is one text. Its subject begins with `label`, once decoded (standards L-K-05).
    """
    head, _, body = message.partition(b"\r\n\r\n")
    found = [*_line_flaws(message), *_encoded_word_flaws(head)]
    headers, broken = _headers(head)
    found += broken
    found += _count_flaws(headers)
    values = {name.lower(): value for name, value in headers}
    found += _value_flaws(values)
    found += _kind_flaws(values)
    if label and not _read(values.get("subject", "")).startswith(label):
        found.append(f"subject does not begin with {label}")
    found += _part_flaws(values, body)
    return found


def header_count(message: bytes) -> int:
    """How many headers a message has, in a microsecond: copies of one letter have equally many."""
    head = message[: message.find(b"\r\n\r\n")]
    return head.count(b"\n") + 1 - head.count(b"\n ") - head.count(b"\n\t")


def _line_flaws(message: bytes) -> list[str]:
    """CRLF alone ends lines, and they are short and ASCII (RFC 5322 §2.1.1, RFC 5321 §2.3.8)."""
    found = []
    if re.search(rb"\r(?!\n)|(?<!\r)\n", message):
        found.append("a CR or LF stands alone")
    if not message.endswith(b"\r\n"):
        found.append("the last line has no end")
    if not message.isascii():
        found.append("a byte is not ASCII")
    if b"\0" in message:
        found.append("a byte is NUL")
    longest = max(map(len, message.split(b"\r\n")))
    if longest > _LONGEST_LINE:
        found.append(f"a line has {longest} bytes, more than {_LONGEST_LINE}")
    return found


def _headers(head: bytes) -> tuple[Headers, list[str]]:
    """Names and unfolded values, and what is no header line."""
    headers: Headers = []
    found = []
    for line in head.decode("latin-1").split("\r\n"):
        if line[:1] in {" ", "\t"}:
            if not line.strip() or not headers:
                found.append("a folded header line is empty or the first")
            else:
                name, value = headers.pop()
                headers.append((name, value + line))
        elif match := _HEADER.fullmatch(line):
            headers.append((match[1], match[2]))
        else:
            found.append(f"this is no header line: {line[:60]!a}")
    return headers, found


def _count_flaws(headers: Headers) -> list[str]:
    """One of each (RFC 5322 §3.6), and none that we do not know."""
    counts = Counter(name.lower() for name, _ in headers)
    found = [f"{name} is missing" for name in sorted(ONCE - counts.keys())]
    for name, count in counts.items():
        if name not in ONCE | AT_MOST_ONCE | MORE_THAN_ONCE:
            found.append(f"{name} is not a header of ours")
        elif count > 1 and name not in MORE_THAN_ONCE:
            found.append(f"{name} stands {count} times")
    return found


def _encoded_word_flaws(head: bytes) -> list[str]:
    """Each encoded-word is short and whole by itself (RFC 2047 §2, §5)."""
    found = []
    for line in head.decode("latin-1").split("\r\n"):
        words = list(_WORD.finditer(line))
        if words and len(line) > _LONGEST_LINE_WITH_WORD:
            found.append(f"a line with an encoded-word has {len(line)} characters")
        for word in words:
            if len(word[0]) > _LONGEST_WORD:
                found.append(f"an encoded-word has {len(word[0])} characters")
            if not _decodes(word):
                found.append(f"an encoded-word is not whole UTF-8: {word[0]}")
    return found


def _decodes(word: re.Match[str]) -> bool:
    if word[1].lower() != "utf-8":
        return False
    try:
        _decoded(word)
    except ValueError:
        return False
    return True


def _decoded(word: re.Match[str]) -> str:
    if word[2] in "bB":
        return base64.b64decode(word[3], validate=True).decode()
    return binascii.a2b_qp(word[3], header=True).decode()


def _read(value: str) -> str:
    """A header's value as it is read: white space between encoded-words is not (RFC 2047 §6.2)."""
    joined = re.sub(r"(?<=\?=)\s+(?==\?)", "", value)
    return _WORD.sub(lambda word: _decoded(word) if _decodes(word) else word[0], joined)


def _value_flaws(values: dict[str, str]) -> list[str]:
    """Headers whose form decides whether mail is taken, and whether one can leave."""
    found = [
        f"{name} is not {form}"
        for name, (pattern, form) in _FORMS.items()
        if name in values and not re.fullmatch(pattern, values[name])
    ]
    one_click = values.get("list-unsubscribe-post")
    way_out = values.get("list-unsubscribe", "")
    if one_click is not None and (one_click != _ONE_CLICK or not way_out.startswith("<https:")):
        found.append("list-unsubscribe-post is not the one line of RFC 8058")
    found.extend(
        f"{name} does not hold exactly one address"
        for name in ("from", "to", "reply-to")
        if name in values and values[name].count("@") != 1
    )
    return found


def _kind_flaws(values: dict[str, str]) -> list[str]:
    """A letter is bulk mail to a list, a notice is written by a program, and none is both."""
    of_list = [name for name in values if name.startswith("list-") or name == "precedence"]
    if "auto-submitted" in values and of_list:
        return [f"auto-submitted stands beside {of_list[0]}"]
    return []


def _part_flaws(values: dict[str, str], body: bytes) -> list[str]:
    """One text, or two parts, text before HTML, both base64 (RFC 2046 §5.1.4, RFC 2045 §6.8)."""
    content_type = values.get("content-type", "")
    encoding = values.get("content-transfer-encoding", "")
    if content_type == _PLAIN:
        return _one_part_flaws("text/plain", encoding, body)
    match = re.fullmatch(r'multipart/alternative;\s+boundary="([^"]{1,70})"', content_type)
    if match is None or encoding:
        return ["content-type is not multipart/alternative with a boundary, or plain UTF-8"]
    boundary = match[1].encode()
    start, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if start.strip() or len(parts) != len(_KINDS) + 1 or parts[-1] != b"--\r\n":
        return ["the parts are not one text and one HTML between boundaries"]
    return [
        flaw
        for kind, part in zip(_KINDS, parts[:-1], strict=True)
        for flaw in _inner_part_flaws(kind, part)
    ]


_KINDS = ("text/plain", "text/html")


def _inner_part_flaws(kind: str, part: bytes) -> list[str]:
    head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    headers, found = _headers(head)
    values = {name.lower(): value for name, value in headers}
    if values != {
        "content-type": f'{kind}; charset="utf-8"',
        "content-transfer-encoding": "base64",
    }:
        found.append(f"the headers of the {kind} part are not those of UTF-8 in base64")
    return found + _one_part_flaws(kind, "base64", content)


def _one_part_flaws(kind: str, encoding: str, content: bytes) -> list[str]:
    if encoding == "7bit":  # the lines of the whole message have been looked at
        return []
    if encoding != "base64":
        return [f"the {kind} part is neither in base64 nor 7bit"]
    found = []
    lines = content.split(b"\r\n")
    if max(map(len, lines)) > _LONGEST_BASE64_LINE:
        found.append(f"a base64 line of the {kind} part is longer than {_LONGEST_BASE64_LINE}")
    try:
        base64.b64decode(b"".join(lines), validate=True).decode()
    except ValueError:
        found.append(f"the {kind} part is not base64 of UTF-8")
    return found
