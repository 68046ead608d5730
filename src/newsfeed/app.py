"""The wiring: the only place that sees all settings and all doors."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from newsfeed import __version__, config
from newsfeed.collect.conventions.detect import convention
from newsfeed.collect.entry import FORMAT, Folder, Remote
from newsfeed.collect.index import Index, IndexDamagedError
from newsfeed.errors import Fault, SettingsError, StoreError
from newsfeed.flows.build import Workshop
from newsfeed.flows.opening import prepare
from newsfeed.flows.plan import Asked, Plan, Seams, fingerprint
from newsfeed.parallel import processors
from newsfeed.settings import Mail, Newsletter, Settings, Source, source_name
from newsfeed.store import database, private
from newsfeed.templating import KINDS
from newsfeed.units import duration
from newsfeed.urls import ascii_url

if TYPE_CHECKING:
    from newsfeed.flows.people import People


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A settings file and what it says. `base` is the folder that its paths are relative to."""

    file: Path
    base: Path
    settings: Settings


def open_project(file: Path | None) -> Project:
    """Read the settings file, or find one in the current folder. Raises SettingsError."""
    path = (file or config.find(Path.cwd())).absolute()
    settings = config.load(path, os.environ)
    return Project(file=path, base=path.parent, settings=settings)


def make_plan(project: Project) -> Plan:
    """The places and rules of the installation. Raises SettingsError."""
    settings, base = project.settings, project.base
    site_url = _site_url(settings)
    folders = tuple(_folder(source, settings, base) for source in settings.sources)
    own_pages = settings.pages.enabled
    pages = own_pages if own_pages is not None else not any(f.convention.has_site for f in folders)
    folders = tuple(
        f
        if f.remote
        else msgspec.structs.replace(f, publishes_media=pages and not f.convention.has_site)
        for f in folders
    )
    templates = _templates(base)
    _check_letters(settings, base)
    output = Path(os.path.normpath(base / settings.feeds.output))
    plan = Plan(
        site=settings.site,
        site_url=site_url,
        links_url=ascii_url(settings.server.url).rstrip("/") or site_url,
        served=bool(settings.server.url),
        feeds=settings.feeds,
        newsletters=settings.newsletters,
        mail=_mail(settings),
        folders=folders,
        pages=pages,
        output=output,
        private=base / ".newsfeed",
        store=database.sqlite_path(settings.store.url, base),
        secret=base / settings.store.secret_file,
        templates=templates,
        deploy=settings.publish.deploy,
        deploy_within=duration(settings.publish.deploy_within),
        notify=_operator(settings),
        base=base,
        redirects=settings.redirects,
        gone=settings.server.gone,
        key=_output_key(settings, templates, base, folders, pages=pages),
    )
    _refuse_public_secrets(plan, settings)
    return plan


@contextmanager
def workshop(
    plan: Plan,
    seams: Seams,
    *,
    allow_empty: bool = False,
    patience: float = private.PATIENCE,
    asked: Asked = "due",
) -> Iterator[Workshop]:
    """Open the doors of one run, look at the folders, and close them.

    A second run on this machine waits for the first, so many seconds at most: then it raises
    HeldError. Of remote feeds those are `asked` whose time has come, all or none. Raises
    NewsfeedError.
    """
    prepare(plan, seams.now)
    with (
        private.lock(plan.private, "build", patience=patience),
        _damage_told(plan.index),
        Index(plan.index, _index_key(plan)) as index,
        database.connect(plan.store, seams.now) as db,
    ):
        fetched = _fetched(plan, seams, asked)
        yield Workshop(plan, seams, index, db, allow_empty=allow_empty, fetched=fetched)


@contextmanager
def glimpse(plan: Plan, seams: Seams, *, patience: float = private.PATIENCE) -> Iterator[Workshop]:
    """The doors of a look: as `workshop`, but the store is only read, and made in no case; an empty
    source is no fault. What is written is the cache. Raises NewsfeedError.
    """
    private.prepare(plan.private)
    with (
        private.lock(plan.private, "build", patience=patience),
        _damage_told(plan.index),
        Index(plan.index, _index_key(plan)) as index,
        database.looking(plan.store, seams.now) as db,
    ):
        yield Workshop(plan, seams, index, db, allow_empty=True)


@contextmanager
def _damage_told(index: Path) -> Iterator[None]:
    """Where the index turns out to be damaged in the middle of a run, it is removed, and said."""
    try:
        yield
    except IndexDamagedError as error:
        private.remove_database(index)
        raise StoreError(
            f"the cache was damaged ({error}) and is removed; nothing else is lost",
            where=str(index),
            remedy="say the command again",
        ) from None


def _fetched(plan: Plan, seams: Seams, asked: Asked) -> tuple[Fault, ...]:
    """What there is to tell of the remote feeds, after they were asked."""
    if asked == "none" or not any(folder.remote for folder in plan.folders):
        return ()
    from newsfeed.flows.fetching import fetch

    return fetch(plan, seams.now, early=asked == "all")


@contextmanager
def people(plan: Plan, now: datetime) -> Iterator[People]:
    """Open the store and the keys for what concerns subscribers only. Raises NewsfeedError."""
    from newsfeed.flows.people import People, keys_for

    prepare(plan, now)
    with database.connect(plan.store, now) as db:
        yield People(plan=plan, db=db, keys=keys_for(db, plan.secret), now=now)


def people_of(shop: Workshop) -> People:
    """What concerns subscribers, in a run whose store is open. Raises StoreError."""
    from newsfeed.flows.people import People, keys_for

    keys = keys_for(shop.db, shop.plan.secret)
    return People(plan=shop.plan, db=shop.db, keys=keys, now=shop.seams.now)


def real_seams(progress: Callable[[str, int], None]) -> Seams:
    """The clock of this machine and all its processors."""
    return Seams(
        now=datetime.now(UTC), clock_ns=time.time_ns, workers=processors(), progress=progress
    )


def surroundings(project: Project) -> tuple[object, ...]:
    """What a plan depends on besides the settings file, as two looks at it can be compared: the
    operator's templates, and logos. What is missing or vanishes is no fault.
    """
    own = [_folder_stamps(project.base / "templates" / kind) for kind in KINDS]
    return (own, _logo_stamps(project.settings.newsletters, project.base))


def _templates(base: Path) -> tuple[Path, ...]:
    """Folders of templates: the operator's beside the settings file, if any, before ours."""
    ours, own = templates_folder(), base / "templates"
    has_own = any((own / kind).is_dir() for kind in KINDS) and own.resolve() != ours.resolve()
    return (own, ours) if has_own else (ours,)


def templates_folder() -> Path:
    """Our templates: in the installed package, or beside `src` in a checkout."""
    return _data_folder("templates", "templates")


def demo_folder() -> Path:
    """Our sample articles."""
    return _data_folder("demo", "seeds")


def _data_folder(installed: str, in_checkout: str) -> Path:
    package = Path(__file__).parent
    folder = package / installed
    return folder if folder.is_dir() else package.parents[1] / in_checkout


def _check_letters(settings: Settings, base: Path) -> None:
    """Look at what letters ask of the settings, where they speak of letters: what does so would
    else be imported by every command. Raises SettingsError.
    """
    if not settings.newsletters and settings.mail == Mail():
        return
    from newsfeed.flows.editions import check_newsletter
    from newsfeed.flows.forecast import check_quotas
    from newsfeed.flows.relaying import check_relay
    from newsfeed.flows.signing import entries
    from newsfeed.flows.theming import check_theme

    for newsletter in settings.newsletters:
        check_newsletter(newsletter)
        check_theme(newsletter, base)
    check_quotas(settings.mail.smtp)
    check_relay(settings.mail.smtp)
    entries(settings.mail, base)


def _logo_stamps(newsletters: tuple[Newsletter, ...], base: Path) -> list[tuple[str, int, int]]:
    if not newsletters:
        return []
    from newsfeed.flows.theming import logo_stamps

    return logo_stamps(newsletters, base)


def _mail(settings: Settings) -> Mail:
    if not settings.mail.bounces:
        return settings.mail
    from newsfeed.deliver.verp import checked_bounces

    return msgspec.structs.replace(settings.mail, bounces=checked_bounces(settings.mail.bounces))


def _site_url(settings: Settings) -> str:
    """The site's address in ASCII and without a slash at its end; the settings are checked."""
    return ascii_url(settings.site.url).rstrip("/")


def _operator(settings: Settings) -> str:
    """Where mails to the operator go; the settings are checked."""
    if not settings.operator.notify:
        return ""
    from newsfeed.address import parse_address

    return parse_address(settings.operator.notify).address


def _folder(source: Source, settings: Settings, base: Path) -> Folder:
    if source.feed:
        return _remote_folder(source, settings, base)
    root = Path(os.path.normpath(base / source.path))
    zone = ZoneInfo(settings.site.timezone)
    rules = convention(source.generator, root, zone, source.permalink)
    return Folder(
        name=source_name(source),
        root=root,
        convention=rules,
        site_url=_site_url(settings).removesuffix(ascii_url(rules.base_path)),
        language=source.language or settings.site.language,
        media_roots=tuple(map(str, rules.media_roots(root))),
    )


def _remote_folder(source: Source, settings: Settings, base: Path) -> Folder:
    """Where the items of a remote feed are kept. Their addresses are their own."""
    from newsfeed.collect.remote.shelf import folder_name

    name = source_name(source)
    root = base / ".newsfeed" / "remote" / folder_name(name) / "items"
    return Folder(
        name=name,
        root=root,
        convention=convention("plain", root, ZoneInfo(settings.site.timezone), ""),
        site_url="",
        language=settings.site.language,
        remote=Remote(url=ascii_url(source.feed), language=source.language),
    )


def refuse_public(plan: Plan, what: str, place: Path, key: str = "") -> None:
    """Raise SettingsError where `place` lies where the output, or a generator that copies files,
    would publish it. `what` names it, and `key` the setting that says where it is.
    """
    found = place.resolve()
    sites = [folder.root.resolve() for folder in plan.folders if folder.convention.has_site]
    copied = any(
        found.is_relative_to(site)
        and not any(part[0] in "._" for part in found.relative_to(site).parts)
        for site in sites
    )
    if copied or found.is_relative_to(plan.output.resolve()):
        raise SettingsError(
            f"{what} lies where everybody could read it",
            where=str(place),
            remedy=f"put it into .newsfeed/ with `{key}`, or change `feeds.output`"
            if key
            else "name another place, or change `feeds.output`",
        )


def _refuse_public_secrets(plan: Plan, settings: Settings) -> None:
    """Nothing that is private may lie where everybody could read it."""
    refuse_public(plan, "the store", plan.store, "store.url")
    refuse_public(plan, "the secret file", plan.secret, "store.secret_file")
    refuse_public(plan, "the journal of who left", plan.journal)
    refuse_public(plan, "the outbox", plan.outbox)
    for dkim in settings.mail.dkim:
        refuse_public(plan, "a DKIM key", plan.base / dkim.key_file, "mail.dkim.key_file")
    if password := settings.mail.smtp.password_file:
        refuse_public(plan, "the password", plan.base / password, "mail.smtp.password_file")


def _output_key(
    settings: Settings,
    templates: tuple[Path, ...],
    base: Path,
    folders: tuple[Folder, ...],
    *,
    pages: bool,
) -> str:
    """What everything that is read and written depends on. A zone has its place here since times
    are told apart by their moments alone.
    """
    return fingerprint(
        __version__,
        settings.site,
        settings.feeds,
        settings.mail.unsubscribe,
        settings.server.url,
        pages,
        [(folder.name, folder.convention.zone.key) for folder in folders],
        [_folder_stamps(root / kind) for root in templates for kind in KINDS],
        _logo_stamps(settings.newsletters, base),
    )


def _index_key(plan: Plan) -> str:
    """What the entries of the index depend on besides the files."""
    rules = [
        (f.name, str(f.root), f.site_url, f.language, f.publishes_media, f.convention.key, f.remote)
        for f in plan.folders
    ]
    return fingerprint(__version__, FORMAT, plan.site.url, rules)


def _folder_stamps(folder: Path) -> list[tuple[str, int, int]]:
    """Names, sizes and times of the templates, so that a changed one is noticed."""
    found = []
    for path in sorted(folder.rglob("*")):
        with suppress(OSError):  # somebody is just removing it
            if path.is_file():
                stat = path.stat()
                found.append((str(path.relative_to(folder)), stat.st_size, stat.st_mtime_ns))
    return found
