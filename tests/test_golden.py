"""Our samples in, HTML and feeds out, compared with files that people have read.

After a change that is meant: `python -m tests.test_golden` writes them anew; read the difference.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from newsfeed.collect.markup import Profile
from newsfeed.flows.bodies import Bodies
from newsfeed.flows.plan import Seams
from tests.kit import NOW, SETTINGS, Site

GOLDEN = Path(__file__).parent / "golden"
FEEDS = ("feed.xml", "atom.xml", "feed.json")


def _made(folder: Path) -> dict[str, str]:
    """The HTML of each sample as a feed shows it, and the three feeds with excerpts only."""
    from newsfeed.app import workshop

    site = Site(folder / "site", SETTINGS + '[feeds]\ncontent = "excerpt"\n')
    seeds = Path(__file__).parent.parent / "seeds"
    shutil.copytree(seeds, site.posts, dirs_exist_ok=True)
    site.publish()
    made = {path: site.read(path) for path in FEEDS}
    seams = Seams(now=NOW, clock_ns=lambda: 0, workers=1, progress=lambda _what, _done: None)
    with workshop(site.plan(), seams) as shop:
        bodies = Bodies(shop.plan.folders, shop.collection)
        for article in shop.collection.articles:
            html = bodies.render(article, Profile.FEED).html
            made[f"{Path(article.path).stem}.html"] = html + "\n"
    return made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return _made(tmp_path_factory.mktemp("golden"))


@pytest.mark.parametrize("name", sorted(path.name for path in GOLDEN.iterdir()))
def test_a_sample_gives_what_was_read_and_kept(made: dict[str, str], name: str) -> None:
    assert made[name] == (GOLDEN / name).read_text(encoding="utf-8")


def test_every_sample_has_its_golden_file(made: dict[str, str]) -> None:
    assert made.keys() == {path.name for path in GOLDEN.iterdir()}


if __name__ == "__main__":
    for path in GOLDEN.iterdir():
        path.unlink()
    for name, text in _made(Path(tempfile.mkdtemp())).items():
        (GOLDEN / name).write_text(text, encoding="utf-8")
