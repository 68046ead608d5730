"""`newsfeed serve`."""

from __future__ import annotations

import ipaddress
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from newsfeed.app import make_plan, open_project, people
from newsfeed.cli.options import config_option
from newsfeed.errors import SettingsError, UsageError, message

if TYPE_CHECKING:
    from newsfeed.web.server import Place

_EXAMPLE = "write it like 127.0.0.1:8000 or [::1]:8000"


@click.command()
@config_option
@click.option(
    "--listen", "listen_at", metavar="HOST:PORT", help="Where to listen; else `server.listen`."
)
def command(*, file: Path | None, listen_at: str | None) -> None:
    """Serve the feeds and pages, and the links by which subscribers confirm and leave, until
    Ctrl-C or SIGTERM.

    A proxy in front of it brings HTTPS; it may serve the files itself, and pass on /u/ and /c/
    below `server.url` alone.
    """
    from newsfeed.web.application import application
    from newsfeed.web.freshness import kept_fresh
    from newsfeed.web.front import Front
    from newsfeed.web.server import listen, serve
    from newsfeed.web.shelf import Shelf
    from newsfeed.web.static import static

    project = open_project(file)
    plan = make_plan(project)
    place = _place(listen_at, project.settings.server.listen, project.file)
    with people(plan, _clock()):
        pass  # a store or keys that cannot be used are told now, not to subscribers
    shelf = Shelf(plan)
    app = application(plan, _clock, rest=static(shelf))
    sockets = listen(place)

    def begun() -> None:
        for opened in sockets:
            host, port = opened.getsockname()[:2]
            click.echo(f"listening on http://{type(place)(host, port)}/", err=True)
        click.echo(f"links lead to {plan.links_url}/; Ctrl-C ends it", err=True)
        warning = _insecure(plan.links_url)
        if warning:
            click.echo(warning, err=True)

    _log_to_stderr()
    with kept_fresh(shelf):
        serve(app, sockets, begun, front=Front(shelf, app))


def _clock() -> datetime:
    return datetime.now(UTC)


def _place(option: str | None, setting: str, file: Path) -> Place:
    """Where to listen. Raises UsageError or SettingsError where that cannot be read."""
    from newsfeed.web.server import parse_place

    place = parse_place(setting if option is None else option)
    if place is not None:
        return place
    if option is not None:
        raise UsageError(f"`--listen`: {option!r} is no HOST:PORT", remedy=_EXAMPLE)
    raise SettingsError(
        f"`server.listen`: {setting!r} is no HOST:PORT", where=str(file), remedy=_EXAMPLE
    )


def _insecure(links: str) -> str:
    """A warning where tokens travel in plain sight, or "".

    Only a warning: links that were sent must work whatever is set since (standards E-L-09), and
    letters with such links are what is refused.
    """
    parts = urlsplit(links)
    if parts.scheme == "https" or _is_loopback(parts.hostname or ""):
        return ""
    return message(
        "warning: server.url",
        f"links begin with {parts.scheme}:, and everybody on the way can read them",
        "put an https:// address there; mail programs offer one-click leaving only with it",
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class _OneLine(logging.Formatter):
    """A record as one line without a traceback, whose values might be anybody's address."""

    def format(self, record: logging.LogRecord) -> str:
        """`newsfeed: what happened`, with control characters made visible."""
        return f"newsfeed: {message('', record.getMessage(), '')}"


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine())
    logging.getLogger().addHandler(handler)
