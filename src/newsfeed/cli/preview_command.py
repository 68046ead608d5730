"""`newsfeed preview`."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import click

from newsfeed import config
from newsfeed.cli.newsletter_names import named
from newsfeed.cli.options import config_option
from newsfeed.errors import NewsfeedError, SettingsError, UsageError

if TYPE_CHECKING:
    import socket

    from newsfeed.web.preview.studio import Studio
    from newsfeed.web.server import Place

_PLACE = "127.0.0.1:8001"
_FOR_WATCHER = 2.0
_REMEDY = "end what is there, or say another port: --listen 127.0.0.1:0 takes one that is free"


@click.command()
@click.argument("newsletter", required=False)
@click.option(
    "--listen",
    "listen_at",
    metavar="HOST:PORT",
    default=_PLACE,
    show_default=True,
    help="Where to listen, on this machine alone.",
)
@click.option("--open/--no-open", "opens", help="Open the page in a browser.")
@config_option
def command(*, newsletter: str | None, listen_at: str, opens: bool, file: Path | None) -> None:
    """Show the next letter of each newsletter, feeds and pages as they would be now, in a browser
    of this machine, until Ctrl-C. The page follows every change of articles, templates, settings.

    NEWSLETTER is the one to begin with. Nothing is recorded or published; only the form for test
    letters sends something.
    """
    from newsfeed.web.preview.studio import Studio

    place = _place(listen_at)
    settings = (file or config.find(Path.cwd())).absolute()
    if not settings.is_file():
        raise SettingsError("there is no such file", where=str(settings), remedy="mend -c")
    studio = Studio(settings)
    studio.look()
    path = _path(studio, newsletter)
    sockets = _listening(place)
    host, port = sockets[0].getsockname()[:2]
    page = f"http://{type(place)(host, port)}{path}"

    def begun() -> None:
        if studio.view.trouble:
            click.echo(studio.view.trouble, err=True)
        click.echo(f"preview on {page} (Ctrl-C ends it)", err=True)
        if opens:
            threading.Thread(target=_open, args=(page,), daemon=True).start()

    _serve(studio, sockets, place, begun)


def _serve(
    studio: Studio, sockets: list[socket.socket], place: Place, begun: Callable[[], None]
) -> None:
    """Answer and watch until somebody ends it."""
    from newsfeed.service.watching import call_when_changed
    from newsfeed.web.preview.application import application
    from newsfeed.web.preview.door import names
    from newsfeed.web.server import serve

    hosts = names([(place.host, opened.getsockname()[1]) for opened in sockets])
    app = application(studio, hosts, secrets.token_urlsafe(32))
    stop = threading.Event()
    watcher = threading.Thread(
        target=call_when_changed, args=(studio.places, studio.look, stop), daemon=True
    )
    watcher.start()

    def end() -> None:
        stop.set()
        studio.bell.close()

    try:
        serve(app, sockets, begun, wind_down=end, finish=1)
    finally:
        end()
        watcher.join(_FOR_WATCHER)  # foreign code that is cut off could bring all down


def _place(text: str) -> Place:
    """Where to listen. Raises UsageError for what is no place, or not this machine's alone."""
    from newsfeed.web.preview.door import is_loopback
    from newsfeed.web.server import parse_place

    place = parse_place(text)
    if place is None:
        raise UsageError(f"`--listen`: {text!r} is no HOST:PORT", remedy=f"write it like {_PLACE}")
    if not is_loopback(place.host):
        raise UsageError(
            f"`--listen`: others could reach {place.host}, and the page shows subscribers",
            remedy=f"say one of this machine alone, like {_PLACE}; `ssh -L` brings it elsewhere",
        )
    return place


def _listening(place: Place) -> list[socket.socket]:
    from newsfeed.web.server import listen

    try:
        return listen(place)
    except NewsfeedError as error:
        raise NewsfeedError(error.problem, where=error.where, remedy=_REMEDY) from None


def _path(studio: Studio, newsletter: str | None) -> str:
    """The page to begin with. Raises UsageError for a newsletter that there is not."""
    if newsletter is None:
        return "/"
    if studio.view.plan is not None:
        named(studio.view.plan, newsletter)
    return f"/letters/{quote(newsletter)}"


def _open(page: str) -> None:
    import webbrowser

    webbrowser.open(page)
