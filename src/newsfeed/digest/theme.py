"""The named values of the look; the style sheet and the contrast of articles come from them."""

from __future__ import annotations

import msgspec

from newsfeed.digest.colours import RGB, css


class Palette(msgspec.Struct, frozen=True, kw_only=True):
    """Colours of one mode. Text, muted and accent can be read on background and panel."""

    background: RGB
    panel: RGB
    line: RGB
    text: RGB
    muted: RGB
    accent: RGB
    on_accent: RGB

    def as_css(self) -> dict[str, str]:
        """Each colour by its name, as templates use it."""
        return {name: css(getattr(self, name)) for name in self.__struct_fields__}


LIGHT = Palette(
    background=(255, 255, 255),
    panel=(245, 246, 248),
    line=(226, 229, 234),
    text=(28, 32, 38),
    muted=(90, 98, 110),
    accent=(11, 87, 208),
    on_accent=(255, 255, 255),
)
DARK = Palette(
    background=(22, 24, 29),
    panel=(33, 36, 43),
    line=(52, 57, 66),
    text=(230, 232, 236),
    muted=(160, 167, 178),
    accent=(138, 180, 248),
    on_accent=(22, 24, 29),
)

RATIO = 4.5
"""Contrast that text needs on its ground (WCAG 2.2, success criterion 1.4.3)."""
