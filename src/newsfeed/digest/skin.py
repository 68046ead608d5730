"""What the frame of every letter and its style sheet need, by theme and language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsfeed.digest.theme import GUTTER
from newsfeed.digest.words import direction, words_for

if TYPE_CHECKING:
    from newsfeed.digest.theme import Theme
    from newsfeed.digest.words import Words
    from newsfeed.model import Image
    from newsfeed.templating import Plain

LOGO_WIDTH, LOGO_HEIGHT = 200, 48
"""Pixels that a logo has at most."""

# Families that systems bring, by the language whose characters they draw as its readers write
# them: the same ideograph has other strokes in Seoul, Tokyo and Beijing (standards E-H-08).
_SANS = {
    "ko": "'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR'",
    "ja": "'Hiragino Sans', 'Yu Gothic', Meiryo, 'Noto Sans JP', 'Noto Sans CJK JP'",
    "zh": "'PingFang SC', 'Microsoft YaHei', 'Noto Sans SC', 'Noto Sans CJK SC'",
}
_SERIF = {
    "ko": "'Noto Serif KR', 'Noto Serif CJK KR', AppleMyungjo, Batang",
    "ja": "'Hiragino Mincho ProN', 'Yu Mincho', 'Noto Serif JP', 'Noto Serif CJK JP'",
    "zh": "'Songti SC', SimSun, 'Noto Serif SC', 'Noto Serif CJK SC'",
}
_SYSTEM = "-apple-system, BlinkMacSystemFont"
_LATIN = {
    "sans-serif": "'Segoe UI', Roboto, Helvetica, Arial",
    "serif": "Georgia, 'Times New Roman'",
}

# Outlook's Word engine takes the first family only, and Times where it does not know that one.
_OUTLOOK = {"ko": "'Malgun Gothic'", "ja": "'Yu Gothic'", "zh": "'Microsoft YaHei'"}


def skin(theme: Theme, language: str, spoken: str = "") -> dict[str, Plain]:
    """The values that `_layout.html.j2` and `letter.css` use, for a letter in `language` whose own
    words are in `spoken`, "" for the same.

    `light` and `dark` are colours by name; `font` and `outlook_font` are CSS; `width`, `column`,
    `gutter` and `corner` are pixels; `logo` has url, alt, width and height (0: unknown), or is
    None; `start` and `end` are left and right, or right and left; `words` are the letter's own.
    The letter itself adds its `subject`.
    """
    words = words_for(spoken or language)
    rtl = direction(language) == "rtl"
    return {
        "light": theme.light.as_css(),
        "dark": theme.dark.as_css(),
        "font": _stack(theme.font, language),
        "outlook_font": f"{_OUTLOOK.get(_primary(language), 'Arial')}, Arial, sans-serif",
        "width": theme.width,
        "column": theme.column,
        "gutter": GUTTER,
        "corner": theme.corner,
        "logo": _logo(theme.logo) if theme.logo else None,
        "language": language,
        "direction": direction(language),
        "start": "right" if rtl else "left",
        "end": "left" if rtl else "right",
        "words": _plain_words(words),
        # What only some letters have.
        "preheader": "",
        "canonical_url": "",
        "description": "",
        "author_colours": {},
    }


def _plain_words(words: Words) -> dict[str, Plain]:
    return {
        "language": words.language,
        "direction": direction(words.language),
        "read_more": words.read_more,
        "also_new": words.also_new,
        "unsubscribe": words.unsubscribe,
        "preferences": words.preferences,
        "view_online": words.view_online,
        "subscribe": words.subscribe,
    }


def _stack(font: str, language: str) -> str:
    """The operator's families, then those that have the language's characters."""
    chosen, _, generic = font.rpartition(", ")
    fallbacks = _SERIF if generic == "serif" else _SANS
    asian = fallbacks.get(_primary(language), fallbacks["ko"])
    latin = _LATIN.get(generic, "Menlo, Consolas")
    if generic == "sans-serif" and not chosen:
        return ", ".join((_SYSTEM, asian, latin, generic))
    # Latin letters of a Korean serif are poor: a Latin family comes first.
    return ", ".join(part for part in (chosen or latin, asian, generic) if part)


def _logo(logo: Image) -> dict[str, Plain]:
    """The logo in its box, twice as many pixels of the file to each of ours."""
    if not logo.width or not logo.height:
        return {"url": logo.url, "alt": logo.alt, "width": 0, "height": LOGO_HEIGHT}
    share = min(LOGO_WIDTH / logo.width, LOGO_HEIGHT / logo.height, 1)
    return {
        "url": logo.url,
        "alt": logo.alt,
        "width": max(round(logo.width * share), 1),
        "height": max(round(logo.height * share), 1),
    }


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()
