"""Every letter and notice before judges that are not ours: axe, the Nu checker, SpamAssassin.

They are what the outbox holds, byte for byte, in each look and language.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.e2e.letters_sound.kit import DELIVERED, Kept, mailbox

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("letters-sound")]

AXE = """
async only => (await axe.run(document, {resultTypes: ["violations"], ...only})).violations.map(
  rule => [rule.id, rule.help, rule.nodes.map(node => node.html.slice(0, 200))])
"""

SCHEMES: dict[Literal["light", "dark"], dict[str, list[str]]] = {
    "light": {},
    "dark": {"runOnly": ["color-contrast", "link-in-text-block"]},
}
"""What is asked of a letter in each: in dark only what colours may change."""

OF_MAIL = (
    # Outlook classic lays letters out by these attributes, and knows no CSS for them.
    r"The “align” attribute on the “(table|td|th)” element is obsolete\..*",
    r"The “border” attribute on the “table” element is obsolete\..*",
    r"The “cellpadding” attribute on the “table” element is obsolete\..*",
    r"The “cellspacing” attribute on the “table” element is obsolete\..*",
    r"The “height” attribute on the “td” element is obsolete\..*",
    r"The “valign” attribute on the “td” element is obsolete\..*",
    r"The “width” attribute on the “(table|td|th)” element is obsolete\..*",
    # Without the namespace Outlook does not read that pixels are 96 to the inch, and scales.
    r"Attribute “xmlns:o” not allowed here\.",
    # Outlook alone reads them: a preheader that is not seen, and padding where it has none of CSS.
    r"CSS: “mso-hide”: Property “mso-hide” doesn't exist\.",
    r"CSS: “mso-padding-alt”: Property “mso-padding-alt” doesn't exist\.",
    # Footnotes, as Markdown's renderers write them: a heading would be one of the article's own.
    r"Section lacks heading\..*",
)
"""What the Nu checker says of letters that mail programs, or articles, need all the same."""

LINE = re.compile(r"^ *(-?[0-9]+\.[0-9]) ([A-Z][A-Z0-9_]+) ", re.MULTILINE)
"""A rule that a message met, with its points, in SpamAssassin's report."""


def test_axe_finds_nothing_in_light_and_in_dark(
    mails: dict[str, Kept], browser: Browser, axe: str
) -> None:
    page = browser.new_page()
    faults = []
    for name, mail in mails.items():
        if not mail.html:
            continue
        page.set_content(mail.html)
        page.evaluate(axe)
        for scheme, only in SCHEMES.items():
            page.emulate_media(color_scheme=scheme)
            faults += [(name, scheme, *fault) for fault in page.evaluate(AXE, only)]
    page.close()
    assert faults == []


def test_the_nu_checker_finds_what_mail_needs_and_nothing_else(
    mails: dict[str, Kept], tmp_path: Path, nu_checker: Path, require: Callable[[str], str]
) -> None:
    """Each entry of the list is needed, too: what no letter has any more is taken out of it."""
    for name, mail in mails.items():
        if mail.html:
            (tmp_path / f"{name}.html").write_text(mail.html, encoding="utf-8")
    done = subprocess.run(
        [require("java"), "-jar", nu_checker, "--format", "json", "--exit-zero-always", tmp_path],
        capture_output=True,
        timeout=240,
        check=True,
    )
    found = json.loads(done.stderr)["messages"]
    met = {rule for one in found for rule in OF_MAIL if re.fullmatch(rule, one["message"])}
    others = [
        (Path(one["url"]).stem, one["message"], one.get("extract", ""))
        for one in found
        if not re.fullmatch("|".join(OF_MAIL), one["message"])
    ]
    assert others == []
    assert met == set(OF_MAIL)


def test_spamassassin_gives_no_letter_a_point(
    mails: dict[str, Kept], tmp_path: Path, require: Callable[[str], str]
) -> None:
    """Below 1.0 by what counts against a letter alone; what counts for it is left aside."""
    done = subprocess.run(
        [require("spamassassin"), "-L", "-t", "--mbox"],
        input="".join(map(mailbox, mails.values())).encode(),
        capture_output=True,
        env={**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"},
        timeout=240,
        check=True,
    )
    judged = dict(map(_report, done.stdout.decode("utf-8", "replace").split(DELIVERED)[1:]))
    assert judged.keys() == {_message_id(mail.raw.decode()) for mail in mails.values()}
    assert all(judged.values()), "each report names rules"
    against = {name: judged[_message_id(mail.raw.decode())] for name, mail in mails.items()}
    against = {name: met for name, met in against.items() if sum(max(p, 0) for _, p in met) >= 1}
    assert against == {}


def _report(letter: str) -> tuple[str, list[tuple[str, float]]]:
    """A mail that SpamAssassin gives back: its Message-ID, and each rule that it met with points.

    They do not come in the order in which they were given.
    """
    found = LINE.findall(letter.partition("Content analysis details:")[2])
    return _message_id(letter), [(rule, float(points)) for points, rule in found]


def _message_id(letter: str) -> str:
    found = re.search(r"^Message-ID: (<\S+>)", letter, re.MULTILINE)
    assert found
    return found[1]
