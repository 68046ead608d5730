"""Local images as letters show them: made once, kept for good, and published before letters leave.

What letters show lies in two places: below `media/` in the output folder, and in a folder of our
own, from which the former is made again whenever it is lost. Nothing is ever removed from either:
letters in mailboxes refer to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import msgspec

from newsfeed.collect import files, images, media
from newsfeed.collect.entry import Entry, Folder
from newsfeed.collect.images import Renditions
from newsfeed.collect.markup.context import Shown
from newsfeed.collect.reading import look
from newsfeed.errors import ArticleError, Fault, OutputError
from newsfeed.flows.build import Workshop
from newsfeed.flows.plan import Plan
from newsfeed.flows.theming import FOLDER, logo_outputs
from newsfeed.model import Article, Image, Letter
from newsfeed.output.files import replace_file
from newsfeed.output.writer import Output, publish
from newsfeed.settings import Newsletter

NARROWEST = 300
"""Pixels of a letter from which on an image gets twice as many of its own."""

_NAME = re.compile(r"[0-9a-f]{16,64}(?:-[0-9a-z]+)?\.(?:jpg|png|gif)")


class Lead(msgspec.Struct, frozen=True):
    """An article's image for a letter: for its whole column, and beside text."""

    image: Image | None = None
    thumbnail: Image | None = None


class Pictures:
    """The images of one letter. Reads files and remembers in the index what they gave; `keep`
    writes what a letter shows.
    """

    def __init__(self, shop: Workshop, newsletter: Newsletter) -> None:
        """Where the newsletter's letters show no bodies, or are of text, images are left alone."""
        self._plan, self._index, self._clock = shop.plan, shop.index, shop.seams.clock_ns
        self._complain = shop.remarks.append
        self._newsletter = newsletter
        self.shows_leads = newsletter.format != "text"
        self.shows_bodies = self.shows_leads and newsletter.content == "full"
        self.stamps: dict[str, files.Stamp | None] = {}
        self.faults: list[Fault] = []
        self._files: dict[str, Path] = {}
        self._made: dict[str, bytes] = {}

    def lead(self, article: Article, entry: Entry, folder: Folder) -> Lead:
        """The article's own image; none where its file is broken, or missing from a folder whose
        files nobody else publishes.
        """
        image = article.image
        if image is None or not self.shows_leads:
            return Lead(image)
        if not entry.image_file:
            ours = folder.publishes_media and image.url.startswith(f"{self._plan.site_url}/")
            return Lead() if ours else Lead(image)
        was_measured = bool(image.length)  # else the build told already what is wrong
        found = self._renditions(Path(entry.image_file), article.path if was_measured else "")
        if found is None:
            return Lead()
        return Lead(*(self._image(one, image.alt) for one in (found.large, found.small)))

    def shown(self, article: Article, entry: Entry, folder: Folder) -> partial[Shown | None] | None:
        """What the article's body is to ask for each of its images (MarkupContext.show)."""
        if folder.remote or not self.shows_bodies:  # a feed's images are on its own server
            return None
        return partial(self._shown, article, entry, folder)

    def outputs(self, letters: Iterable[Letter]) -> tuple[Output, ...]:
        """What of all this `letters` show, as files of the output folder."""
        text = "".join(letter.html + letter.web for letter in letters)
        local = [
            Output(path=f"{FOLDER}/{name}", fingerprint=name, produce=partial(self._data, name))
            for name in sorted(self._files)
        ]
        local += logo_outputs(self._plan, [self._newsletter])
        return tuple(one for one in local if Path(one.path).name in text)

    def _shown(
        self, article: Article, entry: Entry, folder: Folder, reference: str, width: int
    ) -> Shown | None:
        looked = look(reference, entry.raw_path, folder)
        if not looked.file:
            return Shown("") if looked.places and folder.publishes_media else None
        found = self._renditions(Path(looked.file), article.path)
        if found is None:
            return Shown("")
        one = found.small if 0 < width <= NARROWEST else found.large
        return Shown(self._url(one.name), one.width, one.height)

    def _image(self, one: images.Rendition, alt: str) -> Image:
        return Image(url=self._url(one.name), alt=alt, width=one.width, height=one.height)

    def _url(self, name: str) -> str:
        return f"{self._plan.site_url}/{FOLDER}/{name}"

    def _renditions(self, file: Path, article: str) -> Renditions | None:
        """The renditions of a file; what is wrong with it is told of `article`, unless that is "".

        They are made where the index does not know them yet.
        """
        try:
            found = self._known(file) or self._render(file)
        except ArticleError as error:
            if article:
                self._tell(_warning(article, error))
            return None
        for one in (found.large, found.small):
            self._files[one.name] = file
        return found

    def _tell(self, fault: Fault) -> None:
        if fault not in self.faults:
            self.faults.append(fault)
            self._complain(fault)

    def _known(self, file: Path) -> Renditions | None:
        """What the index knows; for an unchanged file that takes one look at its stamp."""
        seen = self.stamps[str(file)] = files.stamp(file)
        if seen is None:
            raise _unreadable(file, "it vanished")
        key = self._index.original(str(file), seen)
        if not key:
            started = self._clock()
            key = images.key_of(_read(file))
            self._index.remember_original(str(file), key, seen, started)
        value = self._index.renditions(key)
        return msgspec.msgpack.decode(value, type=Renditions) if value else None

    def _render(self, file: Path) -> Renditions:
        data = _read(file)
        found, made = images.render(data, file.name)
        self._made |= made
        self._index.remember_renditions(images.key_of(data), msgspec.msgpack.encode(found))
        return found

    def _data(self, name: str) -> bytes:
        """The bytes of a rendition: kept before, just made, or made now. Raises OutputError."""
        kept = self._plan.media / name
        if kept.is_file():
            return _kept(kept)
        file = self._files[name]
        if name not in self._made:
            try:
                self._render(file)
            except ArticleError as error:
                raise OutputError(error.problem, where=str(file), remedy=error.remedy) from None
        if name not in self._made:
            raise OutputError(
                "changed while a letter was made of it",
                where=str(file),
                remedy="try again when nobody is changing it",
            )
        return self._made[name]


def keep(shop: Workshop, outputs: tuple[Output, ...]) -> None:
    """Write what a letter shows, into both places, unless it is there.

    Raises ForeignFileError, OutputError.
    """
    if not outputs:
        return
    plan = shop.plan
    keep_for_good(plan, outputs)
    outcome = publish(
        plan.output,
        [outputs],
        plan.manifest,
        workers=1,
        dry_run=False,
        everything=False,
        progress=lambda _done: None,
        keep_others=True,
    )
    shop.kept += outcome.written


def keep_for_good(plan: Plan, outputs: Iterable[Output]) -> None:
    """Write images into our own folder, unless they are there. Raises OutputError."""
    for one in outputs:
        file = plan.media / Path(one.path).name
        if not file.is_file():
            replace_file(file, one.produce())


def kept_outputs(plan: Plan) -> list[Output]:
    """Everything that letters ever showed, as files of the output folder."""
    if not plan.media.is_dir():
        return []
    return [
        Output(path=f"{FOLDER}/{file.name}", fingerprint=file.name, produce=partial(_kept, file))
        for file in sorted(plan.media.iterdir())
        if _NAME.fullmatch(file.name)
    ]


def _kept(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise OutputError(
            f"cannot be read: {error.strerror}",
            where=str(file),
            remedy="mend its permissions; letters refer to it",
        ) from None


def _read(file: Path) -> bytes:
    """Raises ArticleError."""
    try:
        data = media.read(file)
    except OSError as error:
        raise _unreadable(file, error.strerror or "it is no file") from None
    if len(data) > images.MAX_BYTES:
        raise ArticleError(
            f"the image {file.name} has {len(data):,} bytes; {images.MAX_BYTES:,} are the most",
            remedy="replace the image",
        )
    return data


def _warning(article: str, error: ArticleError) -> Fault:
    return Fault(path=article, problem=error.problem, remedy=error.remedy, warning=True)


def _unreadable(file: Path, why: str) -> ArticleError:
    return ArticleError(
        f"the image {file.name} cannot be read: {why}", remedy="mend it; letters have its alt text"
    )
