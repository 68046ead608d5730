"""A newsletter's settings -> the look of its letters. Reads the logo where it is a local file."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path

from newsfeed.collect.files import Stamp, stamp_of
from newsfeed.collect.images import MAX_BYTES, Rendition, render_logo
from newsfeed.digest.theme import Theme, make
from newsfeed.errors import ArticleError, SettingsError
from newsfeed.flows.plan import Plan
from newsfeed.model import Image
from newsfeed.output.writer import Output
from newsfeed.settings import Newsletter
from newsfeed.urls import ascii_url

FOLDER = "media"
"""Where letters' images lie below the output folder."""


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
    logo, _ = _local(plan.base, newsletter)
    return _themed(
        newsletter,
        Image(
            url=f"{plan.site_url}/{FOLDER}/{logo.name}",
            alt=plan.site.title,
            width=logo.width,
            height=logo.height,
        ),
    )


def logo_outputs(plan: Plan, newsletters: Iterable[Newsletter]) -> list[Output]:
    """The local logos of newsletters, each under a name that its content gives.

    Raises SettingsError.
    """
    wanted = [n for n in newsletters if n.theme.logo and not _is_address(n.theme.logo)]
    found = {logo.name: made for logo, made in (_local(plan.base, n) for n in wanted)}
    return [
        Output(path=f"{FOLDER}/{name}", fingerprint=name, produce=partial(bytes, made))
        for name, made in found.items()
    ]


def logo_stamps(newsletters: tuple[Newsletter, ...], base: Path) -> list[tuple[str, int, int]]:
    """Names, sizes and times of the local logos, so that a changed one is noticed."""
    found = []
    for newsletter in newsletters:
        logo = newsletter.theme.logo
        if logo and not _is_address(logo):
            with suppress(OSError):
                stat = (base / logo).stat()
                found.append((logo, stat.st_size, stat.st_mtime_ns))
    return found


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


def _local(base: Path, newsletter: Newsletter) -> tuple[Rendition, bytes]:
    """The logo as letters show it, and its bytes."""
    file = base / newsletter.theme.logo
    try:
        return _rendered(file, stamp_of(file.stat()))
    except ArticleError as error:
        raise _refused(newsletter, error.problem.partition(";")[0]) from None
    except OSError as error:
        raise _refused(newsletter, f"{file} cannot be read: {error.strerror}") from None


@lru_cache(maxsize=8)
def _rendered(file: Path, _stamp: Stamp) -> tuple[Rendition, bytes]:
    """Made once of a file that stays as it is. Raises ArticleError, OSError."""
    with file.open("rb") as opened:
        data = opened.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ArticleError(f"{file.name} has more than {MAX_BYTES:,} bytes", remedy="")
    return render_logo(data, file.name)


def _refused(newsletter: Newsletter, problem: str) -> SettingsError:
    return SettingsError(
        problem,
        where=f"newsletters.{newsletter.name}.theme.logo",
        remedy="name a PNG beside the settings file, or an address like "
        "https://example.org/logo.png",
    )
