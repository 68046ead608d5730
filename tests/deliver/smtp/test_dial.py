"""A connection to the relay, up to the first letter: nothing leaves before the relay is known."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import ssl
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiosmtplib import SMTPResponseException
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.deliver.smtp.dial import _Call, dial
from newsfeed.deliver.smtp.opened import Opened
from newsfeed.deliver.smtp.parcel import Relay
from newsfeed.deliver.smtp.trouble import RefusedByRelayError, RelayError
from tests.deliver.smtp.relays import (
    LOOPBACK,
    PASSWORD,
    USER,
    Authority,
    Scripted,
    Talk,
    ehlo,
    login,
    real_relay,
    relay_at,
    scripted,
    secrets,
)

T = TypeVar("T")
OFFERS = ("AUTH PLAIN LOGIN", "PIPELINING")
TLS_OFFERS = ("STARTTLS", *OFFERS)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


def run(test: Callable[[], Awaitable[T]], *, debug: bool = False) -> T:
    """Run a test in an event loop; with `debug`, in one that logs all it does."""

    async def main() -> T:
        if debug:
            asyncio.get_running_loop().slow_callback_duration = 0
        return await test()

    return asyncio.run(main(), debug=debug)


class Line(asyncio.Protocol):
    """Who takes a connection over: says lines, and hears replies."""

    def __init__(self, opened: Opened) -> None:
        self._transport = opened.transport
        self._heard: asyncio.Queue[bytes] = asyncio.Queue()
        self.lost = asyncio.Event()
        opened.transport.set_protocol(self)

    def data_received(self, data: bytes) -> None:
        self._heard.put_nowait(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()

    async def say(self, data: bytes, *replies: bytes) -> None:
        """Write, and wait for the beginnings of so many lines."""
        self._transport.write(data)
        heard = b""
        while heard.count(b"\n") < len(replies):
            heard += await asyncio.wait_for(self._heard.get(), 10)
        assert [line[:3] for line in heard.splitlines()] == list(replies)


async def send(opened: Opened) -> None:
    """A letter and a goodbye over a connection that was taken over."""
    line = Line(opened)
    await line.say(b"MAIL FROM:<a@example.org>\r\n", b"250")
    await line.say(b"RCPT TO:<b@example.com>\r\n", b"250")
    await line.say(b"DATA\r\n", b"354")
    await line.say(b"Subject: 1\r\n\r\ntext\r\n.\r\n", b"250")
    await line.say(b"QUIT\r\n", b"221")
    await asyncio.wait_for(line.lost.wait(), 30)


async def refusal(relay: Relay, timeout: float = 30) -> RelayError:
    """Why there is no connection."""
    with pytest.raises(RelayError) as found:
        await dial(relay, timeout=timeout)
    return found.value


def is_refused(error: RelayError, *words: str) -> None:
    """It is of no use to try again, and the one line says why, where and what to do."""
    assert type(error) is RefusedByRelayError, error
    _says(error, *words)
    assert error.remedy


def may_pass(error: RelayError, *words: str) -> None:
    """It may be of use to try again."""
    assert type(error) is RelayError, error
    _says(error, *words)


def _says(error: RelayError, *words: str) -> None:
    text = str(error)
    assert [word for word in words if word not in text] == [], text
    assert "\n" not in text
    assert error.where


# The way that all goes well


@pytest.mark.parametrize("without", ["LOGIN", "PLAIN"])
@pytest.mark.parametrize("security", ["none", "tls", "starttls"])
def test_a_letter_goes_over_what_was_opened(
    security: str, without: str, authority: Authority
) -> None:
    async def test() -> None:
        async with real_relay(security, authority.server(), without=without) as (port, handler):
            opened = await dial(login(port, security=security, ca_file=authority.file))
            gc.collect()  # nothing of what dialled is needed any more
            assert opened.features.size
            await send(opened)
            ((sender, recipients, content),) = handler.taken
        assert (sender, recipients) == ("a@example.org", ["b@example.com"])
        assert content == b"Subject: 1\r\n\r\ntext\r\n"

    run(test)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_tls_is_1_2_or_newer_and_the_cipher_is_logged__e_s_01_s_04(
    security: str, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    async def test() -> str:
        async with real_relay(security, authority.server(), login=False) as (port, _):
            opened = await dial(relay_at(port, security=security, ca_file=authority.file))
            await send(opened)
            return str(opened.transport.get_extra_info("ssl_object").version())

    with caplog.at_level(logging.DEBUG, logger="newsfeed"):
        version = run(test)
    assert version in ("TLSv1.2", "TLSv1.3")
    assert version in caplog.text


def test_we_say_who_we_are_by_the_name_of_the_settings__e_s_18() -> None:
    async def test() -> None:
        async with scripted().open() as server:
            (await dial(relay_at(server.port))).transport.close()
        assert server.heard == b"EHLO news.example.org\r\n"

    run(test)


def test_what_was_offered_before_tls_is_forgotten__e_s_03(authority: Authority) -> None:
    async def script(talk: Talk) -> None:
        await talk.say("220 relay.example.org")
        await talk.hear()
        await talk.say(*ehlo("SIZE 1000", "DSN", *TLS_OFFERS))
        await talk.hear()
        await talk.say("220 go on")
        await talk.secure(authority.server())
        await talk.hear()
        await talk.say(*ehlo("8BITMIME", "AUTH PLAIN"))
        await talk.hear()
        await talk.say("235 2.7.0 welcome")
        await talk.rest()

    async def test() -> None:
        async with Scripted(script).open() as server:
            relay = login(server.port, security="starttls", ca_file=authority.file)
            opened = await dial(relay)
            opened.transport.abort()
            await server.ended.wait()
        assert server.plain == b"EHLO news.example.org\r\nSTARTTLS\r\n"
        assert server.heard.startswith(b"EHLO news.example.org\r\nAUTH PLAIN ")
        found = opened.features
        assert (found.pipelining, found.size, found.dsn, found.eightbit) == (
            False,
            None,
            False,
            True,
        )

    run(test)


def test_plain_text_behind_the_220_of_starttls_is_not_believed__e_s_03(
    authority: Authority,
) -> None:
    """Somebody on the way answers in advance what will be asked in secret."""

    async def script(talk: Talk) -> None:
        await talk.say("220 relay.example.org")
        await talk.hear()
        await talk.say(*ehlo(*TLS_OFFERS))
        await talk.hear()
        await talk.say("220 go on", *ehlo("SIZE 666", "AUTH PLAIN"), "235 welcome", "250 taken")
        await talk.secure(authority.server())
        assert await talk.hear() == "EHLO news.example.org"
        await talk.say(*ehlo("SIZE 1000", "AUTH PLAIN"))
        assert (await talk.hear()).startswith("AUTH PLAIN ")
        await talk.say("535 5.7.8 no")
        await talk.rest()

    async def test() -> None:
        async with Scripted(script).open() as server:
            relay = login(server.port, security="starttls", ca_file=authority.file)
            error = await refusal(relay)
        is_refused(error, "535")

    run(test)


def test_the_next_address_is_tried_where_one_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def test() -> None:
        async with scripted().open() as server:
            _resolve(monkeypatch, "127.0.0.9", LOOPBACK)
            opened = await dial(relay_at(server.port, host="localhost"))
            assert opened.transport.get_extra_info("peername")[0] == LOOPBACK
            opened.transport.close()

    run(test)


# No word before the relay is known


def test_without_starttls_nothing_is_said__e_s_01_s_04() -> None:
    async def test() -> None:
        async with scripted("221 bye", offers=OFFERS).open() as server:
            error = await refusal(login(server.port, security="starttls"))
        is_refused(error, "does not offer STARTTLS", f"{LOOPBACK}:{server.port}", '"none"')
        assert server.heard == b"EHLO news.example.org\r\nQUIT\r\n"

    run(test)


@pytest.mark.parametrize(
    ("reply", "check"), [("454 4.7.0 later", may_pass), ("554 5.5.1 never", is_refused)]
)
def test_a_starttls_that_is_offered_and_refused_leads_to_no_login__e_s_01(
    reply: str, check: Callable[..., None]
) -> None:
    async def test() -> None:
        async with scripted(reply, "221 bye", offers=TLS_OFFERS).open() as server:
            check(await refusal(login(server.port, security="starttls")), reply)
        assert server.heard == b"EHLO news.example.org\r\nSTARTTLS\r\nQUIT\r\n"

    run(test)


def _bad(kind: str, authority: Authority, folder: Path) -> tuple[ssl.SSLContext, Path | None]:
    """A server's context, and whom the client trusts besides the system's."""
    if kind == "expired":
        return authority.server(year=2001), authority.file
    if kind == "not valid yet":
        return authority.server(year=2901), authority.file
    if kind == "for another name":
        return authority.server("relay.example.org"), authority.file
    if kind == "self-signed":
        return authority.self_signed(), None
    return authority.server(), Authority(folder).file


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize(
    "kind",
    ["expired", "not valid yet", "for another name", "self-signed", "not known here"],
)
def test_to_a_relay_that_cannot_be_trusted_nothing_is_said__e_s_01_s_04(
    kind: str, security: str, authority: Authority, tmp_path: Path
) -> None:
    context, ca_file = _bad(kind, authority, tmp_path)

    async def script(talk: Talk) -> None:
        if security == "starttls":
            await talk.say("220 relay.example.org")
            await talk.hear()
            await talk.say(*ehlo(*TLS_OFFERS))
            await talk.hear()
            await talk.say("220 go on")
            await talk.secure(context)
        await talk.say("220 relay.example.org")
        await talk.rest()

    async def test() -> None:
        at_once = context if security == "tls" else None
        async with Scripted(script).open(at_once) as server:
            error = await refusal(login(server.port, security=security, ca_file=ca_file))
            if security == "starttls":
                await server.ended.wait()
        is_refused(error, kind, f"{LOOPBACK}:{server.port}")
        commands = b"EHLO news.example.org\r\nSTARTTLS\r\n" if security == "starttls" else b""
        assert server.plain + server.heard == commands

    run(test)


def test_a_certificate_is_for_the_name_that_was_asked_for__e_s_01(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        _resolve(monkeypatch, LOOPBACK)
        async with Scripted(Talk.rest).open(authority.server("relay.example.net")) as server:
            name = "relay.example.org"
            relay = login(server.port, host=name, security="tls", ca_file=authority.file)
            error = await refusal(relay)
        is_refused(error, f"for another name than {name}", "mail.smtp.host")
        assert '"none"' not in str(error)
        assert not server.heard

    run(test)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_to_a_relay_with_tls_1_1_nothing_is_said__e_s_01(
    security: str, authority: Authority
) -> None:
    async def script(talk: Talk) -> None:
        if security == "starttls":
            await talk.say("220 relay.example.org")
            await talk.hear()
            await talk.say(*ehlo(*TLS_OFFERS))
            await talk.hear()
            await talk.say("220 go on")
        await talk.refuse(authority.old())

    async def test() -> None:
        async with Scripted(script).open() as server:
            relay = login(server.port, security=security, ca_file=authority.file)
            is_refused(await refusal(relay), "1.2 or 1.3")
        commands = b"EHLO news.example.org\r\nSTARTTLS\r\n" if security == "starttls" else b""
        assert server.heard == commands

    run(test)


@pytest.mark.parametrize("kind", ["missing", "a folder", "no PEM", "empty"])
def test_certificates_that_cannot_be_read_stop_everything(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    if kind == "a folder":
        path.mkdir()
    elif kind != "missing":
        path.write_text("no certificate" if kind == "no PEM" else "")

    async def test() -> None:
        is_refused(await refusal(login(9, security="tls", ca_file=path)), str(path), "ca_file")

    run(test)


def _resolve(monkeypatch: pytest.MonkeyPatch, *addresses: str | socket.gaierror) -> None:
    """Let every name lead to these addresses."""

    def found(_host: str, port: int, *_: Any, **__: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401
        if isinstance(addresses[0], socket.gaierror):
            raise addresses[0]
        kind = (socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        families = (socket.AF_INET6 if ":" in str(a) else socket.AF_INET for a in addresses)
        return [(f, *kind, (a, port)) for f, a in zip(families, addresses, strict=True)]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.mark.parametrize("second", ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1"])
def test_plain_text_goes_to_this_machine_only_whatever_its_name__s_04(
    second: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        async with scripted().open() as server:
            _resolve(monkeypatch, LOOPBACK, second)
            error = await refusal(login(server.port, host="localhost"))
        is_refused(error, '"none"', "localhost:")
        assert not server.heard

    run(test)


# The login


@pytest.mark.parametrize(
    ("reply", "check"),
    [
        ("535 5.7.8 no", is_refused),
        ("550 go away", is_refused),
        ("454 4.7.0 later", may_pass),
        ("421 4.3.2 closing", may_pass),
        ("250 what?", may_pass),
        ("hello", may_pass),
    ],
)
@pytest.mark.parametrize("way", ["PLAIN", "LOGIN"])
def test_a_refused_login_is_told_from_one_that_may_work_later(
    way: str, reply: str, check: Callable[..., None]
) -> None:
    async def test() -> None:
        replies = ["334 UGFzc3dvcmQ6", reply] if way == "LOGIN" else [reply]
        async with scripted(*replies, offers=(f"AUTH {way}",)).open() as server:
            error = await refusal(login(server.port))
        check(error)
        assert getattr(error, "login", False) is (check is is_refused)
        assert server.heard.count(b"AUTH") == 1

    run(test)


@pytest.mark.parametrize("offers", [(), ("AUTH CRAM-MD5 XOAUTH2",), ("AUTH",)])
def test_only_plain_and_login_are_used__e_s_04(offers: tuple[str, ...]) -> None:
    async def test() -> None:
        async with scripted("221 bye", offers=offers).open() as server:
            is_refused(await refusal(login(server.port)), "PLAIN or LOGIN")
        assert server.heard == b"EHLO news.example.org\r\nQUIT\r\n"

    run(test)


def test_a_password_that_is_no_utf_8_goes_out_as_it_is() -> None:
    async def test() -> None:
        async with scripted("235 welcome", offers=("AUTH PLAIN",)).open() as server:
            relay = relay_at(server.port, username="u", password="\udcff\udcfe")
            (await dial(relay)).transport.close()
        assert b"AUTH PLAIN AHUA//4=\r\n" in server.heard

    run(test)


def _everything_told(error: BaseException | None) -> str:
    """An exception, what lies behind it, and the variables of our frames, as reports show them."""
    told = ""
    while error is not None:
        report = traceback.TracebackException.from_exception(error, capture_locals=True)
        ours = [frame.locals for frame in report.stack if "/newsfeed/" in frame.filename]
        told += f"{error} {error!r} {error.args} {vars(error)} {ours}"
        error = error.__cause__ or error.__context__
    return told


@pytest.mark.parametrize("way", ["PLAIN", "LOGIN"])
@pytest.mark.parametrize("code", [235, 454, 535])
def test_the_password_is_in_no_log_and_no_exception__e_s_04_s_05(
    code: int, way: str, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    """The relay repeats all that it heard, and everybody who can log does."""

    async def script(talk: Talk) -> None:
        await talk.say("220 relay.example.org")
        await talk.hear()
        await talk.say(*ehlo(f"AUTH {way}"))
        heard = await talk.hear()
        if way == "LOGIN":
            await talk.say(f"334 {heard}")
            heard += await talk.hear()
        await talk.say(f"{code}-{heard} {heard.split()[-1]}", f"{code} {USER} says {PASSWORD}")
        await talk.rest()

    async def test() -> RelayError | None:
        async with Scripted(script).open(authority.server()) as server:
            relay = login(server.port, security="tls", ca_file=authority.file)
            if code == 235:
                (await dial(relay)).transport.abort()
                return None
            error = await refusal(relay)
            assert any(secret.encode() in server.heard for secret in secrets())
            return error

    with caplog.at_level(logging.DEBUG):
        error = run(test, debug=True)
    assert len(caplog.records) > 5
    told = caplog.text + _everything_told(error)
    for secret in (*secrets(), USER):
        assert secret not in told
    assert error is None or error.__context__ is None


@given(
    st.text(max_size=50),
    st.sampled_from(
        [*secrets(), PASSWORD.upper(), USER, USER.upper(), f"<{USER}>", "x@example.com"]
    ),
    st.text(max_size=50),
    st.booleans(),
)
def test_the_relays_words_are_one_line_without_names_and_passwords(
    before: str, secret: str, after: str, again: bool
) -> None:
    error = _refused(login(25), f"{before} {secret} {after} {secret * again}")
    for hidden in (*secrets(), USER, "example.com"):
        assert hidden.lower() not in error.lower()
    assert error.isprintable()
    assert len(error) < 400


def test_the_words_of_a_relay_without_login_are_kept() -> None:
    assert "535 5.7.0 too busy" in _refused(relay_at(25), "5.7.0 too busy")


@pytest.mark.parametrize("text", ["no apikey here", "user=APIKey;", "apikey님", "apikey apikey"])
def test_who_logs_in_is_not_repeated_even_where_it_is_no_address(text: str) -> None:
    relay = relay_at(25, username="apikey", password=PASSWORD)
    assert "apikey" not in _refused(relay, text).lower()


@pytest.mark.parametrize("secret", [*secrets("ab", "cdef"), "YWI="])
def test_short_passwords_are_not_repeated_either(secret: str) -> None:
    relay = relay_at(25, username="ab", password="cdef")
    assert secret not in _refused(relay, f"not {secret}, {secret}.")


def _refused(relay: Relay, text: str) -> str:
    return str(_Call(relay)._replied(SMTPResponseException(535, text)))


# What may pass


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        port = taken.getsockname()[1]

        async def test() -> None:
            may_pass(await refusal(login(port)), "no mail server listens", f"{LOOPBACK}:{port}")

        run(test)


def test_an_address_of_version_6_is_told_from_its_port() -> None:
    async def test() -> None:
        assert (await refusal(login(9, host="::1"))).where == "[::1]:9"

    run(test)


@pytest.mark.parametrize(
    ("host", "code", "words"),
    [
        ("relay.example.org", socket.EAI_NONAME, "no host of that name"),
        ("relay.example.org", socket.EAI_AGAIN, "cannot be looked up"),
        ("relay..example.org", socket.EAI_NONAME, "no host of that name"),
    ],
)
def test_a_name_that_leads_nowhere(
    host: str, code: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if ".." not in host:
        _resolve(monkeypatch, socket.gaierror(code, "not found"))

    async def test() -> None:
        may_pass(await refusal(login(25, host=host, security="tls")), words, "mail.smtp.host")

    run(test)


@pytest.mark.parametrize(
    "greeting",
    [
        "421 4.3.2 busy",
        "450 later",
        "554 5.7.1 your address is on a list",
        "250 ok",
        "SSH-2.0-OpenSSH_9.9",
        "999 what?",
        "-12 what?",
        "",
        b"\x16\x03\x01\x00\x00\r\n",
        b"x" * 100_000,
        b"220-" + b"again\r\n220-" * 5000,
        None,
    ],
)
@pytest.mark.parametrize("secure", [False, True])
def test_a_greeting_that_is_none_may_pass__e_s_10(
    greeting: str | bytes | None, secure: bool, authority: Authority
) -> None:
    async def script(talk: Talk) -> None:
        if greeting is not None:
            await talk.say(greeting)
            await talk.rest()

    async def test() -> None:
        async with Scripted(script).open(authority.server() if secure else None) as server:
            security = "tls" if secure else "none"
            error = await refusal(login(server.port, security=security, ca_file=authority.file))
            may_pass(error)
        assert b"AUTH" not in server.heard

    run(test)


@pytest.mark.parametrize(
    ("reply", "check", "words"),
    [
        ("421 4.3.2 closing", may_pass, "421"),
        ("450 4.7.1 later", may_pass, "450"),
        ("550 5.7.1 who is that?", is_refused, "mail.smtp.hello"),
        ("502 5.5.1 what?", is_refused, "502"),
        ("235 welcome", may_pass, "nonsense"),
    ],
)
def test_an_answer_to_ehlo_that_is_not_the_one_to_go_on_with(
    reply: str, check: Callable[..., None], words: str
) -> None:
    async def script(talk: Talk) -> None:
        await talk.say("220 relay.example.org")
        await talk.hear()
        await talk.say(reply)
        await talk.rest()

    async def test() -> None:
        async with Scripted(script).open() as server:
            check(await refusal(login(server.port)), words)
        assert b"AUTH" not in server.heard

    run(test)


@pytest.mark.parametrize("step", ["greeting", "EHLO", "STARTTLS", "TLS", "login"])
@pytest.mark.parametrize("silent", [True, False])
def test_a_relay_that_says_nothing_or_hangs_up_does_not_keep_us(step: str, silent: bool) -> None:
    async def script(talk: Talk) -> None:
        offers = ["AUTH PLAIN"] if step == "login" else ["STARTTLS"]
        replies = [["220 relay.example.org"], ehlo(*offers), ["220 go on"]]
        steps = ["greeting", "EHLO", "STARTTLS", "TLS"]
        known = 2 if step == "login" else steps.index(step)
        for number, lines in enumerate(replies[:known]):
            await talk.say(*lines)
            if number + 1 < known:
                await talk.hear()
        if known:
            await talk.hear()
        if silent:
            await asyncio.sleep(30)

    async def test() -> None:
        async with Scripted(script).open() as server:
            security = "none" if step == "login" else "starttls"
            relay = login(server.port, security=security)
            begin = asyncio.get_running_loop().time()
            error = await refusal(relay, timeout=1 if silent else 30)
            may_pass(error, "not come in time" if silent else "lost")
            assert asyncio.get_running_loop().time() - begin < 15
            assert PASSWORD not in str(error)

    run(test)


@pytest.mark.parametrize("security", ["none", "starttls"])
def test_a_relay_that_waits_for_tls_is_guessed(security: str, authority: Authority) -> None:
    async def test() -> None:
        async with scripted().open(authority.server()) as server:
            error = await refusal(login(server.port, security=security), timeout=1)
        may_pass(error, 'security = "tls"')

    run(test)


def test_a_relay_that_does_not_begin_with_tls_is_told_from_one_that_fails() -> None:
    async def test() -> None:
        async with scripted(offers=TLS_OFFERS).open() as server:
            is_refused(await refusal(login(server.port, security="tls")), '"starttls"')
        assert b"AUTH" not in server.heard

    run(test)


# What is left behind


@pytest.mark.parametrize("security", ["none", "tls"])
def test_who_does_not_wait_any_more_leaves_no_connection(
    security: str, authority: Authority
) -> None:
    async def script(talk: Talk) -> None:
        await talk.say("220 relay.example.org")
        await talk.rest()

    async def test() -> None:
        async with Scripted(script).open(authority.server() if security == "tls" else None) as it:
            relay = login(it.port, security=security, ca_file=authority.file)
            task = asyncio.create_task(dial(relay))
            while not it.heard:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.wait_for(it.ended.wait(), 30)

    run(test)


@pytest.mark.parametrize("security", ["none", "tls", "starttls"])
def test_who_takes_over_hears_of_the_end_and_nobody_else(
    security: str, authority: Authority
) -> None:
    async def test() -> None:
        async with real_relay(security, authority.server(), login=False) as (port, _):
            relay = relay_at(port, security=security, ca_file=authority.file)
            line = Line(await dial(relay, timeout=30))
            await line.say(b"NOOP\r\n", b"250")
            await line.say(b"QUIT\r\n", b"221")
            await asyncio.wait_for(line.lost.wait(), 30)

    run(test)
