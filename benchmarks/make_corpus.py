"""A corpus of posts: `python -m benchmarks.make_corpus COUNT FOLDER [--variant V] [--start I]`.

Post number i depends on the seed and i alone, so that a corpus of N posts is the beginning of every
longer one, and COUNT 1 with --start N writes "one more post", the newest: dates grow with i.
A variant changes the front matter, not the body: `jekyll` and `hugo` in YAML, `pelican` as
Python-Markdown's meta lines.
"""

from __future__ import annotations

import argparse
import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from benchmarks import prose

SEED = 4287
ZONE = ZoneInfo("Asia/Seoul")
FIRST = datetime(2012, 3, 1, 7, 0, tzinfo=ZONE)
STEP = timedelta(minutes=59)  # 100,000 posts end in 2023, never in the future
BODY_BYTES = (4300, 6200)

CATEGORIES = ("섬 소식", "News", "News", "Sea", "생활", "Events")
TAGS = ("바다", "배편", "날씨", "책", "축제", "목공", "산책", "ferry", "kelp", "light", "school")
AUTHORS = ("한바다", "M. Oh", "Seo Lim", "편집실")
SLUGS = ("pier", "light", "ferry", "kelp", "rain", "trail", "market", "lamp", "shelf", "tide")
IMAGES = tuple(f"/assets/{name}.png" for name in ("pier", "hill", "lamp", "tide"))
IMAGE_SIZE = (640, 360)


@dataclass(frozen=True, kw_only=True)
class Post:
    """One post before it has a front matter of some generator."""

    date: datetime
    slug: str
    title: str
    category: str
    tags: tuple[str, ...]
    author: str
    excerpt: str
    image: str
    body: str


def post(number: int) -> Post:
    """Post `number`, counted from 0."""
    random = Random(SEED * 1_000_000_007 + number)
    image = random.choice(IMAGES)
    return Post(
        date=FIRST + STEP * number,
        slug=f"{random.choice(SLUGS)}-{random.choice(SLUGS)}-{number:06d}",
        title=f"{prose.title(random)} {number}",
        category=random.choice(CATEGORIES),
        tags=tuple(random.sample(TAGS, 3)),
        author=random.choice(AUTHORS),
        excerpt=prose.sentences(random, prose.KOREAN, 3),
        image=image,
        body=_body(random, image),
    )


def _body(random: Random, image: str) -> str:
    """The lead image once more, as in so many posts, then blocks until it is long enough."""
    blocks = [f'<p><img src="{image}" alt="{prose.fill(random, "{place}")}" /></p>']
    wanted = random.randint(*BODY_BYTES)
    while wanted > 0:
        blocks.append(random.choice(prose.BLOCKS)(random))
        wanted -= len(blocks[-1].encode())
    return "\n\n".join(blocks) + "\n"


def _jekyll(one: Post) -> str:
    return (
        f"---\ntitle: {_quoted(one.title)}\ndate: {one.date:%Y-%m-%d %H:%M:%S %z}\n"
        f"categories:\n  - {one.category}\ntags: [{', '.join(one.tags)}]\n"
        f"author: {one.author}\nexcerpt: >\n  {one.excerpt}\nimage: {one.image}\n---\n\n"
    )


def _hugo(one: Post) -> str:
    return (
        f"---\ntitle: {_quoted(one.title)}\ndate: {one.date.isoformat()}\nslug: {one.slug}\n"
        f"categories:\n  - {one.category}\ntags: [{', '.join(one.tags)}]\n"
        f"author: {one.author}\nsummary: >\n  {one.excerpt}\nimages: [{one.image}]\n---\n\n"
    )


def _pelican(one: Post) -> str:
    return (
        f"Title: {one.title}\nDate: {one.date:%Y-%m-%d %H:%M}\nSlug: {one.slug}\n"
        f"Category: {one.category}\nTags: {', '.join(one.tags)}\nAuthor: {one.author}\n"
        f"Summary: {one.excerpt}\nImage: {one.image}\n\n"
    )


def _quoted(text: str) -> str:
    """A JSON string is a YAML string too."""
    return json.dumps(text, ensure_ascii=False)


VARIANTS: dict[str, Callable[[Post], str]] = {
    "jekyll": _jekyll,
    "hugo": _hugo,
    "pelican": _pelican,
}


def file_name(one: Post) -> str:
    """The name that Jekyll wants and the others allow."""
    return f"{one.date:%Y-%m-%d}-{one.slug}.md"


def write(folder: Path, variant: str, count: int, start: int = 0) -> None:
    """Write the posts `start` to `start + count - 1` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    front_matter = VARIANTS[variant]
    for number in range(start, start + count):
        one = post(number)
        (folder / file_name(one)).write_text(front_matter(one) + one.body, "utf-8", newline="\n")


def write_images(site: Path) -> None:
    """Write the images that the posts name into the `site`: each one colour, as PNG."""
    for shade, image in enumerate(IMAGES, start=1):
        path = site / image.removeprefix("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_png(bytes((40 * shade, 90, 120))))


def _png(colour: bytes) -> bytes:
    """A PNG (ISO/IEC 15948) of one RGB `colour`."""
    width, height = IMAGE_SIZE
    rows = (b"\0" + colour * width) * height
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def main() -> None:
    """Write a corpus as asked on the command line."""
    parser = argparse.ArgumentParser(prog="make_corpus", description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--variant", choices=VARIANTS, default="jekyll")
    parser.add_argument("--start", type=int, default=0)
    options = parser.parse_args()
    write(options.folder, options.variant, options.count, options.start)


if __name__ == "__main__":
    main()
