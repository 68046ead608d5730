"""A hub is told that feeds have changed (WebSub; standards F-W-03, F-W-04, F-W-05).

The Recommendation leaves open how; hubs take a form with `hub.mode`, and the topic as `hub.url` or,
newer ones, `hub.topic`.
"""

from __future__ import annotations

from collections.abc import Sequence

from newsfeed.net.http import Rules, post_forms

PATIENCE = 10.0
"""Seconds for all topics together."""

_MOST_SAID = 300
_OK = range(200, 300)


def tell(
    hub: str, topics: Sequence[str], *, patience: float = PATIENCE, loopback: bool = False
) -> list[str | None]:
    """Tell `hub` of each topic: "" where it took it, else what went wrong, in words; None for one
    that there was no time for. Never raises.

    The hub must be https and public; with `loopback`, http on this machine will do.
    """
    rules = Rules(
        reach="loopback" if loopback else "public",
        plain=loopback,
        patience=patience,
        most=_MOST_SAID,
    )
    forms = [{"hub.mode": "publish", "hub.url": topic, "hub.topic": topic} for topic in topics]
    return [
        reply and (reply.problem or _said(reply.status, reply.body))
        for reply in post_forms(hub, forms, rules)
    ]


def _said(status: int, body: bytes) -> str:
    """What the hub answered, on one line; "" for success, which is any 2xx."""
    if status in _OK:
        return ""
    words = " ".join(body.decode("utf-8", "replace").split())
    shown = "".join(letter if letter.isprintable() else "?" for letter in words)
    return f"the answer is {status}" + (f", {shown}" if shown and "<" not in shown else "")
