"""One parser for who subscribes, who sends, and what stands on the wire."""

from __future__ import annotations

import subprocess
import sys
import time
from email.headerregistry import Address as HeaderAddress

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from newsfeed.address import Address, AddressError, is_dot_atom_address, masked, parse_address

ATEXT = "abzABZ059!#$&'*+/=?^_`{|}~-"
LABELS = st.one_of(
    st.from_regex(r"[a-zA-Z0-9-]{1,6}", fullmatch=True),
    st.sampled_from(["example", "a" * 63, "a" * 64, "xn--3e0b707e", "xn--zz", "ab--c", "1", ""]),
)
TOPS = st.sampled_from(
    ["org", "KR", "x", "a1", "1a", "1", "test", "INVALID", "local", "xlocal", "onion", "co.kr"]
)
LOCALS = st.one_of(
    st.text(alphabet=ATEXT + '.%@"( <,\\', min_size=0, max_size=12),
    st.sampled_from(["a" * 64, "a" * 65, "a.b", ".a", "a.", "a..b", "postmaster", "Info"]),
)
DOMAINS = st.builds(
    lambda labels, top: ".".join([*labels, top]), st.lists(LABELS, max_size=5), TOPS
)
NEARLY = st.builds(lambda local, domain: f"{local}@{domain}", LOCALS, DOMAINS)


def library_says(text: str) -> str | None:
    """The address as email-validator reads it, or None; without a look into the DNS."""
    try:
        found = validate_email(
            text,
            check_deliverability=False,
            test_environment=True,
            allow_smtputf8=False,
            strict=True,
        )
    except EmailNotValidError:
        return None
    return f"{text.rpartition('@')[0]}@{found.ascii_domain.lower()}"


def we_say(text: str) -> str | None:
    try:
        return parse_address(text).address
    except AddressError:
        return None


@pytest.mark.parametrize(
    ("text", "address", "key"),
    [
        ("seoyeon@example.org", "seoyeon@example.org", "seoyeon@example.org"),
        ("Seo.Yeon+News@Mail.Example.ORG", "Seo.Yeon+News@mail.example.org", None),
        (" \u3000news@example.org\r\n", "news@example.org", None),
        ("user@한국.kr", "user@xn--3e0b707e.kr", None),
        ("User@한국.invalid", "User@xn--3e0b707e.invalid", None),
        ("user@example。org", "user@example.org", None),
        ("user@xn--3e0b707e.kr", "user@xn--3e0b707e.kr", None),
        ("user@BÜCHER.example", "user@xn--bcher-kva.example", None),
        ("o'neil/x=y@example.test", "o'neil/x=y@example.test", None),
        (f"{'a' * 64}@example.com", f"{'a' * 64}@example.com", None),
        ("Postmaster@example.com", "Postmaster@example.com", None),
        ("a@b.invalid", "a@b.invalid", None),
    ],
)
def test_an_address_keeps_its_local_part_and_gets_an_ascii_domain(
    text: str, address: str, key: str | None
) -> None:
    """E-M-10, E-P-05: what is sent to is ASCII, and its lower case tells who is who."""
    assert parse_address(text) == Address(address, key or address.lower())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "nobody",
        "@example.org",
        "a@",
        "a@b@example.org",
        '"a@b.com"@evil.example',
        "a@b.com,c@d.com",
        "<a@b>c",
        "<a@example.org>",
        "Name <a@example.org>",
        "mailto:a@example.org",
        "<@relay.example:a@b.example>",
        "Group: a@example.org;",
        "a (comment)@example.org",
        "a(comment)@example.org",
        '"quoted part"@example.org',
        '"quoted"@example.org',
        "a\\b@example.org",
        "user%other.example@example.org",
        "a b@example.org",
        "a..b@example.org",
        ".a@example.org",
        "a.@example.org",
        "사람@example.org",
        "a@[127.0.0.1]",
        "a@[IPv6:::1]",
        "a@127.0.0.1",
        "a@example",
        "a@localhost",
        "a@mail.localhost",
        "a@printer.local",
        "a@x.onion",
        "a@example.org.",
        "a@.example.org",
        "a@example..org",
        "a@-example.org",
        "a@example-.org",
        "a@example.-org",
        "a@exa_mple.org",
        "a@example.123",
        "a@ab--cd.org",
        "a@xn--.org",
        "a@xn--zz.org",
        f"a@{'b' * 64}.org",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 8}.org",
        f"a@{'가' * 100}.{'가' * 100}.org",
        f"{'a' * 60}@{'.'.join(['가나다라마바사아자차카타파하'] * 5)}.kr",
        "a@example.org\r\nBcc: x@example.com",
        "a\r\nRCPT TO:<b@example.org>@example.org",
        "a\x00@example.org",
        "a@exam\x00ple.org",
        "a@example.org\x0b",
        "a@example.org\u2028",
        "a@example.org\x85",
        "a\u202eb@example.org",
        "a@ex\u202eample.org",
        "a@ex\u200bample.org",
        "a@ex\u00adample.org",
        "a@⒈example.org",
        "a＠example.org",
        "a@example.org\ud800",
        "a@\ud800.org",
        "\ufeffa@example.org",
        "=?utf-8?q?a=0D=0ABcc:x?=@example.org",
    ],
)
def test_what_two_programs_could_read_differently_is_refused(text: str) -> None:
    """S-01, S-02, S-03: one line for people that says what to do, and does not repeat the text."""
    with pytest.raises(AddressError) as caught:
        parse_address(text)
    message = str(caught.value)
    assert message.startswith("this is no e-mail address: ")
    assert caught.value.remedy
    assert len(message.splitlines()) == 1
    assert len(message) < 200
    assert text not in message.removesuffix("name@example.org") or len(text) < 2


def test_a_local_part_in_hangul_is_refused_with_the_reason() -> None:
    """E-M-10: few servers take it, and nothing is sent to what could only bounce."""
    with pytest.raises(AddressError, match=r"before the `@` is not in ASCII.*plain letters"):
        parse_address("한글@example.com")


@pytest.mark.parametrize("unit", ["a", "@", ".", "a.", "가", " ", "a@", "-", "\u0300", "(", "xn--"])
@pytest.mark.parametrize("length", [1_000, 1_000_000])
def test_an_address_of_any_length_is_refused_at_once(unit: str, length: int) -> None:
    """S-28: a megabyte costs no more than looking at its length, wherever it stands."""
    long = (unit * length)[:length]
    start = time.process_time()
    for text in (long, f"a@{long}.org", f"{long}@example.org"):
        assert we_say(text) is None or not text.strip()
    assert time.process_time() - start < 0.5


@given(NEARLY)
@example("a@xn--zz.org")
@example("a@b.LOCAL")
@example("a@b.localhost")
@example("a@1.arpa")
@example("a@b.xn--3e0b707e")
@example("a@ab--c.org")
@example("a@1.xn--4dbc.com")
def test_the_library_and_we_accept_the_same_ascii_addresses(text: str) -> None:
    """The short way for plain addresses is no other rule than the library's.

    We differ in two points that are meant: `%` is refused, and names under `.invalid` are
    accepted. `.test` is accepted by both here, but only with a dot before it.
    """
    text = text.strip()
    ours, theirs = we_say(text), library_says(text)
    local, _, domain = text.rpartition("@")
    if "%" in local or domain == "test":
        assert ours is None
    elif domain.lower().endswith(".invalid"):
        stand_in = library_says(f"{text[: -len('.invalid')]}.testing")
        assert (ours is None) == (stand_in is None)
    else:
        assert ours == theirs


@given(st.text(max_size=30), st.text(max_size=20))
def test_any_text_gives_an_address_that_others_read_alike_or_the_one_error(
    local: str, domain: str
) -> None:
    """Nothing else comes out, and what comes out is one address for the standard library, too."""
    address = we_say(f"{local}@{domain}.org")
    if address is None:
        return
    read = HeaderAddress(addr_spec=address)
    assert f"{read.username}@{read.domain}" == address
    assert address.isascii()
    assert is_dot_atom_address(address)


@given(st.one_of(NEARLY, st.emails()))
def test_an_address_parsed_again_is_the_same(text: str) -> None:
    """What is stored passes the parser that it came from, and stays who it is in any case."""
    try:
        once = parse_address(text)
    except AddressError:
        return
    assert parse_address(once.address) == once
    assert parse_address(once.key).key == once.key


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("seoyeon@example.org", "s***@e***.org"),
        ("s@e.org", "s***@e***.org"),
        ("a@mail.example.co.kr", "a***@m***.kr"),
        ("a@xn--3e0b707e.kr", "a***@x***.kr"),
        ("a@localhost", "a***@l***"),
        ("nobody", "***"),
        ("", "***"),
    ],
)
def test_a_masked_address_shows_one_character_of_each_part(address: str, shown: str) -> None:
    """S-27: the owner knows it; how long it is does not show either."""
    assert masked(address) == shown


@given(st.emails())
def test_masking_hides_every_address(address: str) -> None:
    """Never more than one character of the local part and of the domain, and the top level."""
    top = address.rpartition(".")[2]
    local, _, domain = address.rpartition("@")
    assert masked(address) == f"{local[0]}***@{domain[0]}***.{top}"


def test_the_slow_library_is_not_loaded_for_plain_addresses() -> None:
    """Every command starts without it, and so does a check of an ordinary address."""
    code = (
        "import sys; from newsfeed.address import parse_address;"
        "parse_address('seoyeon@example.org'); print('email_validator' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
