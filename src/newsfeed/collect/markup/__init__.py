"""Bodies and excerpts: from what an author wrote to HTML and text that are safe to publish."""

from newsfeed.collect.markup.context import MarkupContext, Profile, Rendered
from newsfeed.collect.markup.excerpts import author_excerpt, excerpt
from newsfeed.collect.markup.render import render, render_all
from newsfeed.collect.markup.text import plain_text, prose

__all__ = [
    "MarkupContext",
    "Profile",
    "Rendered",
    "author_excerpt",
    "excerpt",
    "plain_text",
    "prose",
    "render",
    "render_all",
]
