"""A newsletter's settings -> the look of its letters. Reads the logo where it is a local file."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import NamedTuple

from newsfeed.collect.images import Measured, measure
from newsfeed.digest.theme import Theme, make
from newsfeed.errors import ArticleError, SettingsError
from newsfeed.flows.plan import Plan
from newsfeed.model import Image
from newsfeed.output.writer import Output
from newsfeed.settings import Newsletter
from newsfeed.urls import ascii_url

_KINDS = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif"}
"""What every mail program shows."""

_HASH_LENGTH = 16


class _Logo(NamedTuple):
    """A local file, where it is published below the output folder, and what it measures."""

    file: Path
    path: str
    size: Measured


def check_theme(newsletter: Newsletter, base: Path) -> None:
    """Raises SettingsError, which names the key, for a look that cannot be. `base` is the folder
    of the settings file; a local logo is only looked for, not into.
    """
    _themed(newsletter, None)
    logo = newsletter.theme.logo
    if logo and not _is_address(logo) and not (base / logo).is_file():
        raise _refused(newsletter, f"there is no file {logo!r}")


def theme_of(plan: Plan, newsletter: Newsletter) -> Theme:
    """The look that `[newsletters.theme]` asks for. Raises SettingsError, which names the key."""
    wanted = newsletter.theme.logo
    if not wanted:
        return _themed(newsletter, None)
    if _is_address(wanted):
        return _themed(newsletter, Image(url=_address(newsletter), alt=plan.site.title))
    logo = _local(plan.base, newsletter)
    return _themed(
        newsletter,
        Image(
            url=f"{plan.site_url}/{logo.path}",
            alt=plan.site.title,
            width=logo.size.width,
            height=logo.size.height,
        ),
    )


def logo_outputs(plan: Plan) -> list[Output]:
    """The local logos of all newsletters, each under a name that its content gives.

    Raises SettingsError.
    """
    wanted = [n for n in plan.newsletters if n.theme.logo and not _is_address(n.theme.logo)]
    logos = {logo.path: logo for logo in (_local(plan.base, n) for n in wanted)}
    return [
        Output(path=path, fingerprint=path, produce=partial(_read, logo.file))
        for path, logo in logos.items()
    ]


def logo_stamps(newsletters: tuple[Newsletter, ...], base: Path) -> list[tuple[str, int, int]]:
    """Names, sizes and times of the local logos, so that a changed one is noticed."""
    files = [n.theme.logo for n in newsletters if n.theme.logo and not _is_address(n.theme.logo)]
    stats = [(file, (base / file).stat()) for file in files]
    return [(file, stat.st_size, stat.st_mtime_ns) for file, stat in stats]


def _themed(newsletter: Newsletter, logo: Image | None) -> Theme:
    wanted = newsletter.theme
    if wanted.logo and _is_address(wanted.logo):
        _address(newsletter)
    return make(
        accent=wanted.accent,
        text=wanted.text,
        background=wanted.background,
        font=wanted.font,
        width=wanted.width,
        corner=wanted.corner,
        logo=logo,
        where=f"newsletters.{newsletter.name}.theme",
    )


def _is_address(logo: str) -> bool:
    return ":" in logo


def _address(newsletter: Newsletter) -> str:
    """The logo's address in ASCII; its size is not known, as nothing is fetched."""
    logo = newsletter.theme.logo
    try:
        return ascii_url(logo) if logo.startswith("https://") else _no_address(newsletter)
    except ValueError:
        return _no_address(newsletter)


def _no_address(newsletter: Newsletter) -> str:
    raise _refused(newsletter, f"{newsletter.theme.logo!r} is not the address of an image")


def _local(base: Path, newsletter: Newsletter) -> _Logo:
    file = base / newsletter.theme.logo
    try:
        size = measure(file)
        content = _read(file)
    except ArticleError as error:
        raise _refused(newsletter, error.problem) from None
    except OSError as error:
        raise _refused(newsletter, f"{file} cannot be read: {error.strerror}") from None
    if size.media_type not in _KINDS:
        raise _refused(newsletter, f"{newsletter.theme.logo!r} is no PNG, JPEG or GIF")
    name = hashlib.sha256(content).hexdigest()[:_HASH_LENGTH]
    return _Logo(file, f"media/{name}{_KINDS[size.media_type]}", size)


def _read(file: Path) -> bytes:
    return file.read_bytes()


def _refused(newsletter: Newsletter, problem: str) -> SettingsError:
    return SettingsError(
        problem,
        where=f"newsletters.{newsletter.name}.theme.logo",
        remedy="name a PNG beside the settings file, or an address like "
        "https://example.org/logo.png",
    )
