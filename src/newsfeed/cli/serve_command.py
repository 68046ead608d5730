"""`newsfeed serve`."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

import click

from newsfeed.app import make_plan, open_project, people
from newsfeed.cli.listening import insecure, listen_option, place_of
from newsfeed.cli.options import config_option
from newsfeed.errors import message


@click.command()
@config_option
@listen_option
def command(*, file: Path | None, listen_at: str | None) -> None:
    """Serve the feeds and pages, the form to subscribe by, and the links by which subscribers
    confirm, leave and choose what they get, until Ctrl-C or SIGTERM.

    A proxy in front of it brings HTTPS; it may serve the files itself, and pass on /s, /p, /u/ and
    /c/ below `server.url` alone.
    """
    from newsfeed.web.freshness import kept_fresh
    from newsfeed.web.server import listen, serve
    from newsfeed.web.site import Site

    project = open_project(file)
    plan = make_plan(project)
    place = place_of(listen_at, project.settings.server.listen, project.file)
    with people(plan, _clock()):
        pass  # a store or keys that cannot be used are told now, not to subscribers
    site = Site(plan, _clock)
    sockets = listen(place)

    def begun() -> None:
        for opened in sockets:
            host, port = opened.getsockname()[:2]
            click.echo(f"listening on http://{type(place)(host, port)}/", err=True)
        click.echo(f"links lead to {plan.links_url}/; Ctrl-C ends it", err=True)
        warning = insecure(plan.links_url)
        if warning:
            click.echo(warning, err=True)

    _log_to_stderr()
    with kept_fresh(site.look):
        serve(site.app, sockets, begun, answer=site.answer)


def _clock() -> datetime:
    return datetime.now(UTC)


class _OneLine(logging.Formatter):
    """A record as one line without a traceback, whose values might be anybody's address."""

    def format(self, record: logging.LogRecord) -> str:
        """`newsfeed: what happened`, with control characters made visible."""
        return f"newsfeed: {message('', record.getMessage(), '')}"


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine())
    logging.getLogger().addHandler(handler)
