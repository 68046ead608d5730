"""Why no connection to the relay comes about."""

from __future__ import annotations

from newsfeed.errors import NewsfeedError


class RelayError(NewsfeedError):
    """The relay cannot be used; it may be of use to try again."""


class RefusedByRelayError(RelayError):
    """The relay refuses us or is not to be trusted: to try again changes nothing.

    `login` tells that it was the login that it refused (535 and others, RFC 4954 section 6).
    """

    def __init__(
        self, problem: str, *, remedy: str = "", where: str = "", login: bool = False
    ) -> None:
        super().__init__(problem, remedy=remedy, where=where)
        self.login = login
