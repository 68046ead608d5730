"""An application in whose place another one can be put while requests are answered."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

Answers = ASGIApp
"""What answers requests, for those who know no more of it."""


class Swap:
    """Answers each request by the `app` that is there when it comes."""

    def __init__(self, app: Answers) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self.app(scope, receive, send)
