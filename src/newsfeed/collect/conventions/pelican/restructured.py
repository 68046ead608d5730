"""reStructuredText to HTML: the only door to docutils. Neither files nor raw markup get in."""

from __future__ import annotations

from newsfeed.errors import ArticleError

_SETTINGS: dict[str, object] = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "_disable_config": True,
    "doctitle_xform": False,
    "docinfo_xform": False,
    "initial_header_level": 2,
    "syntax_highlight": "none",
    "embed_stylesheet": False,
    "smart_quotes": False,
    "line_length_limit": 100_000,
    "math_output": "MathML",
    "input_encoding": "unicode",
    "output_encoding": "unicode",
    "report_level": 5,
    "halt_level": 3,
    "warning_stream": False,
    "traceback": True,
}
"""What is an error to docutils stops it (3), as it stops Pelican."""


def to_html(text: str) -> str:
    """The HTML of `text`, not yet safe to show. Raises ArticleError where it is broken."""
    from docutils.core import publish_parts
    from docutils.utils import SystemMessage

    try:
        parts = publish_parts(text, writer="html4", settings_overrides=_SETTINGS)
    except SystemMessage as message:
        said = " ".join(str(message).split()).partition(") ")[2] or str(message)
        raise _broken(said[:160]) from None
    except (ValueError, LookupError, AttributeError, RecursionError) as error:
        raise _broken(f"docutils fails ({type(error).__name__})") from None
    return str(parts["body"])


def _broken(said: str) -> ArticleError:
    return ArticleError(
        f"the reStructuredText is broken: {said}", remedy="mend it; rst2html.py shows where"
    )
