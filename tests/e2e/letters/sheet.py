"""`python -m tests.e2e.letters.sheet FOLDER`: a page with a picture of the letter of every case.

For people to look at: `make contact-sheet`. The cases are those of the tests, then the five real
posts in every look where they lie beside the checkout.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT
from tests.e2e.letters.eyes import Eyes, eyes, judge
from tests.e2e.letters.real import REAL, real_site
from tests.e2e.letters.specimens import Press, chosen, printed
from tests.rigs.chromium import chromium

TALLEST = 3000
"""Pixels of a letter that are shown: the list of 200 articles goes on as it begins."""

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Contact sheet of letters</title>
<style>
body {{ margin: 24px; font: 15px/1.5 sans-serif; color: #222; background: #e8eaee }}
main {{ display: flex; flex-wrap: wrap; gap: 24px; align-items: flex-start }}
figure {{ margin: 0; width: 300px }}
img {{ width: 100%; border: 1px solid #999 }}
figcaption {{ overflow-wrap: anywhere }}
.faults {{ color: #b00020 }}
</style>
<h1>{count} letters, {faults} faults</h1>
<main>
{figures}
</main>
</html>
"""

_FIGURE = """\
<figure><figcaption>{label}{faults}</figcaption>
<a href="{label}.png"><img src="{label}.png" alt="{label}" loading="lazy"></a></figure>"""


class _Sight(NamedTuple):
    """A case: its name, the letter, and how it is looked at."""

    label: str
    letter: Path
    mode: str
    width: int


def main(folder: Path) -> int:
    """Write `index.html` and its pictures to `folder`; gives the count of faults."""
    program = shutil.which("chromium")
    if program is None:
        sys.exit("chromium is not on this machine, and the letters are looked at in it. Install it")
    folder.mkdir(parents=True, exist_ok=True)
    figures, count = [], 0
    with (
        tempfile.TemporaryDirectory() as work,
        chromium(program) as browser,
        eyes(browser) as window,
    ):
        for sight in _sights(Path(work)):
            faults = _taken(window, sight, folder)
            count += len(faults)
            said = "".join(f'<br><span class="faults">{escape(fault)}</span>' for fault in faults)
            figures.append(_FIGURE.format(label=escape(sight.label), faults=said))
    page = _PAGE.format(count=len(figures), faults=count, figures="\n".join(figures))
    (folder / "index.html").write_text(page, encoding="utf-8")
    return count


def _sights(work: Path) -> Iterator[_Sight]:
    cases = chosen()
    press = Press(work, cases)
    for case in cases:
        yield _Sight(case.label, press.letter(case), case.mode, case.width)
    seeds = ROOT.parent / "shared" / "seeds"
    if seeds.is_dir():
        site = real_site(work / "real", seeds)
        for real in REAL:
            yield _Sight(real.label, printed(site, real.look), real.mode, real.width)


def _taken(window: Eyes, sight: _Sight, folder: Path) -> list[str]:
    """Take the picture of a case; gives what the judge says of it."""
    page = window.open(sight.letter, sight.mode, sight.width)
    height = min(int(page.evaluate("document.documentElement.scrollHeight")), TALLEST)
    page.set_viewport_size({"width": sight.width, "height": height})
    # The browser's own picture of its window: Playwright's begins at the left end of a page that is
    # read from the right and wider than the window.
    taken = page.context.new_cdp_session(page).send("Page.captureScreenshot")
    (folder / f"{sight.label}.png").write_bytes(b64decode(taken["data"]))
    page.set_viewport_size({"width": sight.width, "height": 800})
    return [": ".join(fault) for fault in judge(page, sight.mode).faults]


if __name__ == "__main__":
    target = Path(sys.argv[1])
    found = main(target)
    sys.stdout.write(f"{target / 'index.html'} ({found} faults)\n")
    sys.exit(found > 0)
