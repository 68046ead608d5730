"""A newsletter's settings -> the look of its letters."""

from __future__ import annotations

from newsfeed.digest.theme import Theme, make
from newsfeed.errors import SettingsError
from newsfeed.model import Image
from newsfeed.settings import Newsletter
from newsfeed.urls import ascii_url


def theme_of(newsletter: Newsletter) -> Theme:
    """The look that `[newsletters.theme]` asks for.

    Raises SettingsError, which names the key, for a value that cannot be used.
    """
    wanted = newsletter.theme
    where = f"newsletters.{newsletter.name}.theme"
    return make(
        accent=wanted.accent,
        text=wanted.text,
        background=wanted.background,
        font=wanted.font,
        width=wanted.width,
        corner=wanted.corner,
        logo=_logo(wanted.logo, newsletter.title, where) if wanted.logo else None,
        where=where,
    )


def _logo(address: str, title: str, where: str) -> Image:
    """The logo at an address, whose size is not known: nothing is fetched."""
    try:
        url = ascii_url(address) if address.startswith("https://") else ""
    except ValueError:
        url = ""
    if not url:
        raise SettingsError(
            f"{address!r} is not the address of an image",
            where=f"{where}.logo",
            remedy="write one like https://example.org/logo.png",
        )
    return Image(url=url, alt=title)
