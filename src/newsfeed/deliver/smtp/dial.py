"""The door to aiosmtplib: a connection to the relay, as far as the first letter can go over it.

aiosmtplib greets, upgrades and logs in; then its transport is taken from it, so that neither its
locks nor its timeouts live on. What the relay says unasked until then is dropped, also what
follows the 220 to STARTTLS in plain text (RFC 3207 section 4.2).

No exception that comes out has another behind it: aiosmtplib's hold what the relay said, and that
may be what it was told.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from ipaddress import IPv6Address, ip_address
from typing import Any

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from newsfeed.deliver.smtp.envelope import Features
from newsfeed.deliver.smtp.opened import Opened
from newsfeed.deliver.smtp.parcel import Relay, Reply
from newsfeed.deliver.smtp.trouble import RefusedByRelayError, RelayError
from newsfeed.deliver.smtp.trust import tls_context, tls_trouble, without_tls
from newsfeed.deliver.words import reply_words
from newsfeed.net.lookup import in_thread

TIMEOUT = 300.0
"""Seconds for the whole way to the first letter (RFC 5321 section 4.5.3.2.1: for the greeting)."""

_PER_ADDRESS = 30.0
_GOODBYE = 2.0
_TRANSIENT, _PERMANENT, _LAST = 400, 500, 599
_NO_SUCH_HOST = (socket.EAI_NONAME, socket.EAI_NODATA)

_CONNECTION, _GREETING, _HELLO, _TLS, _LOGIN = (
    "a connection",
    "the relay's greeting",
    "the relay's answer to EHLO",
    "TLS",
    "the relay's answer to the login",
)
"""What is waited for."""

_Found = tuple[int, int, int, str, tuple[Any, ...]]
"""What getaddrinfo gives: family, kind, protocol, a name, and the address for `connect`."""

log = logging.getLogger("newsfeed.smtp")


async def dial(relay: Relay, *, timeout: float = TIMEOUT) -> Opened:
    """A connection that is greeted, secured and logged in as `relay` asks for.

    All of it takes at most `timeout` seconds, and a few more to say goodbye to a relay that is not
    used. Raises RefusedByRelayError for what stays as it is until somebody mends it, and RelayError
    for what may pass.
    """
    call = _Call(relay)
    try:
        async with asyncio.timeout(timeout):
            return await call.opened()
    except (OSError, UnicodeError, SMTPException, RelayError) as error:
        trouble, late = call.explained(error), isinstance(error, TimeoutError)
    except BaseException:
        call.drop()
        raise
    await call.hang_up(patience=0 if late else _GOODBYE)
    raise trouble


class _Call:
    """One try, and how far it came."""

    def __init__(self, relay: Relay) -> None:
        host = f"[{relay.host}]" if ":" in relay.host else relay.host
        self._where = f"{host}:{relay.port}"
        self._relay = relay
        self._socket: socket.socket | None = None
        self._client: SMTP | None = None
        self._waiting = _CONNECTION

    async def opened(self) -> Opened:
        """The whole way. Raises what aiosmtplib raises, OSError and RelayError."""
        relay = self._relay
        context = None if relay.security == "none" else tls_context(relay.ca_file)
        self._socket = await self._connected()
        self._waiting = _GREETING
        self._client = client = SMTP(
            hostname=relay.host,
            local_hostname=relay.hello,
            sock=self._socket,
            use_tls=relay.security == "tls",
            start_tls=False,
            tls_context=context,
            timeout=None,
        )
        await client.connect()
        await self._hello(client)
        if relay.security == "starttls":
            await self._secure(client)
            await self._hello(client)
        if relay.username:
            await self._log_in(client)
        return self._taken_over(client)

    async def _connected(self) -> socket.socket:
        """A socket that is connected to one of the relay's addresses; they are tried in order."""
        loop = asyncio.get_running_loop()
        failure = OSError("it has no address")
        for family, kind, protocol, _, address in await self._addresses():
            line = socket.socket(family, kind, protocol)
            line.setblocking(False)  # noqa: FBT003  # the standard library's
            try:
                async with asyncio.timeout(_PER_ADDRESS):
                    await loop.sock_connect(line, address)
            except OSError as error:
                line.close()
                failure = error
            except BaseException:
                line.close()
                raise
            else:
                return line
        raise failure

    async def _addresses(self) -> Sequence[_Found]:
        """Where the relay's name leads; for plain text, this machine alone."""
        relay = self._relay
        found: Sequence[_Found] = await in_thread(
            partial(socket.getaddrinfo, relay.host, relay.port, type=socket.SOCK_STREAM)
        )
        if relay.security == "none" and not all(_is_loopback(str(one[4][0])) for one in found):
            raise self._refused(
                '`mail.smtp.security = "none"` is for a relay on this machine, which this is not',
                'set it to "starttls" or "tls"',
            )
        return found

    async def _hello(self, client: SMTP) -> None:
        self._waiting = _HELLO
        await client.ehlo()

    async def _secure(self, client: SMTP) -> None:
        """Upgrade to TLS, or go no further (standards E-S-01, S-04)."""
        relay = self._relay
        self._waiting = _TLS
        if not client.supports_extension("starttls"):
            raise self._refused(
                "the relay does not offer STARTTLS, or somebody on the way hides it",
                'set `mail.smtp.security = "tls"` and its port, often 465' + without_tls(relay),
            )
        await client.starttls()

    async def _log_in(self, client: SMTP) -> None:
        """Give name and password, in one of the two ways that all relays know."""
        self._waiting = _LOGIN
        relay = self._relay
        ways = {"plain": client.auth_plain, "login": client.auth_login}
        log_in = next((ways[way] for way in ways if way in client.server_auth_methods), None)
        if log_in is None:
            raise self._refused(
                "the relay offers no login by PLAIN or LOGIN",
                "take `mail.smtp.port` and `mail.smtp.security` from the relay's own manual, "
                "or remove `mail.smtp.username` where it asks for none",
            )
        await log_in(_as_bytes(relay.username), _as_bytes(relay.password))

    def _taken_over(self, client: SMTP) -> Opened:
        """The transport, which from now on calls nothing of aiosmtplib's."""
        transport = client.transport
        if not isinstance(transport, asyncio.Transport) or transport.is_closing():
            raise self._may_pass("the relay closed the connection")
        transport.set_protocol(asyncio.Protocol())
        client.transport = client.protocol = None
        self._log(transport)
        return Opened(transport, Features.offered(client.esmtp_extensions))

    def _log(self, transport: asyncio.Transport) -> None:
        """Which cipher it came to (standards S-04)."""
        cipher = transport.get_extra_info("cipher")
        log.debug("%s: %s", self._where, f"{cipher[1]} {cipher[0]}" if cipher else "no TLS")

    async def hang_up(self, patience: float) -> None:
        """End the connection where there is one: by QUIT, if it is answered in so many seconds."""
        try:
            if patience and self._client is not None and self._client.is_connected:
                with suppress(OSError, SMTPException):
                    async with asyncio.timeout(patience):
                        await self._client.quit()
        finally:
            self.drop()

    def drop(self) -> None:
        """End the connection at once. A transport over the socket then ends by itself."""
        if self._socket is not None:
            with suppress(OSError):  # it has ended
                self._socket.shutdown(socket.SHUT_RDWR)
            if self._client is None:
                self._socket.close()

    def explained(self, error: Exception) -> RelayError:
        """What went wrong, in words that hold neither the password nor who logs in."""
        wrapped = isinstance(error, SMTPException) and error.__cause__
        cause = wrapped or error  # aiosmtplib's own say less than what they come from
        if isinstance(cause, RelayError):
            return cause
        if isinstance(cause, SMTPResponseException):
            return self._replied(cause)
        if isinstance(cause, ssl.SSLError):
            return tls_trouble(cause, self._relay, self._where)
        if isinstance(cause, TimeoutError):
            return self._may_pass(f"{self._waiting} did not come in time", self._late_remedy())
        if isinstance(cause, (socket.gaierror, UnicodeError)):
            unknown = not isinstance(cause, OSError) or cause.errno in _NO_SUCH_HOST
            problem = "there is no host of that name" if unknown else "its name cannot be looked up"
            return self._may_pass(problem, "check `mail.smtp.host`")
        if isinstance(cause, ConnectionRefusedError):
            remedy = "start the relay, or mend `mail.smtp.host` and `mail.smtp.port`"
            return self._may_pass("no mail server listens there", remedy)
        reason = cause.strerror if isinstance(cause, OSError) else None
        problem = f"the connection was lost before {self._waiting}"
        return self._may_pass(f"{problem}: {reason}" if reason else problem)

    def _replied(self, error: SMTPResponseException) -> RelayError:
        """What a reply means that is not the one to go on with."""
        lasting = _PERMANENT <= error.code <= _LAST
        if not lasting and not _TRANSIENT <= error.code < _PERMANENT:
            return self._may_pass(f"what came is not {self._waiting}, but nonsense")
        said = self._said(error)
        if not lasting or self._waiting == _GREETING:
            return self._may_pass(f"the relay does not take us now: {said}")
        if self._waiting == _LOGIN:
            return self._refused(
                f"the relay refuses the login: {said}",
                "mend `mail.smtp.username` or the password",
                login=True,
            )
        remedy = "set `mail.smtp.hello` to a name of this machine that is known in the DNS"
        if self._waiting == _TLS:
            remedy = "ask who runs the relay"
        return self._refused(f"the relay does not go on: {said}", remedy)

    def _said(self, error: SMTPResponseException) -> str:
        """The relay's own words without what it may have learnt from us."""
        text = _without(error.message, self._relay)
        reply = Reply(code=error.code, status="", text=text)
        return reply_words(reply, "", recipient=self._relay.username)

    def _late_remedy(self) -> str:
        if self._waiting == _GREETING and self._relay.security != "tls":
            return 'where a relay begins with TLS (port 465), set `mail.smtp.security = "tls"`'
        return ""

    def _may_pass(self, problem: str, remedy: str = "") -> RelayError:
        return RelayError(problem, where=self._where, remedy=remedy)

    def _refused(self, problem: str, remedy: str, *, login: bool = False) -> RefusedByRelayError:
        return RefusedByRelayError(problem, where=self._where, remedy=remedy, login=login)


def _is_loopback(address: str) -> bool:
    """Whether an address is one of this machine alone, also as an IPv4-mapped one."""
    found = ip_address(address)
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_loopback


def _as_bytes(text: str) -> bytes:
    """What the environment or a file held, whatever its encoding."""
    return text.encode("utf-8", "surrogateescape")


def _without(text: str, relay: Relay) -> str:
    """A text without the password, in the forms in which it went out, and without who logs in."""
    user, password = _as_bytes(relay.username), _as_bytes(relay.password)
    sent = (b"\0" + user + b"\0" + password, password, user)
    forms = [relay.password, *(b64encode(one).decode() for one in sent)]
    hidden = [re.escape(form) for form in sorted(forms, key=len, reverse=True) if form]
    if relay.username:
        hidden.append(rf"(?<![A-Za-z0-9]){re.escape(relay.username)}(?![A-Za-z0-9])")
    return re.sub("|".join(hidden), "...", text, flags=re.IGNORECASE) if hidden else text
