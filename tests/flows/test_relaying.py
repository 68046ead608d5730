"""From the settings and the environment to a relay, without contacting it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.deliver.smtp.parcel import Relay
from newsfeed.errors import SettingsError
from newsfeed.flows.plan import Plan
from newsfeed.flows.relaying import check_relay, is_loopback, relay_of
from newsfeed.settings import MailSmtp
from tests.kit import NEWSLETTER, SETTINGS, Site

SECRET = "correct horse; battery"
GIVEN = {"NEWSFEED_SMTP_PASSWORD": SECRET}

Planned = Callable[..., Plan]


@pytest.fixture
def planned(tmp_path: Path) -> Planned:
    """A plan with fields of `[mail.smtp]`, and perhaps other addresses."""
    plan = Site(tmp_path / "site", SETTINGS + NEWSLETTER).plan()

    def of(links_url: str = "", sender: str = "", **smtp: object) -> Plan:
        mail = msgspec.structs.replace(plan.mail, smtp=MailSmtp(**smtp))  # type: ignore[arg-type]
        (letter,) = plan.newsletters
        letter = msgspec.structs.replace(letter, from_=sender) if sender else letter
        url = links_url or plan.links_url
        return msgspec.structs.replace(
            plan, mail=mail, links_url=url, site_url=url, newsletters=(letter,)
        )

    return of


def _password_file(plan: Plan, content: bytes, mode: int = 0o600) -> Path:
    path = plan.base / "password"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def _complaint(plan: Plan, environ: dict[str, str] | None = None) -> str:
    """The one line about settings that cannot be meant; it never holds the password."""
    with pytest.raises(SettingsError) as found:
        relay_of(plan, environ or {})
    error = found.value
    assert error.where
    assert error.remedy
    assert SECRET not in f"{error} {error!r} {error.__cause__!r} {error.__context__!r}"
    return str(error)


def test_the_relay_is_what_the_settings_say(planned: Planned) -> None:
    plan = planned(
        host="smtp.example.org",
        port=465,
        security="tls",
        username="news",
        ca_file="certs/ca.pem",
        connections=7,
        messages_per_connection=9,
    )
    assert relay_of(plan, GIVEN) == Relay(
        host="smtp.example.org",
        port=465,
        security="tls",
        hello="news.example.org",
        username="news",
        password=SECRET,
        ca_file=plan.base / "certs" / "ca.pem",
        connections=7,
        messages_per_connection=9,
    )


def test_without_settings_it_is_this_machine_and_no_login(planned: Planned) -> None:
    relay = relay_of(planned(), {})
    assert (relay.host, relay.port, relay.security) == ("localhost", 587, "starttls")
    assert (relay.username, relay.password, relay.ca_file) == ("", "", None)


# The password


@pytest.mark.parametrize("content", [SECRET, f"{SECRET}\n", f"{SECRET}\r\n"])
def test_the_password_is_the_line_of_its_file(content: str, planned: Planned) -> None:
    plan = planned(username="news", password_file="password")
    _password_file(plan, content.encode())
    assert relay_of(plan, {}).password == SECRET


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
def test_a_password_that_others_could_read_is_refused__s_05(mode: int, planned: Planned) -> None:
    plan = planned(username="news", password_file="password")
    path = _password_file(plan, SECRET.encode(), mode)
    assert f"chmod 600 {path}" in _complaint(plan)


@pytest.mark.parametrize("content", [b"", b"\n", b"one\ntwo\n", b"a\0b", b"a\x7f", b"x" * 1025])
def test_a_file_without_one_whole_password_is_refused(content: bytes, planned: Planned) -> None:
    plan = planned(username="news", password_file="password")
    assert str(_password_file(plan, content)) in _complaint(plan)


@pytest.mark.parametrize("kind", ["missing", "a folder", "a pipe"])
def test_what_is_no_file_is_refused_at_once(kind: str, planned: Planned) -> None:
    plan = planned(username="news", password_file="password")
    if kind == "a folder":
        (plan.base / "password").mkdir()
    elif kind == "a pipe":
        os.mkfifo(plan.base / "password", 0o600)
    assert "the password's file" in _complaint(plan)


def test_bytes_that_are_no_utf_8_are_kept(planned: Planned) -> None:
    plan = planned(username="news", password_file="password")
    _password_file(plan, b"\xe9t\xe9\n")
    password = relay_of(plan, {}).password
    assert password.encode("utf-8", "surrogateescape") == b"\xe9t\xe9"


def test_another_variable_can_hold_it(planned: Planned) -> None:
    plan = planned(username="news", password_env="RELAY_PASSWORD")
    assert relay_of(plan, {"RELAY_PASSWORD": SECRET, **dict.fromkeys(GIVEN, "no")}).password == (
        SECRET
    )


@pytest.mark.parametrize("environ", [{}, {"NEWSFEED_SMTP_PASSWORD": ""}])
def test_a_user_without_a_password_is_an_error(environ: dict[str, str], planned: Planned) -> None:
    said = _complaint(planned(username="news"), environ)
    assert "NEWSFEED_SMTP_PASSWORD" in said
    assert "password_file" in said


def test_two_passwords_are_an_error(planned: Planned) -> None:
    plan = planned(username="news", password_file="password")
    _password_file(plan, b"another")
    assert "NEWSFEED_SMTP_PASSWORD" in _complaint(plan, GIVEN)


def test_a_password_of_nobody_is_an_error_in_a_file_and_unused_in_the_environment(
    planned: Planned,
) -> None:
    assert "mail.smtp.username" in _complaint(planned(password_file="password"))
    assert relay_of(planned(), GIVEN).password == ""


@pytest.mark.parametrize("written", [SECRET, "Tr0ub4dor-3", "CAPITALS!", "hunter2"])
def test_a_password_in_place_of_its_variables_name_is_not_repeated__s_05(
    written: str, planned: Planned
) -> None:
    said = _complaint(planned(username="news", password_env=written))
    assert written not in said
    assert "password_env" in said


# Which machine


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "127.0.0.1",
        "127.1.2.3",
        "::1",
        "[::1]",
        "relay.localhost",
        "::ffff:127.0.0.1",
    ],
)
def test_plain_text_is_for_this_machine__s_04(host: str, planned: Planned) -> None:
    assert is_loopback(host)
    assert relay_of(planned(host=host, security="none"), {}).security == "none"


@pytest.mark.parametrize(
    "host",
    [
        "smtp.example.org",
        "localhost.example.org",
        "192.0.2.1",
        "10.0.0.1",
        "0.0.0.0",
        "127.1",
        "notlocalhost",
        "::",
        "::ffff:192.0.2.1",
        "2001:db8::1",
    ],
)
def test_plain_text_is_for_no_other_machine__s_04(host: str, planned: Planned) -> None:
    assert not is_loopback(host)
    assert "mail.smtp.security" in _complaint(planned(host=host, security="none"))
    assert relay_of(planned(host=host, security="tls"), {}).host == host


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("[::1]", "::1"),
        ("메일.example.org", "xn--h32bq4v.example.org"),
        ("Smtp.Example.ORG.", "smtp.example.org"),
        ("mail_relay", "mail_relay"),
    ],
)
def test_a_host_is_written_as_it_is_looked_up(host: str, name: str, planned: Planned) -> None:
    assert relay_of(planned(host=host), {}).host == name


@pytest.mark.parametrize(
    "host",
    [
        "smtp.example.org:587",
        "smtp://smtp.example.org",
        "news@smtp.example.org",
        "a b",
        "a..b",
        "-",
        " ",
        "x" * 64,
        "a\r\nb",
        "[smtp.example.org:25]",
        "[",
        "[]",
    ],
)
def test_a_host_that_is_none_is_an_error(host: str, planned: Planned) -> None:
    assert "mail.smtp.host" in _complaint(planned(host=host))


@given(st.text(min_size=1, max_size=30))
def test_any_host_is_a_name_in_ascii_or_an_error(host: str) -> None:
    try:
        check_relay(MailSmtp(host=host))
    except SettingsError as error:
        assert "\n" not in str(error)


# How we name ourselves


@pytest.mark.parametrize(
    ("links_url", "sender", "hello"),
    [
        ("https://letters.example.org/news", "", "letters.example.org"),
        ("https://letters.example.org:8443", "", "letters.example.org"),
        ("http://localhost:8000", "News <news@example.com>", "example.com"),
        ("http://127.0.0.1:8000", "News <news@example.com>", "example.com"),
        ("http://[::1]:8000", "News <news@example.com>", "example.com"),
        ("http://news.local", "news@뉴스.example", "xn--vg1b002a.example"),
        ("http://intranet", "news@example.com", "example.com"),
        ("http://localhost", "news@mail.internal", "[127.0.0.1]"),
    ],
)
def test_we_are_never_localhost_or_an_internal_name__e_s_18(
    links_url: str, sender: str, hello: str, planned: Planned
) -> None:
    assert relay_of(planned(links_url, sender), {}).hello == hello


@pytest.mark.parametrize(
    ("said", "hello"),
    [
        ("mx.example.org", "mx.example.org"),
        ("뉴스.example", "xn--vg1b002a.example"),
        ("[192.0.2.1]", "[192.0.2.1]"),
        ("[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]"),
    ],
)
def test_the_settings_can_name_us__e_s_18(said: str, hello: str, planned: Planned) -> None:
    assert relay_of(planned(hello=said), {}).hello == hello


@pytest.mark.parametrize(
    "said",
    [
        "localhost",
        "mail",
        "mail.local",
        "192.0.2.1",
        "[192.0.2.999]",
        "[2001:db8::1]",
        "a b.example",
        "a.example\r\nQUIT",
        "mx_1.example",
        "[IPv6:192.0.2.1]",
        "[]",
    ],
)
def test_a_name_that_the_relay_cannot_know_is_an_error__e_s_18(said: str, planned: Planned) -> None:
    assert "mail.smtp.hello" in _complaint(planned(hello=said))


def test_a_user_with_a_control_character_is_an_error(planned: Planned) -> None:
    assert "mail.smtp.username" in _complaint(planned(username="a\0b"), GIVEN)
