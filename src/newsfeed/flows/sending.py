"""Editions without feeds: compose and release what is due, or one newsletter's edition now."""

from __future__ import annotations

import msgspec

from newsfeed.flows.build import Workshop
from newsfeed.flows.deciding import Decisions, decide_due, decide_now
from newsfeed.flows.departing import Departure, hold_departures
from newsfeed.flows.deploying import deploy
from newsfeed.flows.forecast import forecast
from newsfeed.flows.keeping import keep_house
from newsfeed.flows.leaving import leaving
from newsfeed.flows.outcomes import Decided, Forecast, Leaving
from newsfeed.flows.releasing import release_ready, to_deliver
from newsfeed.flows.waiting import standing_still, warnings
from newsfeed.flows.webcopies import write_web_copies
from newsfeed.settings import Newsletter


class SendReport(msgspec.Struct, frozen=True, kw_only=True):
    """What sending did before delivery; in a dry run, what it would do. `waiting` are editions
    that would be delivered besides, which `leaving` describes, `departures` those that are held
    until somebody says yes, and `standing` a line for each further one that waits for the operator.
    """

    decided: tuple[Decided, ...] = ()
    departures: tuple[Departure, ...] = ()
    released: tuple[str, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    waiting: tuple[str, ...] = ()
    leaving: tuple[Leaving, ...] = ()
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()


def send(
    shop: Workshop, newsletter: Newsletter | None, *, dry_run: bool = False, ask: bool = False
) -> SendReport:
    """Compose and release what is due; with a newsletter, its edition now.

    The web copies of new editions are deployed before anything is released. With `ask` what would
    be released is held instead, for `departing.let_go`.

    Raises DeployError, UsageError, SettingsError, OutputError; and, with a newsletter, what
    composing raises.
    """
    if not dry_run:
        keep_house(shop)
    decided, errors = (
        Decisions((decide_now(shop, newsletter, dry_run=dry_run),), ())
        if newsletter
        else decide_due(shop, dry_run=dry_run)
    )
    if dry_run:
        found = tuple(forecast(shop.plan, shop.db, one) for one in decided)
        waiting = to_deliver(shop.plan, shop.db, shop.seams.now)
        return SendReport(
            forecasts=found,
            waiting=waiting,
            leaving=leaving(shop, waiting),
            errors=errors,
            warnings=tuple(warnings(shop)),
            standing=standing_still(shop),
        )
    if write_web_copies(shop):
        deploy(shop)  # the letters link to them
    departures = hold_departures(shop.plan, shop.db, shop.seams.now) if ask else ()
    released = release_ready(shop.plan, shop.db, shop.seams.now)
    told = {one.edition for one in decided} | {one.edition for one in departures}
    return SendReport(
        decided=decided,
        departures=departures,
        released=tuple(released),
        errors=errors,
        warnings=tuple(warnings(shop)),
        standing=standing_still(shop, told),
    )
