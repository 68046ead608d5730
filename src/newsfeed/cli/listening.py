"""Where a command listens, and what it says of the links that lead there."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from newsfeed.errors import SettingsError, UsageError, message

if TYPE_CHECKING:
    from newsfeed.web.server import Place

_EXAMPLE = "write it like 127.0.0.1:8000 or [::1]:8000"


def listen_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--listen HOST:PORT`."""
    return click.option(
        "--listen", "listen_at", metavar="HOST:PORT", help="Where to listen; else `server.listen`."
    )(command)


def place_of(option: str | None, setting: str, file: Path) -> Place:
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


def insecure(links: str) -> str:
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
