"""CSS into style attributes by premailer, with its doors to network and disk shut.

The only module that imports premailer, which has had no release for years: each precaution
here answers something that it does.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import threading
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import cssutils
from lxml import etree

from newsfeed.errors import TemplateError

# Of 128 styles, which is what premailer keeps otherwise, the web copy would find few again.
os.environ.setdefault("PREMAILER_CACHE_MAXSIZE", "4096")
from premailer import Premailer  # it reads the variable at once

# Nothing of all that was imported is garbage, and looking through it would take 25 ms of a letter.
gc.freeze()

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 100 * 1024
"""Characters of CSS. A thousand take about 0.1 s to parse, and nobody can stop it."""

_DOCTYPE = "<!DOCTYPE html>"
_CSS_LOGGER = "CSSUTILS"
_DROPPED = "dropped"
_alone = threading.Lock()

_Rules = tuple[list[object], list[object]]


def inline(document: str, where: str = "") -> str:
    """A whole HTML `document` with its `<style>` rules in style attributes.

    Rules that cannot be inlined (`@media`, `:hover`) stay in the head, with `!important` so that
    they win over the inlined ones. Links and all else stay as they are. Nothing is fetched and
    no file is opened, whatever `<link>` or `@import` say. Raises TemplateError, which names
    `where`, for more CSS than can be inlined in a reasonable time.
    """
    root = etree.fromstring(document, etree.HTMLParser(huge_tree=True))
    _prepare(root)
    _refuse_too_much(root, where)
    with _our_cssutils():
        _premailer().transform(root)
    return etree.tostring(root, method="html", encoding="unicode", doctype=_DOCTYPE)


# It would write bgcolor="rgba(…)", width="calc(…)" and height="17" into every cell. What Outlook
# needs of these, the templates say.
_NO_ATTRIBUTES = ["align", "bgcolor", "height", "valign", "width"]


class _OfflinePremailer(Premailer):  # type: ignore[misc]  # untyped library
    """Parses CSS with a fetcher that finds nothing: allow_network=False does not stop `@import`."""

    def _parse_css_string(
        self,
        css_body: str,
        validate: bool = True,  # noqa: FBT001, FBT002  # its own signature
    ) -> cssutils.css.CSSStyleSheet:
        parser = cssutils.CSSParser(fetcher=lambda _url: ("utf-8", b""), validate=validate)
        return parser.parseString(css_body)

    def _parse_style_rules(self, css_body: str, ruleset_index: int) -> _Rules:
        rules, leftover = _rules(css_body, ruleset_index)
        return list(rules), list(leftover)


@cache
def _premailer() -> _OfflinePremailer:
    return _OfflinePremailer(
        allow_network=False,
        cache_css_parsing=False,
        disable_link_rewrites=True,
        strip_important=False,
        disable_validation=True,
        align_floating_images=False,
        disable_basic_attributes=_NO_ATTRIBUTES,
    )


@lru_cache(maxsize=8)
def _rules(css_body: str, ruleset_index: int) -> _Rules:
    """Letter and web copy have one style sheet. What premailer changes in it, the priority of
    rules that stay in the head, it would change to the same again.
    """
    found: _Rules = Premailer._parse_style_rules(_premailer(), css_body, ruleset_index)  # noqa: SLF001
    return found


def _refuse_too_much(root: etree._Element, where: str) -> None:
    """Raises TemplateError. Style attributes count, each text once: so often are they parsed."""
    sheets = sum(len(style.text or "") for style in root.iter("style"))
    styles = {style for one in root.iter(etree.Element) if (style := one.get("style"))}
    size = sheets + sum(map(len, styles))
    if size > LARGEST:
        raise TemplateError(
            f"the letter has {size // 1024:,} KB of CSS, and {LARGEST // 1024} KB are the most",
            where=where,
            remedy="shorten letter.css and dark.css, and style attributes",
        )


def _prepare(root: etree._Element) -> None:
    """Drop links to other files but a page's own address, and end styles with a semicolon.

    Premailer keeps parsed styles and selectors in one cache under the bare text, so that
    style="p" beside a rule for `p` would make it fail; no selector ends like this.
    """
    for link in root.iter("link"):
        if link.get("rel") != "canonical":
            link.tag = _DROPPED
    etree.strip_elements(root, _DROPPED, with_tail=False)
    for element in root.iter(etree.Element):
        style = element.get("style")
        if style is not None:
            element.set("style", style.rstrip("; \n") + ";")


@contextlib.contextmanager
def _our_cssutils() -> Iterator[None]:
    """No complaints about modern CSS, and colours in six digits (standards E-H-02).

    Both are settings of the whole process, which has threads: one at a time, and they are put back.
    """
    logger = logging.getLogger(_CSS_LOGGER)
    with _alone:
        level, short = logger.level, cssutils.ser.prefs.minimizeColorHash
        logger.setLevel(logging.CRITICAL + 1)
        cssutils.ser.prefs.minimizeColorHash = False
        try:
            yield
        finally:
            logger.setLevel(level)
            cssutils.ser.prefs.minimizeColorHash = short
