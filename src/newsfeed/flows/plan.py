"""What a run works with: plain values and paths, made by the wiring from the settings."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from newsfeed.collect.entry import Folder
from newsfeed.errors import Fault
from newsfeed.settings import Feeds, Mail, Newsletter, Redirect, Site
from newsfeed.templating import KINDS

if TYPE_CHECKING:
    from newsfeed.flows.stopping import Stop

Asked = Literal["due", "all", "none"]
"""Which of the remote feeds a run asks: those whose time has come, or all, or none."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The places and rules of one installation. All paths are absolute.

    `site_url` and `links_url` end without a slash; below the latter are the links by which
    subscribers confirm and leave; `served` tells that it is set, so that somebody answers there.
    `key` is a hash of the settings and versions that what is read and written depends on. `notify`
    is the operator's address, or "".
    """

    site: Site
    site_url: str
    links_url: str
    served: bool
    feeds: Feeds
    newsletters: tuple[Newsletter, ...]
    mail: Mail
    folders: tuple[Folder, ...]
    pages: bool
    output: Path
    private: Path
    store: Path
    secret: Path
    templates: tuple[Path, ...]
    base: Path
    deploy: str
    deploy_within: timedelta
    key: str
    notify: str = ""
    redirects: tuple[Redirect, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def unread(self) -> tuple[Path, ...]:
        """Folders of which no file is an article: what we write, and the operator's templates."""
        own = (self.base / "templates" / kind for kind in KINDS)
        return (self.output, self.private, *own)

    @property
    def index(self) -> Path:
        """The cache of what files gave."""
        return self.private / "cache" / "index.db"

    @property
    def manifest(self) -> Path:
        """The list of what is ours in the output folder."""
        return self.private / "manifest.json"

    @property
    def deployed(self) -> Path:
        """The note of what the deploy command last put online."""
        return self.private / "deployed"

    @property
    def preview(self) -> Path:
        """Where the next letters lie."""
        return self.private / "preview"

    @property
    def media(self) -> Path:
        """What letters ever showed of local images; the output folder has copies."""
        return self.private / "media"

    @property
    def remote(self) -> Path:
        """What remote feeds ever had, a folder for each."""
        return self.private / "remote"

    @property
    def outbox(self) -> Path:
        """Where the `files` transport writes letters: NEWSLETTER/EDITION/*.eml."""
        return self.private / "outbox"

    @property
    def journal(self) -> Path:
        """The append-only list of those who left, as keyed hashes."""
        return self.private / "left.journal"


class Seams(NamedTuple):
    """What tests replace: time, processors, and where progress is shown.

    `now` is aware; `clock_ns` is the clock that stamps files; `progress` hears what is being
    done and how many are done. `stop` is a service's wish to end, None for a command.
    """

    now: datetime
    clock_ns: Callable[[], int]
    workers: int
    progress: Callable[[str, int], None]
    stop: Stop | None = None


class Complaints(NamedTuple):
    """What is wrong with articles: `faults` left one out, `warnings` did not."""

    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]

    @classmethod
    def of(cls, complaints: Iterable[Fault]) -> Complaints:
        """Sorted by path and line, each once."""
        ordered = sorted(set(complaints), key=lambda f: (f.path, f.line, f.problem))
        return cls(
            tuple(f for f in ordered if not f.warning), tuple(f for f in ordered if f.warning)
        )


def fingerprint(*values: object) -> str:
    """A hash of values: of everything that some output depends on."""
    return hashlib.sha256(msgspec.msgpack.encode(values)).hexdigest()
