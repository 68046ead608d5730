"""Letters and notices by the whole way: a folder of articles in, files of the outbox out."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import NamedTuple, get_args

from PIL import Image

from newsfeed.address import parse_address
from newsfeed.flows.confirming import send_confirmations
from newsfeed.flows.enrolling import Enrolment, add, unsubscribe
from newsfeed.flows.notice_queue import Kind
from tests.e2e.letters_sound.texts import TONGUES
from tests.flows.editions_kit import send_now
from tests.flows.notices_kit import queued, sent
from tests.kit import NOW, Site

KINDS: tuple[Kind, ...] = get_args(Kind)
LOOKS = ("digest", "brief", "gallery")
TEXT = "text"
"""The newsletter whose letters are text alone."""

NEWSLETTERS = {
    **{look: f'template = "{look}"' for look in LOOKS},
    TEXT: 'format = "text"',
    "excerpts": 'content = "excerpt"',
    "advertising": "commercial = true\nwelcome = true",
}
"""Every kind of newsletter: its name, and what its settings say."""

ARTICLES = Path(__file__).parent / "articles"
DELIVERED = "From news@example.org Fri Nov 20 03:00:00 2026\n"
"""The line before each mail of a mailbox in one file."""

READER = "reader@example.com"

SITE = """\
[site]
title = "{site}"
url = "https://news.example.org"
language = "{language}"
author = "{author}"
timezone = "Asia/Seoul"
[[sources]]
path = "posts"
[server]
url = "https://news.example.org"
"""

NEWSLETTER = """\
[[newsletters]]
name = "{name}"
title = "{title}"
from = "{site} <news@example.org>"
postal_address = "{address}"
phone = "02-123-4567"
{more}
"""


class Kept(NamedTuple):
    """A mail of the outbox: its bytes, and what the standard library reads in them; `html` is ""
    where it is text alone, and `way_out` where there is no List-Unsubscribe.
    """

    raw: bytes
    subject: str
    way_out: str
    text: str
    html: str


def letters(folder: Path, language: str, count: int) -> dict[str, Kept]:
    """The letter of each of NEWSLETTERS in a language, with `count` articles."""
    site = _site(folder, language)
    _write(site, language, count)
    site.publish(NOW)
    for name in NEWSLETTERS:
        site.subscribe(READER, newsletter=name)
        send_now(site, NOW, name)
    return {path.partition("/")[0]: kept(raw) for path, raw in site.outbox().items()}


def notices(folder: Path, language: str) -> dict[str, Kept]:
    """The mail that asks to confirm, and each kind of notice, in a language."""
    site = _site(folder, language)
    with site.people(NOW) as who:
        for kind in KINDS:
            address = parse_address(f"{kind}@example.com")
            add(who, address, "advertising", Enrolment(consent="a form"))
            if kind == "left":
                unsubscribe(who, address)
            else:
                queued(who, kind, address, "advertising")
        assert sent(who).mailed == len(KINDS)
        add(who, parse_address(READER), "advertising", Enrolment())
        assert send_confirmations(who).mailed == 1
    found = {Path(path).stem.rpartition("-")[2]: raw for path, raw in site.outbox().items()}
    return {kind if kind in KINDS else "confirm": kept(raw) for kind, raw in found.items()}


def kept(raw: bytes) -> Kept:
    """A mail by its bytes."""
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    parts = {
        part.get_content_subtype(): part.get_content().replace("\r\n", "\n")
        for part in found.walk()
        if not part.is_multipart()
    }
    way_out = str(found["List-Unsubscribe"] or "").strip("<>")
    return Kept(raw, str(found["Subject"]), way_out, parts["plain"], parts.get("html", ""))


def mailbox(mail: Kept) -> str:
    """A mail as it stands in a file of many."""
    lines = mail.raw.decode("ascii").replace("\r\n", "\n")
    return f"{DELIVERED}{re.sub('^From ', '>From ', lines, flags=re.MULTILINE)}\n"


def _site(folder: Path, language: str) -> Site:
    tongue = TONGUES[language]
    said = partial(
        NEWSLETTER.format, site=tongue.site, title=tongue.newsletter, address=tongue.address
    )
    newsletters = [said(name=name, more=line) for name, line in NEWSLETTERS.items()]
    head = SITE.format(site=tongue.site, language=language, author=tongue.author)
    return Site(folder / "site", head + "".join(newsletters))


def _write(site: Site, language: str, count: int) -> None:
    """The rich article, which is the newest, and plain ones, whose excerpt is a whole paragraph;
    every third has a picture.
    """
    drawn = BytesIO()
    Image.new("RGB", (1200, 630), "navy").save(drawn, "PNG")
    site.write("picture.png", drawn.getvalue())
    rich, plain = ARTICLES / language / "rich.md", sorted((ARTICLES / language).glob("plain-*.md"))
    for number in range(count):
        source = plain[(number - 1) % len(plain)] if number else rich
        head, title, rest = source.read_text(encoding="utf-8").split("\n", 2)
        fields = [
            f"date: {NOW - timedelta(days=number + 1):%Y-%m-%d}",
            f"categories: [{TONGUES[language].category}]",
            *(["description: " + json.dumps(rest.split("\n\n")[1])] if number else []),
            *(["image: picture.png"] if source == plain[0] else []),
        ]
        own = f"{title} ({number})" if number else title
        site.write(f"article-{number}.md", "\n".join([head, own, *fields, rest]))
