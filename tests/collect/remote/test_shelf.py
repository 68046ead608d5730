"""What is written of a feed into its folder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from newsfeed.collect.remote.item import Document, Item, decode
from newsfeed.collect.remote.shelf import changed_items
from newsfeed.model import Origin

FEED = Origin(title="Show", url="https://show.example.org/feed.xml")
SEEN = datetime(2026, 1, 1, tzinfo=UTC)


def _written(folder: Path, items: dict[str, str]) -> dict[str, str]:
    """The titles by the ids of all that is kept once the feed had these."""
    document = Document(
        origin=FEED, items=tuple(Item(id=id_, url=url, title=id_) for id_, url in items.items())
    )
    for path, data in changed_items(folder, document, SEEN, first=False):
        path.write_bytes(data)
    kept = [decode(path.read_bytes()).item for path in folder.iterdir()]
    return {item.id: item.title for item in kept}


def test_episodes_that_all_lead_to_their_show_are_all_kept(tmp_path: Path) -> None:
    show = "https://show.example.org/"
    _written(tmp_path, {"2": show, "1": show})
    assert _written(tmp_path, {"3": show, "2": show}) == {"1": "1", "2": "2", "3": "3"}
    assert set(_written(tmp_path, {"4": show})) == {"1", "2", "3", "4"}


def test_an_item_whose_feed_gives_other_ids_keeps_the_first(tmp_path: Path) -> None:
    _written(tmp_path, {"a": "https://show.example.org/a", "b": "https://show.example.org/b"})
    found = _written(tmp_path, {"A": "https://www.show.example.org/a/"})
    assert found == {"a": "A", "b": "b"}
