"""One file -> one entry: everything that reading it gives."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

import msgspec

from newsfeed.collect import files, images, media
from newsfeed.collect.conventions.base import Body, Dropped, Find, Place, markup_of, nowhere
from newsfeed.collect.decode import decode_source
from newsfeed.collect.entry import Entry, Folder, media_url
from newsfeed.collect.fields import Fields, ImageField, read_fields
from newsfeed.collect.frontmatter import FrontMatter
from newsfeed.collect.markup import author_excerpt
from newsfeed.collect.media import Looked, Media, Medium
from newsfeed.errors import ArticleError, Fault
from newsfeed.model import Image
from newsfeed.urls import absolute, ascii_url

_HEADING = re.compile(r"\s*#[ \t]+(\S.*?)[ \t]*#*[ \t]*(?:\n|\Z)")


def read_entry(found: files.Found, folder: Folder) -> Entry:
    """Read one file. What is wrong with it becomes the entry's fault; nothing is raised."""
    bare = Entry(path=found.path, raw_path=found.raw)
    try:
        data = files.read(f"{folder.root}/{found.raw}")
        decoded = decode_source(data)
        entry = _entry(bare, decoded.text, folder)
    except ArticleError as error:
        return msgspec.structs.replace(bare, fault=error.fault(found.path))
    if decoded.dropped:
        remark = Fault(
            path=found.path,
            problem=f"{decoded.dropped} control characters were left out",
            remedy="remove them from the file",
            warning=True,
        )
        return msgspec.structs.replace(entry, remarks=(*entry.remarks, remark))
    return entry


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
    roots = tuple(map(str, folder.convention.media_roots(folder.root)))
    places = images.candidates(reference, raw_path, root, roots)
    file = images.existing(places, (root, *roots))
    return Looked(places[: places.index(str(file)) + 1] if file else places, file)


def _entry(bare: Entry, text: str, folder: Folder) -> Entry:
    path, convention = bare.path, folder.convention
    front = convention.front_matter(path, text)
    fields = read_fields(front, convention.zone)
    heading, body_line = _heading(front, fields, path)
    place = convention.place(path, front, fields, author_excerpt(heading))
    left_out = fields.left_out or place.left_out
    dropped = () if left_out else convention.body(path, front.body, nowhere).dropped
    url = ascii_url(folder.site_url + convention.base_path + place.link)
    found = _media(front.body, fields.image, bare, folder)
    image, looked, remarks = _image(fields.image, url, bare, folder, found.published)
    return msgspec.structs.replace(
        bare,
        content_hash=_content_hash(text, found.published),
        remarks=(
            *_remarks(fields, front, path),
            *_dropped(dropped, front, path),
            *remarks,
            *found.remarks,
        ),
        left_out=left_out,
        title=place.title,
        url=url if place.link else "",
        default_id=_default_id(url, place, folder),
        guid=fields.guid or _filled(place.guid, url),
        date=place.date,
        dated=place.dated,
        updated=place.updated or fields.updated,
        summary=author_excerpt(fields.excerpt) if fields.excerpt else "",
        language=fields.language or place.language or folder.language,
        authors=fields.authors if place.authors is None else place.authors,
        categories=place.categories,
        tags=fields.tags if place.tags is None else place.tags,
        image=image,
        image_file=str(looked.file or ""),
        pictures=tuple(dict.fromkeys((*looked.places, *found.places))),
        media={reference: one.path for reference, one in found.published.items()},
        originals={one.path: one.raw for one in found.published.values()},
        sponsored=fields.sponsored,
        tie=place.tie,
        early=place.early,
        rank=place.rank,
        since=place.since,
        until=place.until,
        body_line=body_line if place.heading_shown else front.body_line,
    )


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
        return folder.site_url + folder.convention.base_path + place.id_path
    if place.id_path == place.link:
        return url
    return ascii_url(folder.site_url + folder.convention.base_path + place.id_path)


def _remarks(fields: Fields, front: FrontMatter, path: str) -> tuple[Fault, ...]:
    return tuple(
        Fault(path=path, line=r.line, problem=r.problem, remedy=r.remedy, warning=True)
        for r in (*front.remarks, *fields.remarks)
    )


def _content_hash(text: str, published: Mapping[str, Medium]) -> str:
    digest = hashlib.sha256(text.encode())
    if published:
        digest.update(msgspec.msgpack.encode(media.signature(published)))
    return digest.hexdigest()


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
    nowhere = Looked([], None)
    if field is None:
        return None, nowhere, ()
    path = bare.path
    address = _image_address(field.src, url, folder, published)
    if address is None or not address.startswith("http"):
        remark = _image_remark(path, f"the image {field.src!r} has no usable address", "mend it")
        return None, nowhere, (remark,)
    image = Image(url=address, alt=field.alt, width=field.width, height=field.height)
    looked = look(field.src, bare.raw_path, folder)
    if looked.file is None:
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
