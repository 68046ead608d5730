"""Letters reach a server that is not ours, over every kind of connection."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import msgspec
import pytest
import trustme
from aiosmtpd.smtp import SMTP, Envelope, Session

from newsfeed.deliver.smtp.parcel import Relay
from newsfeed.deliver.smtp.run import run
from tests.deliver.smtp.kit import Recorder, parcel


class Handler:
    """Keeps what it accepts, and offers PIPELINING if it shall: aiosmtpd itself reads on anyway."""

    def __init__(self, *, pipelining: bool) -> None:
        self.pipelining = pipelining
        self.pipelined = 0
        self.accepted: list[tuple[str, tuple[str, ...], bytes]] = []

    async def handle_EHLO(  # noqa: N802
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, lines: list[str]
    ) -> list[str]:
        session.host_name = name
        self.pipelined += self.pipelining
        return [lines[0], *(["250-PIPELINING"] if self.pipelining else []), *lines[1:]]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        sender, recipients = envelope.mail_from or "", tuple(envelope.rcpt_tos)
        self.accepted.append((sender, recipients, envelope.content))
        return "250 2.0.0 taken"


@asynccontextmanager
async def listening(handler: Handler, security: str, context: ssl.SSLContext) -> AsyncIterator[int]:
    """The port of an aiosmtpd."""

    def protocol() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            starttls = context if security == "starttls" else None
            return SMTP(handler, tls_context=starttls, require_starttls=bool(starttls))

    tls = context if security == "tls" else None
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


SMUGGLED = b"MAIL FROM:<x@example.org>\r\nRCPT TO:<y@example.org>\r\nDATA\r\n"
ENDS = (b"\r\n.\r\n", b"\r\n..\r\n", b"\r\n.\r\n.\r\n", b"\n.\n", b"\r.\r", b"\r\n.\n", b"\n.\r\n")


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_server_that_is_not_ours_gets_every_message_once__e_s_05(
    security: Literal["none", "starttls", "tls"], pipelining: bool, tmp_path: Path
) -> None:
    """Some try to end early and to say more; those that cannot be sent safely are not sent."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    parcels = [parcel(number, size=60_000 * (number % 2)) for number in range(12)]
    for number, end in enumerate(ENDS):
        message = b"Number: %d\r\n\r\nbefore" % number + end + SMUGGLED
        parcels[number] = msgspec.structs.replace(parcels[number], message=message)
    handler, desk = Handler(pipelining=pipelining), Recorder(parcels)

    async def work() -> None:
        async with listening(handler, security, context) as port:
            relay = Relay(
                host="localhost",
                port=port,
                security=security,
                hello="client.example",
                ca_file=tmp_path / "ca.pem",
                connections=3,
                messages_per_connection=3,
            )
            async with asyncio.timeout(20):
                await run(relay, desk, stop=asyncio.Event())

    asyncio.run(work())
    safe = [one for one in parcels if one.number not in (3, 4, 5, 6)]
    expected = [("news@example.org", (one.recipient,), one.message) for one in safe]
    assert sorted(handler.accepted) == sorted(expected)
    codes = {one.parcel.number: one.reply.code for one in desk.results if one.reply}
    assert codes == {one.number: 250 if one in safe else 554 for one in parcels}
    assert bool(handler.pipelined) == pipelining
