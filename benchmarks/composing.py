"""One letter composed in this process: `python -m benchmarks.composing SITE`, figures as JSON.

`benchmarks.compose` asks for it: what a process does for the first time costs more than what it
does again, so that each first figure needs a process of its own.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

# Whatever a composition imports while it works is imported before the clock starts.
import babel.dates  # noqa: F401
import PIL.JpegImagePlugin  # noqa: F401
import regex  # noqa: F401

import newsfeed.digest.lint
import newsfeed.templating.engine
import newsfeed.templating.guard  # noqa: F401
from newsfeed.app import make_plan, open_project, real_seams, workshop
from newsfeed.flows.bodies import Bodies
from newsfeed.flows.build import Workshop
from newsfeed.flows.editions import choice_for
from newsfeed.flows.letters import compose_letter, make_edition, view_url
from newsfeed.flows.linting import findings
from newsfeed.flows.pictures import Pictures, keep
from newsfeed.model import Edition, Letter

WARM = 5
"""How often the same is done again; the median counts."""


def processor() -> float:
    """Milliseconds of processor time that this process and its children have taken."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    alive = sum(
        int(Path(f"/proc/{child}/schedstat").read_text().split()[0])
        for task in Path("/proc/self/task").iterdir()
        for child in (task / "children").read_text().split()
    )
    return 1e3 * (time.process_time() + ended.ru_utime + ended.ru_stime) + alive / 1e6


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of processor time that `work` takes."""
    begin = processor()
    work()
    return processor() - begin


def edition(shop: Workshop) -> Edition:
    """The next edition with its bodies and local images, which are kept."""
    newsletter = shop.plan.newsletters[0]
    choice = choice_for(shop, newsletter)
    pictures = Pictures(shop, newsletter)
    bodies = Bodies(shop.plan.folders, shop.collection, pictures)
    made = make_edition(shop.plan, newsletter, choice, choice.items[0].published, bodies)
    shown = "".join(f"{one.content_html} {one.image} {one.thumbnail}" for one in made.items)
    keep(shop, pictures.outputs([Letter(subject="", html=shown, text="")]))
    return made


def measure(shop: Workshop) -> dict[str, object]:
    """Every figure of one process, in milliseconds, and what came out."""
    plan, newsletter = shop.plan, shop.plan.newsletters[0]
    assert shop.collection.articles  # they are read before the clock starts
    address = view_url(plan, "weekly/1")
    letters: list[Letter] = []
    made: list[Edition] = []

    def bodies() -> None:
        made.append(edition(shop))

    def compose() -> None:
        letters.append(compose_letter(plan, newsletter, made[0], view_url=address))

    def lint() -> None:
        findings(plan, newsletter, letters[0], view_url=address)

    figures: dict[str, object] = {}
    for name, work in (("bodies", bodies), ("letter", compose), ("lint", lint)):
        figures[f"{name} first"] = timed(work)
        figures[f"{name} warm"] = median(timed(work) for _ in range(WARM))
    html = letters[0].html
    figures |= {
        "articles": sum(item.url in html for item in made[0].items),
        "bytes": len(html.encode()),
        "images": html.count(f"{plan.site_url}/media/"),
        "digest": hashlib.sha256((html + letters[0].text + letters[0].web).encode()).hexdigest(),
    }
    return figures


def main() -> None:
    """Measure the site whose settings file is named."""
    plan = make_plan(open_project(Path(sys.argv[1])))
    with workshop(plan, real_seams(lambda _what, _done: None)) as shop:
        print(json.dumps(measure(shop)))


if __name__ == "__main__":
    main()
