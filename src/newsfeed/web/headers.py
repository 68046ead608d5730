"""What every answer says to browsers, proxies and robots besides its page."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsfeed.web.pages import Page

_STYLE = "<style>", "</style>"


def answer(page: Page, headers: Mapping[str, str] | None = None) -> Response:
    """A page as the answer to a request, with what every page's headers say."""
    return Response(
        page.html,
        page.status,
        {
            "Content-Language": page.language,
            **security_headers(page.html),
            **(headers or {}),
        },
        media_type="text/html",
    )


def security_headers(page: str) -> dict[str, str]:
    """The headers of an answer that holds the HTML `page` (standards S-18, S-26).

    Nothing may run, load or frame; only the page's own style is let in, by its hash. The address
    holds a token: nobody keeps the page, indexes it, or learns the address by following a link.
    """
    return {
        "Content-Security-Policy": "; ".join(
            (
                "default-src 'none'",
                f"style-src {_style_source(page)}",
                "form-action 'self'",
                "frame-ancestors 'none'",
                "base-uri 'none'",
            )
        ),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
    }


def _style_source(page: str) -> str:
    """The one style element's text as a CSP Level 3 hash source (section 2.3.1)."""
    begin, end = _STYLE
    _, found, rest = page.partition(begin)
    if not found:
        return "'none'"
    style = rest.partition(end)[0]
    digest = hashlib.sha256(style.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
