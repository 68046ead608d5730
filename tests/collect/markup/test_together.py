"""Bodies rendered together."""

from __future__ import annotations

import pytest

from newsfeed.collect.markup import MarkupContext, Profile, render, render_all
from newsfeed.collect.markup.render import TOGETHER
from tests.collect.markup.kit import LEAD, URL

BODIES = [
    ("A *word*.", MarkupContext(url=URL)),
    (f"<p><img src='{LEAD}'></p>\n\nText", MarkupContext(url=URL, lead_image=LEAD)),
    ("# Title\n\n[a](b.html)", MarkupContext(url=f"{URL}c/", heading_shift=1)),
    ("A *word*.", MarkupContext(url=URL, markdown=False)),
]


@pytest.mark.parametrize("profile", Profile)
def test_each_is_as_it_is_alone_in_its_own_context(profile: Profile) -> None:
    """Neither text nor addresses of one come into another, and the order stays."""
    alone = [render(source, context, profile) for source, context in BODIES]
    assert render_all(BODIES * TOGETHER, profile) == alone * TOGETHER
    assert len({one.html for one in alone}) == len(BODIES)
