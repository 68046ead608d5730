"""The whole way: build, compose what is due, preview what is next, deploy, and release."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from newsfeed.errors import BodyError
from newsfeed.flows.build import BuildOptions, BuildReport, Workshop, build
from newsfeed.flows.deploying import deploy
from newsfeed.flows.editions import slot_after
from newsfeed.flows.outcomes import Decided, Forecast, Leaving, Pinged
from newsfeed.flows.plan import Complaints, Plan, fingerprint
from newsfeed.flows.previewing import Preview, Previews, previews
from newsfeed.store import database

if TYPE_CHECKING:
    from newsfeed.flows.deciding import Decisions

_IDLE = "idle"


class PublishReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a publish did before delivery. `deployed` tells that the deploy command ran; `idle`
    that no edition waits for anything, so that there is nothing to deliver either. In a dry run
    `forecasts` are what would be made and `waiting` what would go besides, which `leaving`
    describes. `errors` kept newsletters from being decided. `pinged` are the feeds that the hub was
    to be told of. `mails`: some that are no editions wait, or may. `standing` is a line for each
    edition that waits for the operator and was not decided now.
    """

    build: BuildReport
    deployed: bool
    previews: tuple[Preview, ...]
    decided: tuple[Decided, ...] = ()
    released: tuple[str, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    waiting: tuple[str, ...] = ()
    leaving: tuple[Leaving, ...] = ()
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    idle: bool = False
    mails: bool = False
    pinged: tuple[Pinged, ...] = ()
    standing: tuple[str, ...] = ()


class _Idle(msgspec.Struct, frozen=True, kw_only=True):
    """What a run found at `noted` when nothing was due and nothing waited, and when to look
    again.
    """

    key: str
    revision: str
    noted: datetime
    until: datetime


def publish(shop: Workshop, options: BuildOptions, *, ping: bool = True) -> PublishReport:
    """Build; compose the editions that are due; preview the next letters; deploy what is not
    deployed yet; then release what is ready, and tell the hub of feeds that changed.

    Letters are made before anything leaves, since one can show that an article is broken. Without
    `ping` the hub is left to the caller, who knows when the new bytes can be fetched. Raises what
    `build` raises, and DeployError.
    """
    report = _published(shop, options)
    if options.dry_run or not ping:
        return report
    return msgspec.structs.replace(report, pinged=_pinged(shop))


def _published(shop: Workshop, options: BuildOptions) -> PublishReport:
    report = build(shop, options)
    if _is_idle(shop):
        return _only_published(shop, report, options)
    generation = shop.index.generation
    decided, errors = _decide(shop, dry_run=options.dry_run)
    if options.dry_run:
        waiting = _to_deliver(shop)
        return PublishReport(
            build=report,
            deployed=False,
            previews=(),
            forecasts=_forecasts(shop, decided),
            waiting=waiting,
            leaving=_leaving(shop, waiting),
            errors=errors,
            standing=_standing(shop, decided),
        )
    if shop.index.generation != generation:  # a letter showed that an article is broken
        report = build(shop, options)
    report, found = _previewed(shop, report, options)
    errors = tuple(dict.fromkeys((*errors, *found.errors)))
    report = _with_pictures(shop, _with_web_copies(shop, report), found)
    deployed = deploy(shop)
    released = _release(shop)
    idle = not errors and _note_idle(shop, decided)
    return PublishReport(
        build=report,
        deployed=deployed,
        previews=found.found,
        decided=decided,
        released=released,
        errors=errors,
        warnings=() if idle else _warnings(shop),
        idle=idle,
        mails=_mails(shop),
        standing=() if idle else _standing(shop, decided),
    )


def _only_published(shop: Workshop, report: BuildReport, options: BuildOptions) -> PublishReport:
    """A run in which nothing is due and nothing waits."""
    if options.dry_run:
        return PublishReport(build=report, deployed=False, previews=(), idle=True)
    report, found = _previewed(shop, report, options)
    return PublishReport(
        build=_with_pictures(shop, report, found),
        deployed=deploy(shop),
        previews=found.found,
        errors=found.errors,
        idle=True,
        mails=_mails(shop),
    )


def _previewed(
    shop: Workshop, report: BuildReport, options: BuildOptions
) -> tuple[BuildReport, Previews]:
    """The previews; and, if one shows that an article is broken, the build without it."""
    try:
        return report, _previews(shop, report)
    except BodyError as error:  # of an article that stands in a letter and in no feed
        shop.blame(error)
        again = build(shop, options)
        return again, _previews(shop, again)


def _previews(shop: Workshop, report: BuildReport) -> Previews:
    return previews(shop, fingerprint(report.state, database.revision(shop.db)))


def _decide(shop: Workshop, *, dry_run: bool) -> Decisions:
    from newsfeed.flows.deciding import decide_due
    from newsfeed.flows.keeping import keep_house

    if not dry_run:
        keep_house(shop)
    return decide_due(shop, dry_run=dry_run)


def _forecasts(shop: Workshop, decided: tuple[Decided, ...]) -> tuple[Forecast, ...]:
    if not decided:
        return ()
    from newsfeed.flows.forecast import forecast

    return tuple(forecast(shop.plan, shop.db, one) for one in decided)


def _to_deliver(shop: Workshop) -> tuple[str, ...]:
    from newsfeed.flows.releasing import to_deliver

    return to_deliver(shop.plan, shop.db, shop.seams.now)


def _leaving(shop: Workshop, names: tuple[str, ...]) -> tuple[Leaving, ...]:
    if not names:
        return ()
    from newsfeed.flows.leaving import leaving

    return leaving(shop, names)


def _warnings(shop: Workshop) -> tuple[str, ...]:
    from newsfeed.flows.waiting import warnings

    return tuple(warnings(shop))


def _standing(shop: Workshop, decided: tuple[Decided, ...]) -> tuple[str, ...]:
    from newsfeed.flows.waiting import standing_still

    return standing_still(shop, {one.edition for one in decided})


def _release(shop: Workshop) -> tuple[str, ...]:
    from newsfeed.flows.releasing import release_ready

    return tuple(release_ready(shop.plan, shop.db, shop.seams.now))


def _mails(shop: Workshop) -> bool:
    return database.has_notices(shop.db) or database.has_news(shop.db, "run/publish/")


def _pinged(shop: Workshop) -> tuple[Pinged, ...]:
    """After the deploy command: a hub fetches what it is told of at once."""
    if not shop.plan.feeds.hub:
        return ()
    from newsfeed.flows.pinging import ping

    return tuple(ping(shop.plan, shop.db, shop.seams.now))


def _with_web_copies(shop: Workshop, report: BuildReport) -> BuildReport:
    """The report with the pages of editions that are new since the build."""
    from newsfeed.flows.webcopies import write_web_copies

    new = write_web_copies(shop)
    return msgspec.structs.replace(
        report, files=report.files + len(new), written=(*report.written, *new)
    )


def _with_pictures(shop: Workshop, report: BuildReport, found: Previews) -> BuildReport:
    """The report with letters' images: those that were written, and what is wrong with others."""
    remarks = {*report.warnings, *shop.remarks, *found.remarks}
    return msgspec.structs.replace(
        report,
        files=report.files + len(shop.kept),
        written=(*report.written, *shop.kept),
        warnings=Complaints.of(list(remarks)).warnings,
    )


def _is_idle(shop: Workshop) -> bool:
    """Whether the last run saw that nothing waits before a time that has not come yet.

    What was noted at a later time than now was noted by a clock that was wrong.
    """
    if not shop.plan.newsletters:
        return True
    idle = shop.index.noted(_IDLE, _Idle)
    return (
        idle is not None
        and idle.key == _key(shop.plan)
        and idle.revision == database.revision(shop.db)
        and idle.noted <= shop.seams.now
        and shop.seams.now < idle.until
    )


def _note_idle(shop: Workshop, decided: tuple[Decided, ...]) -> bool:
    """Note when to look again, if nothing waits for delivery or for the operator; tells so.

    The revision is read first: what changes while this looks makes the note void.
    """
    from newsfeed.flows.keeping import next_expiry
    from newsfeed.flows.waiting import waiting

    revision = database.revision(shop.db)
    look = waiting(shop)
    if look.busy or any(one.ahead for one in decided):
        return False
    zone, now = shop.plan.site.timezone, shop.seams.now
    slots = [slot for n in shop.plan.newsletters if (slot := slot_after(n, zone, now))]
    idle = _Idle(
        key=_key(shop.plan),
        revision=revision,
        noted=now,
        until=min((*slots, *look.times, next_expiry(shop.db, now))),
    )
    shop.index.set_note(_IDLE, msgspec.msgpack.encode(idle))
    return True


def _key(plan: Plan) -> str:
    return fingerprint(plan.key, plan.newsletters, plan.mail)
