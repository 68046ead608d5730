"""Links within the site, written relative to their page.

Such a page can be read wherever it lies: on a local server, in a preview, behind another name.
"""

from __future__ import annotations

import re

_TAG = re.compile(r"<[a-z][^<>]*>")
_ADDRESS = re.compile(r'( (?:href|src|poster)=")([^"]*)')


class Links:
    """Makes addresses below `home_url` (which ends with "/") relative to the page `page_url`."""

    def __init__(self, home_url: str, page_url: str) -> None:
        self._home = home_url
        path = page_url.removeprefix(home_url).partition("?")[0].partition("#")[0]
        self._here = page_url
        self._up = "../" * path.count("/") if page_url.startswith(home_url) else home_url

    def local(self, url: str) -> str:
        """`url` relative to the page if it is of this site; else, or where "", as it is."""
        if url.startswith(self._here + "#"):
            return url.removeprefix(self._here)
        if not url.startswith(self._home):
            return url
        return (self._up or "./") + url.removeprefix(self._home)

    def localise(self, html: str) -> str:
        """Sanitised `html` with its links and images of this site made relative.

        Sanitised means: attributes in double quotes, and no bare `<` in text.
        """
        return _TAG.sub(lambda tag: _ADDRESS.sub(self._relative, tag[0]), html)

    def _relative(self, match: re.Match[str]) -> str:
        return match[1] + self.local(match[2])
