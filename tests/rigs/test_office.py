"""The real servers, by the standard library's own client: what goes in comes out, here."""

from __future__ import annotations

import smtplib
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.deliver.dkim.kit import records, signed
from tests.rigs.dovecot import PASSWORD
from tests.rigs.mutt import shown
from tests.rigs.office import office
from tests.rigs.servers import listens

KIM = "kim@example.org"

pytestmark = pytest.mark.usefixtures("can_post")


def letter(text: str) -> bytes:
    found = EmailMessage()
    found["From"] = "한반도 브리핑 <news@example.org>"
    found["To"] = KIM
    found["Subject"] = "주간 브리핑: 첫 글"
    found["Date"] = "Fri, 20 Nov 2026 12:00:00 +0900"
    found["Message-ID"] = "<1@example.org>"
    found.set_content(text, cte="base64")
    return found.as_bytes().replace(b"\n", b"\r\n")


def test_a_letter_goes_in_by_smtp_and_is_read_by_imap_and_by_mutt(tmp_path: Path) -> None:
    """Its signature is checked on the way; nobody else's mail is taken; in the end all is over."""
    good = signed(letter("안녕하세요\n"), int(time.time()))
    bad = good.replace(b"7JWI", b"7JWJ")
    with office([KIM, "news@example.org"], keys=records()) as post:
        with smtplib.SMTP("127.0.0.1", post.postfix.port) as line:
            line.sendmail("news@example.org", KIM, good)
            line.sendmail("news@example.org", KIM, bad)
            line.mail("news@example.org")
            assert line.rcpt("lee@example.org")[1].startswith(b"5.1.1 ")
            assert line.rcpt("kim@example.com")[1].startswith(b"5.7.1 ")
        kept = sorted(post.dovecot.arrived(KIM, 2), key=lambda one: b"dkim=fail" in one)
        assert kept[0].endswith(good)
        assert b"dkim=pass" in kept[0]
        assert b"dkim=pass" not in kept[1]
        for box in (post.dovecot.url(KIM), str(post.dovecot.maildir(KIM))):
            found = shown(box, tmp_path)
            assert len(found) == 2
            assert any("안녕하세요" in one for one in found)
            assert all("Subject: 주간 브리핑: 첫 글\n" in one for one in found)
        log = post.postfix.log
    assert "warning" not in log
    assert "status=sent" in log
    assert not listens(post.postfix.port)
    assert not listens(post.dovecot.port)
    assert not post.dovecot.mail.exists()


def test_nothing_leaves_the_machine_whoever_logs_in() -> None:
    more = {
        "smtpd_sasl_auth_enable": "yes",
        "smtpd_sasl_path": "{sasl}",
        "smtpd_relay_restrictions": "permit_sasl_authenticated, reject_unauth_destination",
    }
    with office([KIM], more=more) as post, smtplib.SMTP("127.0.0.1", post.postfix.port) as line:
        line.login(KIM, PASSWORD)
        line.mail(KIM)
        assert b"nothing leaves this machine" in line.rcpt("lee@example.com")[1]
        assert line.rcpt(KIM)[0] == 250
