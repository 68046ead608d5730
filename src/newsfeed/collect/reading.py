"""Files -> entries: everything that reading them gives."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote, unquote, urlsplit

import msgspec

from newsfeed.collect import files, images, media
from newsfeed.collect.conventions.base import Asking, Body, Dropped, Find, Place, markup_of
from newsfeed.collect.decode import Decoded, decode_source
from newsfeed.collect.entry import Entry, Folder, media_url
from newsfeed.collect.fields import Fields, ImageField, read_fields
from newsfeed.collect.frontmatter import FrontMatter
from newsfeed.collect.markup import author_excerpt
from newsfeed.collect.media import Looked, Media, Medium
from newsfeed.errors import ArticleError, Fault
from newsfeed.model import Image
from newsfeed.urls import absolute, ascii_url

_SPACE = re.compile(r"\s")
_HEADING = re.compile(r"\s*#[ \t]+(\S.*?)[ \t]*#*[ \t]*(?:\n|\Z)")


def read_entries(found: Iterable[files.Found], folder: Folder) -> list[Entry]:
    """Read files, whose texts are held all at once. What is wrong with one becomes its entry's
    fault; nothing is raised.

    All pass a stage before the first enters the next: code that runs over many files in a row
    stays in the processor's caches, which saves a quarter of the time.
    """
    readings = [_Reading(one, folder) for one in found]
    for stage in _STAGES:
        for reading in readings:
            reading.enter(stage)
    return [reading.entry for reading in readings]


def read_body(entry: Entry, folder: Folder, find: Find) -> Body:
    """The article's text without front matter and title; `find` knows the addresses of others.

    Raises ArticleError.
    """
    text = decode_source(files.read(folder.root / entry.raw_path)).text
    own = "\n".join(text.split("\n")[entry.body_line - 1 :])
    return folder.convention.body(entry.path, own, find)


def look(reference: str, raw_path: str, folder: Folder) -> Looked:
    """Look for the file behind a reference in the article at `raw_path`, as the disk spells it."""
    root = str(folder.root)
    places = images.candidates(reference, raw_path, root, folder.media_roots)
    file = images.existing(places, (root, *folder.media_roots))
    return Looked(places[: places.index(file) + 1] if file else places, file)


class _Reading:
    """One file on its way to an entry; `entry` is bare until the last stage, or has a fault."""

    def __init__(self, found: files.Found, folder: Folder) -> None:
        self.entry = Entry(path=found.path, raw_path=found.raw)
        self._folder = folder
        self._decoded: Decoded
        self._front: FrontMatter
        self._fields: Fields
        self._heading: str
        self._body_line: int
        self._place: Place
        self._url: str
        self._left_out: str
        self._body: Body | None = None
        self._asking = Asking()
        self._media: Media
        self._image: tuple[Image | None, Looked, tuple[Fault, ...]]

    def enter(self, stage: Callable[[_Reading], None]) -> None:
        """Do the stage, unless an earlier one showed that the article is broken."""
        if self.entry.fault:
            return
        try:
            stage(self)
        except ArticleError as error:
            self.entry = msgspec.structs.replace(self.entry, fault=error.fault(self.entry.path))

    def decode(self) -> None:
        """Bytes to text."""
        self._decoded = decode_source(files.read(f"{self._folder.root}/{self.entry.raw_path}"))

    def parse(self) -> None:
        """Text to front matter and body."""
        self._front = self._folder.convention.front_matter(self.entry.path, self._decoded.text)

    def type_values(self) -> None:
        """Front matter to typed fields."""
        self._fields = read_fields(self._front, self._folder.convention.zone)
        self._heading, self._body_line = _heading(self._front, self._fields, self.entry.path)

    def settle(self) -> None:
        """What the generator's rules say: permalink, title, dates, and whether it is published."""
        folder, path = self._folder, self.entry.path
        heading = author_excerpt(self._heading)
        self._place = folder.convention.place(path, self._front, self._fields, heading)
        self._url = ascii_url(folder.site_url + folder.convention.base_path + self._place.link)
        self._left_out = self._fields.left_out or self._place.left_out

    def look(self) -> None:
        """What the body holds: template tags, local media, and the lead image."""
        folder, image = self._folder, self._fields.image
        if not self._left_out:
            self._body = folder.convention.body(self.entry.path, self._front.body, self._asking)
        self._media = _media(self._front.body, image, self.entry, folder)
        self._image = _image(image, self._url, self.entry, folder, self._media.published)

    def finish(self) -> None:
        """Everything together."""
        fields, place, found = self._fields, self._place, self._media
        image, looked, _ = self._image
        self.entry = msgspec.structs.replace(
            self.entry,
            content_hash=self._content_hash(),
            remarks=self._remarks(),
            left_out=self._left_out,
            title=place.title,
            url=self._url if place.link else "",
            default_id=_default_id(self._url, place, self._folder),
            guid=fields.guid or _filled(place.guid, self._url),
            date=place.date,
            dated=place.dated,
            updated=place.updated or fields.updated,
            summary=author_excerpt(fields.excerpt) if fields.excerpt else "",
            language=fields.language or place.language or self._folder.language,
            authors=fields.authors if place.authors is None else place.authors,
            categories=place.categories,
            tags=fields.tags if place.tags is None else place.tags,
            image=image,
            image_file=looked.file,
            pictures=tuple(dict.fromkeys((*looked.places, *found.places))),
            media={reference: one.path for reference, one in found.published.items()},
            originals={one.path: one.raw for one in found.published.values()},
            sponsored=fields.sponsored,
            tie=place.tie,
            early=place.early,
            rank=place.rank,
            since=place.since,
            until=place.until,
            body_line=self._body_line if place.heading_shown else self._front.body_line,
            references=tuple(self._asking.references),
        )

    def _content_hash(self) -> str:
        """Of all that the article's body, wherever it is shown, is made of."""
        digest = hashlib.sha256(self._decoded.octets)
        if self._media.published:
            digest.update(msgspec.msgpack.encode(media.signature(self._media.published)))
        body = self._body
        if body and (body.text != self._front.body or body.lead):  # settings have a say in it
            digest.update(msgspec.msgpack.encode((body.text, body.lead)))
        return digest.hexdigest()

    def _remarks(self) -> tuple[Fault, ...]:
        path, front = self.entry.path, self._front
        doubts = tuple(
            Fault(path=path, line=r.line, problem=r.problem, remedy=r.remedy, warning=True)
            for r in (*front.remarks, *self._fields.remarks)
        )
        return (
            *doubts,
            *_dropped(self._body.dropped if self._body else (), front, path),
            *self._image[2],
            *self._media.remarks,
            *_left_out_controls(self._decoded.dropped, path),
        )


_STAGES = (
    _Reading.decode,
    _Reading.parse,
    _Reading.type_values,
    _Reading.settle,
    _Reading.look,
    _Reading.finish,
)


def _left_out_controls(count: int, path: str) -> tuple[Fault, ...]:
    if not count:
        return ()
    problem = f"{count} control characters were left out"
    return (Fault(path=path, problem=problem, remedy="remove them from the file", warning=True),)


def _dropped(found: tuple[Dropped, ...], front: FrontMatter, path: str) -> tuple[Fault, ...]:
    """A warning of a generator's template language, which is not evaluated."""
    if not found:
        return ()
    first, *others = found
    more = f" (and {len(others)} more)" if others else ""
    return (
        Fault(
            path=path,
            line=front.body_line + first.line - 1,
            problem=f"{first.written}{more} is not evaluated",
            remedy="write what it stands for",
            warning=True,
        ),
    )


def _heading(front: FrontMatter, fields: Fields, path: str) -> tuple[str, int]:
    """A first-level heading that begins the body and serves as title where none is given."""
    match = None if fields.title or markup_of(path) == "html" else _HEADING.match(front.body)
    if match is None:
        return "", front.body_line
    return match[1], front.body_line + match[0].count("\n")


def _filled(guid: str, url: str) -> str:
    """A generator's whole id, with host and path of the article's address where it holds them."""
    if "{" not in guid:
        return guid
    parts = urlsplit(url)
    return guid.replace("{host}", parts.hostname or "").replace("{path}", unquote(parts.path))


def _default_id(url: str, place: Place, folder: Folder) -> str:
    if place.id_as_written:
        written = folder.site_url + folder.convention.base_path + place.id_path
        return _SPACE.sub(lambda match: quote(match[0]), written)
    if place.id_path == place.link:
        return url
    return ascii_url(folder.site_url + folder.convention.base_path + place.id_path)


def _media(body: str, image: ImageField | None, bare: Entry, folder: Folder) -> Media:
    if not folder.publishes_media:
        return Media({}, (), ())
    lead = image.src if image else ""
    return media.find(
        body, lead, bare.path, folder.root, lambda ref: look(ref, bare.raw_path, folder)
    )


def _image(
    field: ImageField | None, url: str, bare: Entry, folder: Folder, published: Mapping[str, Medium]
) -> tuple[Image | None, Looked, tuple[Fault, ...]]:
    """The lead image, where it was looked for, and what is wrong with it."""
    nowhere = Looked([], "")
    if field is None:
        return None, nowhere, ()
    path = bare.path
    address = _image_address(field.src, url, folder, published)
    if address is None or not address.startswith("http"):
        remark = _image_remark(path, f"the image {field.src!r} has no usable address", "mend it")
        return None, nowhere, (remark,)
    image = Image(url=address, alt=field.alt, width=field.width, height=field.height)
    looked = look(field.src, bare.raw_path, folder)
    if not looked.file:
        if not looked.places:
            return image, nowhere, ()
        remark = _image_remark(
            path, f"the image {field.src} is not in the folder", "add it, or its size stays unknown"
        )
        return image, looked, (remark,)
    try:
        measured = images.measure(looked.file)
    except ArticleError as error:
        return image, looked, (_image_remark(path, error.problem, error.remedy),)
    image = msgspec.structs.replace(
        image,
        width=measured.width,
        height=measured.height,
        length=measured.length,
        media_type=measured.media_type,
    )
    return image, looked, ()


def _image_address(
    reference: str, url: str, folder: Folder, published: Mapping[str, Medium]
) -> str | None:
    site = folder.site_url + folder.convention.base_path
    if reference in published:
        return media_url(published[reference].path, folder)
    if reference.startswith("/") and not reference.startswith("//"):
        return absolute(reference.lstrip("/"), site + "/")
    return absolute(reference, url)


def _image_remark(path: str, problem: str, remedy: str) -> Fault:
    return Fault(path=path, problem=problem, remedy=remedy, warning=True)
