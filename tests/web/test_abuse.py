"""What strangers and machines try at the forms (standards S-08, S-09, S-25, S-28)."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsfeed.address import parse_address
from newsfeed.app import people
from newsfeed.audience import keys
from newsfeed.flows.erasing import erase
from newsfeed.model import SuppressionReason
from newsfeed.store import suppression
from newsfeed.web.application import FORMS_OF_ONE, application, form_throttle
from tests.web.form_kit import (
    FORM,
    SENT,
    everybody,
    filled,
    found,
    letters,
    mailed,
    notices,
    preferences_path,
    send,
    stamp,
)
from tests.web.kit import ACTIVE, ADDRESS, GONE, PENDING, Desk, heading, parse, parts, text

shared_by_examples = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.timeout(240)
def test_a_thousand_requests_for_one_victim_give_one_mail__s_08(desk: Desk) -> None:
    """From a thousand networks at once, with each spelling of the address."""
    fields = filled(desk)
    spellings = [ADDRESS, ADDRESS.upper(), ADDRESS.title(), f" {ADDRESS} "]
    refused = 0
    for number in range(1000):
        desk.client = (
            f"198.51.{number // 250}.{number % 250}" if number % 2 else f"2001:db8:{number:x}::1"
        )
        answer = desk.post("/s", data={**fields, "address": spellings[number % 4]})
        refused += answer.status_code != 200
    desk.app.state.postbox.settle()
    assert mailed(desk) == 1
    assert (everybody(desk), len(letters(desk)), notices(desk)) == (1, 1, [])
    person = found(desk)
    assert person
    assert [c.event for c in desk.consents(person)] == ["requested", "mailed"]
    assert refused > 200  # those that came from a few IPv4 networks


def test_a_network_that_sends_too_many_forms_waits_and_others_do_not__s_08(desk: Desk) -> None:
    throttle = form_throttle(lambda: 0.0)
    desk.app = application(desk.plan, lambda: desk.now, throttle=throttle)
    fields = filled(desk)
    answers = desk.ask_often("POST", ["/s"] * (FORMS_OF_ONE + 5), data=fields)
    assert [a.status_code for a in answers] == [200] * FORMS_OF_ONE + [429] * 5
    assert int(answers[-1].headers["retry-after"]) in range(1, 3601)
    assert heading(answers[-1]) == "요청이 너무 잦습니다"
    desk.client = "203.0.113.200"  # the same /24
    assert desk.post("/p", data=fields).status_code == 429
    desk.client = "203.0.114.1"
    assert desk.post("/s", data=fields).status_code == 200
    desk.client = "203.0.113.77"
    assert desk.post(desk.leave_path(desk.person())).status_code == 200  # no limit there, ever
    assert desk.get("/s").status_code == 200


def test_a_clock_that_was_ahead_closes_no_form__s_38(desk: Desk) -> None:
    """A form that came meanwhile is paid off as soon as any other."""
    right = desk.now
    desk.now += timedelta(days=1500)
    assert desk.post("/s", data=filled(desk)).status_code == 200
    desk.now = right
    assert desk.post("/s", data=filled(desk)).status_code == 200
    desk.client = "198.51.100.1"
    assert desk.post("/s", data=filled(desk)).status_code == 200


def _unknown(desk: Desk) -> None:
    assert found(desk) is None


def _erased(desk: Desk) -> None:
    desk.person()
    with people(desk.plan, desk.now) as who:
        erase(who, parse_address(ADDRESS))


def _bounced(desk: Desk) -> None:
    desk.person()
    with people(desk.plan, desk.now) as who:
        number = keys.address_hash(who.keys, parse_address(ADDRESS).key)
        suppression.suppress(who.db, number, SuppressionReason.BOUNCED, desk.now)


KINDS: dict[str, Callable[[Desk], object]] = {
    "unknown": _unknown,
    "pending": lambda desk: desk.person(state=PENDING),
    "active": lambda desk: desk.person(),
    "left": lambda desk: desk.person(state=GONE),
    "erased": _erased,
    "bounced": _bounced,
}


@pytest.mark.parametrize("path", ["/s", "/p"])
@pytest.mark.parametrize("kind", KINDS)
def test_nobody_learns_whether_an_address_is_known__s_09(desk: Desk, kind: str, path: str) -> None:
    KINDS[kind](desk)
    honest = send(desk, path, address="nobody@example.com")
    answer = send(desk, path)
    assert (answer.status_code, answer.content) == (200, honest.content)
    assert dict(answer.headers) == dict(honest.headers)
    assert "mina" not in answer.text


@pytest.mark.timeout(120)
def test_nor_does_time_tell__s_09(desk: Desk) -> None:
    """200 samples by turns, with what they asked for done in between."""
    desk.person()
    fields = filled(desk)
    taken: dict[str, list[float]] = {ADDRESS: [], "nobody@example.com": []}
    for number in range(200):
        desk.client = f"2001:db8:{number // 20:x}::1"
        address = list(taken)[number % 2]
        begin = time.perf_counter()
        desk.post("/s", data={**fields, "address": address})
        taken[address].append(time.perf_counter() - begin)
        desk.app.state.postbox.settle()
    known, unknown = map(statistics.median, taken.values())
    assert 0.5 < known / unknown < 2


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("mina+news@example.com", "mina+news@example.com"),
        ("  mina@example.com\u3000", "mina@example.com"),
        ("Mina@EXAMPLE.com", "Mina@example.com"),
        ("mina@한국.example", "mina@xn--3e0b707e.example"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
        ("a@" + ".".join(["b" * 61] * 4) + ".org", "a@" + ".".join(["b" * 61] * 4) + ".org"),
        ("o'mina@example.com", "o'mina@example.com"),
    ],
)
def test_addresses_that_mail_can_reach_are_taken(desk: Desk, address: str, kept: str) -> None:
    assert heading(send(desk, address=address)) == SENT
    person = found(desk, kept)
    assert person and person.address == kept


@pytest.mark.parametrize(
    "address",
    [
        '"mina kim"@example.com',
        "mina@example.com\r\nBcc: victim@example.com",
        "mina@example.com%0ABcc:victim@example.com",
        "mina@example.com, victim@example.com",
        "Mina <mina@example.com>",
        "미나@example.com",
        "a" * 65 + "@example.com",
        "a@" + ".".join(["b" * 63] * 4) + ".org",
        "mina@localhost",
        "mina@[127.0.0.1]",
        "mina@example",
        "@example.com",
        "mina@",
        "mina@@example.com",
        "mina\x00@example.com",
        "m\u202eina@example.com",
        "<script>alert(1)</script>@example.com",
    ],
)
def test_what_two_programs_could_read_differently_is_refused__s_02(
    desk: Desk, address: str
) -> None:
    answer = send(desk, address=address)
    assert (answer.status_code, heading(answer)) == (422, FORM)
    assert everybody(desk) == 0
    assert parse(answer).xpath("//script") == []
    assert "\r" not in str(answer.headers)


def test_one_person_is_one_person_however_they_write_their_address(desk: Desk) -> None:
    for address in (ADDRESS, ADDRESS.upper(), ADDRESS.replace("mail", "MAIL")):
        send(desk, address=address)
    assert everybody(desk) == 1


def test_the_mail_says_nothing_that_a_visitor_wrote__s_08(desk: Desk) -> None:
    spam = "http://spam.example win"
    headers = {"User-Agent": spam, "Referer": spam, "Accept-Language": spam, "X-Name": spam}
    desk.post("/s", data=filled(desk, name=spam, title=spam, language=spam), headers=headers)
    desk.app.state.postbox.settle()
    assert mailed(desk) == 1
    assert "spam" not in letters(desk)[0]


@pytest.mark.parametrize("path", ["/s", "/p"])
def test_a_page_and_its_mail_are_made_of_settings_and_never_of_headers__s_25(
    desk: Desk, path: str
) -> None:
    lies = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "ftp",
        "X-Forwarded-Prefix": "/evil",
        "Forwarded": "host=evil.example",
        "X-Original-URL": "/evil",
        "Origin": "https://evil.example",
    }
    shown = desk.get(path, headers=lies)
    assert shown.content.count(b"evil") == 0
    answer = desk.post(path, data=filled(desk), headers=lies)
    desk.app.state.postbox.settle()
    assert (heading(answer), "evil" in answer.text + str(answer.headers)) == (SENT, False)
    if path == "/s":
        assert mailed(desk) == 1
        assert "https://letters.example.org/c/weekly/" in letters(desk)[0]
        assert "evil" not in letters(desk)[0]


def test_50_megabytes_are_not_read__s_28(desk: Desk) -> None:
    read = 0

    async def flood() -> Any:  # noqa: ANN401
        nonlocal read
        for _ in range(50 * 16):
            read += 1
            yield b"a" * 65536

    assert desk.post("/s", content=flood()).status_code == 413
    assert read < 5
    declared = desk.post("/s", content=b"a", headers={"Content-Length": "52428800"})
    assert declared.status_code == 413


def test_a_megabyte_of_address_and_deep_nesting_cost_nothing__s_28(desk: Desk) -> None:
    desk.person()
    shown = stamp(desk)
    begin = time.process_time()
    for body in (
        b"address=" + b"a" * 16_000,
        b"address=" + b"a." * 8_000,
        b"address=" + b"%40" * 5_000,
        b"&".join([b"newsletter=weekly"] * 900),
        b"=" * 16_000,
        b"--x\r\n" * 3_000,
        b'--x\r\nContent-Disposition: form-data; name="address"\r\n' * 250,
    ):
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            headers = {"Content-Type": kind}
            body_of = body + b"&stamp=" + shown.encode()
            assert desk.post("/s", content=body_of, headers=headers).status_code in (413, 422)
    assert time.process_time() - begin < 3


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "text/plain",
        "",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "x" * 5000,
        "application/x-www-form-urlencoded; charset=utf-16",
        "a/b; c=\xff",
    ],
)
def test_a_body_of_another_kind_is_no_form(desk: Desk, kind: str) -> None:
    answer = desk.post(
        "/s",
        content=b'{"address": "a@example.com"}',
        headers={"Content-Type": kind.encode("latin-1")},
    )
    assert (answer.status_code, heading(answer)) == (422, FORM)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/s", "/p", "/p/token"])
def test_other_methods_do_nothing(desk: Desk, method: str, path: str) -> None:
    answer = desk.ask(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("path", ["/s", "/p", "/s?newsletter=craft", "/s?language=en"])
def test_looking_fifty_times_does_nothing(desk: Desk, path: str) -> None:
    for method in ("GET", "HEAD"):
        answers = desk.ask_often(method, [path] * 50)
        assert {a.status_code for a in answers} == {200}
        assert not any({"set-cookie", "location"} & set(a.headers) for a in answers)
    assert (everybody(desk), notices(desk)) == (0, [])


@pytest.mark.parametrize("path", ["/s", "/p", "choose"])
def test_a_form_is_a_page_like_every_other__s_18__s_26(desk: Desk, path: str) -> None:
    if path == "choose":
        path = preferences_path(desk, desk.person())
    for answer in (desk.get(path), desk.post(path, data={"language": ""})):
        page = parse(answer)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "form-action 'self'" in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert page.xpath("//script | //img | //iframe | //link | //@style") == []
        assert page.xpath("//@src | //@action | //@*[starts-with(name(), 'on')]") == []
        assert len(page.xpath("//h1")) == len(page.xpath("//main")) == 1
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids))
        for field in page.xpath("//input[not(@type='hidden')] | //select"):
            assert page.xpath(f"//label[@for='{field.get('id')}']")
        for name in page.xpath("//@aria-describedby"):
            assert name in ids


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@shared_by_examples
@given(
    network=st.integers(0, 65535),
    method=st.sampled_from(["GET", "POST", "HEAD"]),
    path=st.sampled_from(["/s", "/p", "/p/", "/s/"]),
    query=st.dictionaries(st.sampled_from(["newsletter", "language", "x"]), ANY_TEXT, max_size=3),
    more=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40),
    fields=st.dictionaries(
        st.sampled_from(["address", "newsletter", "stamp", "language", "message", "x"]),
        ANY_TEXT,
    ),
    body=st.binary(max_size=500),
    kind=st.sampled_from(
        ["urlencoded", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "x"]
    ),
)
def test_whatever_is_sent_gets_a_page(
    desk: Desk,
    network: int,
    method: str,
    path: str,
    query: dict[str, str],
    more: str,
    fields: dict[str, str],
    body: bytes,
    kind: str,
) -> None:
    desk.client = f"2001:db8:{network:x}::1"
    url = httpx.URL(path + (more.replace("%", "") if path.endswith("/") else ""), params=query)
    details: dict[str, Any] = {"data": fields}
    if kind != "urlencoded":
        details = {"content": body, "headers": {"Content-Type": kind}}
    answer = desk.ask(method, str(url), **(details if method == "POST" else {}))
    assert answer.status_code in {200, 404, 422, 429}
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@shared_by_examples
@given(language=ANY_TEXT, newsletters=st.lists(ANY_TEXT | st.just("weekly"), max_size=4))
def test_whatever_is_wished_for_gets_a_page(
    desk: Desk, language: str, newsletters: list[str]
) -> None:
    path = preferences_path(desk, desk.person())
    wish = {"language": language, "newsletter": newsletters}
    assert desk.post(path, data=wish).status_code == 200


@shared_by_examples
@given(token=st.text(max_size=80))
def test_any_text_in_place_of_a_token_is_a_dead_link(desk: Desk, token: str) -> None:
    from urllib.parse import quote

    path = f"/p/{quote(token, safe='')}"
    assert desk.get(path).status_code == 404
    assert desk.post(path, data={"language": ""}).status_code == 404


def test_a_form_that_does_not_come_whole_asks_for_nothing(desk: Desk) -> None:
    answer = desk.post("/s", content=parts(b"address=mina", b"@example.com"))
    assert answer.status_code == 422
    assert text(answer)
    assert desk.state(desk.person()) is ACTIVE
