"""Promises about our own sample articles: readable, complete, and written by us."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import frontmatter
import pytest
from frontmatter.default_handlers import BaseHandler
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
SAMPLES = sorted(path for path in SEEDS.iterdir() if path.suffix in {".txt", ".md"})

SHARED_RUN = 25
"""So many equal characters in a row are a copied sentence, not a common phrase."""

IN_SHAPE = re.compile(r"\d{3}_[0-9a-f]{16}\.(txt|md)")
IMAGE = re.compile(r'<img[^>]+src="([^"]+)"|!\[[^\]]*\]\(([^)\s]+)')
ADDRESS = re.compile(r"https?://([^/\s\"'<)]+)")
MARKUP = re.compile(r"<[^>]*>|&\w+;|\{:[^}]*\}|https?://\S+")


class Toml(BaseHandler):
    """TOML front matter by the standard library: python-frontmatter's own needs a package."""

    FM_BOUNDARY = re.compile(r"^\+{3,}\s*$", re.MULTILINE)
    START_DELIMITER = END_DELIMITER = "+++"

    def load(self, fm: str, **_options: object) -> dict[str, object]:
        """The front matter as a dictionary."""
        return tomllib.loads(fm)


def read(path: Path) -> tuple[dict[str, object], str]:
    """Front matter and body of a sample."""
    text = path.read_text("utf-8")
    return frontmatter.parse(text, handler=Toml() if text.startswith("+++") else None)


def lead_image(fields: dict[str, object]) -> str:
    image = fields.get("image", "")
    return str(image["path"] if isinstance(image, dict) else image)


def images(path: Path) -> Iterator[str]:
    fields, body = read(path)
    if lead := lead_image(fields):
        yield lead
    for html, markdown in IMAGE.findall(body):
        yield html or markdown


def prose(path: Path) -> str:
    """The sample's words on one line, without markup."""
    fields, body = read(path)
    texts = (str(fields.get(key, "")) for key in ("title", "excerpt", "feature_text"))
    return " ".join(MARKUP.sub(" ", "\n".join((*texts, body))).split())


def runs(text: str) -> set[str]:
    """All stretches of `SHARED_RUN` characters that hold mostly letters."""
    stretches = (text[at : at + SHARED_RUN] for at in range(len(text) - SHARED_RUN + 1))
    return {run for run in stretches if sum(map(str.isalpha, run)) > SHARED_RUN // 2}


@pytest.fixture(scope="module")
def model_runs(shared_seeds: Path) -> set[str]:
    """All stretches of the articles that gave the shape."""
    return set().union(*(runs(prose(path)) for path in shared_seeds.glob("*.txt")))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_front_matter_is_readable(path: Path) -> None:
    """python-frontmatter finds a title and a body in every sample."""
    fields, body = read(path)
    assert fields["title"]
    assert isinstance(fields["title"], str)
    assert len(body) > 80


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_local_images_exist(path: Path) -> None:
    """Every image that a sample shows lies in the samples' own folder, and can be opened."""
    for reference in images(path):
        file = SEEDS / reference.lstrip("/")
        assert file.is_file(), reference
        with Image.open(file) as image:
            image.verify()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_no_sentence_is_borrowed(path: Path, model_runs: set[str]) -> None:
    """No run of 25 characters of prose is shared with the articles that gave the shape."""
    assert not runs(prose(path)) & model_runs


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_links_lead_to_example_hosts(path: Path) -> None:
    """A sample names no host that belongs to somebody."""
    hosts = ADDRESS.findall(path.read_text("utf-8"))
    assert all(host.endswith(("example.org", "example.com")) for host in hosts), hosts


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_text_is_utf8_nfc_with_lf(path: Path) -> None:
    """Samples show how a good file is written: UTF-8, NFC, LF, no BOM, a newline at the end."""
    text = path.read_bytes().decode("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert "\r" not in text
    assert not text.startswith("\ufeff")
    assert text.endswith("\n")


def test_there_are_enough_to_show() -> None:
    """At least ten articles are published, and at least seven are Korean ones without a date."""
    published = [path for path in SAMPLES if is_published(path)]
    undated = [path for path in published if IN_SHAPE.fullmatch(path.name)]
    assert len(published) >= 10
    assert len(undated) >= 7
    assert all("date" not in read(path)[0] for path in undated)


def is_published(path: Path) -> bool:
    fields, _ = read(path)
    draft = fields.get("draft") is True or fields.get("published") is False
    return not draft and not path.name.startswith("2099-")


def test_each_reason_for_being_left_out_is_shown() -> None:
    """There is one draft, one unpublished and one future article."""
    fields = [read(path)[0] for path in SAMPLES]
    assert sum(one.get("draft") is True for one in fields) == 1
    assert sum(one.get("published") is False for one in fields) == 1
    assert sum(path.name.startswith("2099-") for path in SAMPLES) == 1


def test_images_are_light() -> None:
    """No picture weighs more than 120 KB, and each is shown by some sample."""
    pictures = {file for file in SEEDS.rglob("*") if file.suffix in {".png", ".jpg"}}
    shown = {SEEDS / name.lstrip("/") for path in SAMPLES for name in images(path)}
    assert pictures == shown
    assert all(file.stat().st_size < 120_000 for file in pictures)


def test_one_picture_is_turned_by_its_exif() -> None:
    """A portrait is stored on its side, so that whoever measures it has to look at EXIF."""
    orientation = 0x0112
    with Image.open(SEEDS / "assets" / "img" / "pine-path.jpg") as image:
        assert image.getexif()[orientation] == 6
        assert image.width > image.height
