"""The door to local images: where one lies, how large it is, and how letters show it.

Nothing is fetched, and no SVG is parsed.
"""

from newsfeed.collect.images.measured import MAX_BYTES, Measured, measure
from newsfeed.collect.images.places import candidates, existing
from newsfeed.collect.images.renditions import Rendition, Renditions, key_of, render, render_logo

__all__ = [
    "MAX_BYTES",
    "Measured",
    "Rendition",
    "Renditions",
    "candidates",
    "existing",
    "key_of",
    "measure",
    "render",
    "render_logo",
]
