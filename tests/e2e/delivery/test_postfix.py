"""The whole way: `newsfeed send`, Postfix, Dovecot, and the letter in a mail program."""

from __future__ import annotations

import email
import email.policy
import json
import time
from email.message import EmailMessage
from pathlib import Path

import pytest
import trustme

from tests.deliver.dkim.kit import verified
from tests.kit import SETTINGS, Site
from tests.rigs.dovecot import PASSWORD
from tests.rigs.mutt import shown
from tests.rigs.office import Office, office

KIM, LEE, PARK, NEWS = "kim@example.org", "lee@example.com", "park@example.net", "news@example.org"

NEWSLETTER = """\
[[newsletters]]
name = "weekly"
title = "주간 브리핑"
from = "한반도 브리핑 <news@example.org>"
[server]
url = "https://news.example.org"
[mail]
transport = "smtp"
"""

RELAY = """\
[mail.smtp]
host = "127.0.0.1"
port = {port}
"""

PLAIN = 'security = "none"\n'

LOGGED_IN = """\
security = "starttls"
ca_file = "ca.pem"
username = "news@example.org"
[[mail.dkim]]
domain = "example.org"
selector = "news"
"""

TEXT = "눈이 왔다. 온 마을이 하얗다.\n\n![집](https://news.example.org/house.png)\n\n.\n\n..끝"

pytestmark = pytest.mark.usefixtures("can_post")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER)
    site.post("one.md", TEXT, date="2026-11-01", title="첫눈")
    return site


def relay(site: Site, post: Office, more: str, bounces: str = "") -> None:
    """Let letters leave by a post office."""
    settings = SETTINGS + NEWSLETTER + bounces + RELAY.format(port=post.postfix.port) + more
    site.configure(settings)


def letter(post: Office, address: str) -> tuple[EmailMessage, bytes]:
    """The only letter in a mailbox."""
    (kept,) = post.dovecot.arrived(address)
    found = email.message_from_bytes(kept, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found, kept


def counts(site: Site) -> tuple[str, str, dict[str, int]]:
    """The edition's state, what is in its way, and how many letters are in which state."""
    (edition,) = json.loads(site.run("status", "--json").stdout)["editions"]
    return edition["state"], edition["why"], edition["counts"]


def silenced(site: Site) -> list[str]:
    """Those who get nothing any more."""
    found = site.run("subscribers", "list", "--state", "suppressed", "--json").stdout
    return [one["address"] for one in json.loads(found)["subscribers"]]


def test_a_letter_comes_whole_and_signed_and_can_be_read_and_left(
    site: Site, tmp_path: Path
) -> None:
    """Over STARTTLS with a login; who is unknown is not written to again."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(site.folder / "ca.pem"))
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "server.pem"))
    more = {
        "smtpd_tls_security_level": "encrypt",
        "smtpd_tls_chain_files": str(tmp_path / "server.pem"),
        "smtpd_tls_loglevel": "1",
        "smtpd_tls_auth_only": "yes",
        "smtpd_sasl_auth_enable": "yes",
        "smtpd_sasl_path": "{sasl}",
        "smtpd_client_restrictions": "permit_sasl_authenticated, reject",
        "recipient_delimiter": "+",
    }
    site.configure(SETTINGS + NEWSLETTER + "[mail.smtp]\n" + LOGGED_IN)
    (key,) = json.loads("[" + site.run("dkim", "new", "--json").stdout + "]")
    published = {key["name"]: key["text"]}
    site.subscribe(KIM, LEE, "nobody@example.org", name="김서연")
    with office([KIM, LEE, NEWS], more=more, keys=published) as post:
        relay(site, post, LOGGED_IN, f'bounces = "{NEWS}"\n')
        sent = site.run("send", "weekly", "--yes", NEWSFEED_SMTP_PASSWORD=PASSWORD)
        assert sent.returncode == 3
        assert "2 letters sent" in sent.stdout
        mail, kept = letter(post, KIM)
        other, _ = letter(post, LEE)
        screen = shown(post.dovecot.url(KIM), tmp_path)
        log = post.postfix.log

    # What the mail server holds.
    assert verified(kept, now=time.time(), published=published) == [True]
    assert "dkim=pass" in mail["Authentication-Results"]
    assert str(mail["Subject"]) == "주간 브리핑: 첫눈"
    assert mail["To"].addresses[0].addr_spec == KIM
    assert mail["Return-Path"].startswith("<news+")
    assert mail["Message-ID"] != other["Message-ID"]
    assert "https://news.example.org/u/" in mail["List-Unsubscribe"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    part = mail.get_body(("plain",))
    assert part is not None
    text = part.get_content()
    assert "눈이 왔다. 온 마을이 하얗다." in text
    assert "..끝" in text

    # What a mail program shows of it.
    (screen_text,) = screen
    assert "Subject: 주간 브리핑: 첫눈\n" in screen_text
    assert "From: 한반도 브리핑 <news@example.org>\n" in screen_text
    assert "눈이 왔다. 온 마을이 하얗다." in screen_text
    assert "김서연" in screen_text

    # What became of whom.
    assert counts(site) == ("sent", "", {"sent": 2, "failed": 1})
    assert silenced(site) == ["nobody@example.org"]
    assert "TLS connection established" in log
    assert f"sasl_username={NEWS}" in log
    assert "warning" not in log


@pytest.mark.parametrize("at", ["MAIL", "RCPT"])
def test_a_sender_that_postfix_refuses_pauses_the_edition_until_that_is_mended(
    site: Site, at: str
) -> None:
    """Postfix says it at RCPT unless it is told otherwise; then three domains make it plain."""
    refusal = {
        "smtpd_sender_restrictions": "check_sender_access inline:{{"
        "{{news@example.org = 550 5.7.1 not yours to send from}}}}",
        "smtpd_delay_reject": "no" if at == "MAIL" else "yes",
    }
    everybody = [KIM, LEE, PARK]
    site.subscribe(*everybody)
    with office(everybody, more=refusal) as post:
        relay(site, post, PLAIN)
        held = site.run("send", "weekly", "--yes")
        assert held.returncode == 3
        assert not any(post.dovecot.maildir(one).exists() for one in everybody)
    state, why, found = counts(site)
    assert state == "paused"
    assert ("not yours to send from" if at == "MAIL" else "example.net") in why
    assert "failed" not in found
    assert "sent" not in found
    assert silenced(site) == []

    (edition,) = json.loads(site.run("status", "--json").stdout)["editions"]
    with office(everybody) as post:
        relay(site, post, PLAIN)
        assert site.run("editions", "resume", edition["edition"]).returncode == 0
        assert site.run("retry", edition["edition"]).returncode == 0
        assert site.run("send", "--yes").returncode == 0
        for one in everybody:
            assert len(post.dovecot.arrived(one)) == 1
    assert counts(site) == ("sent", "", {"sent": 3})
