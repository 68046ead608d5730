"""A whole service on this machine: where it listens is what its links lead to, and what it mails
is read as people read it.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email.message import EmailMessage
from pathlib import Path

import lxml.html
import trustme
from playwright.sync_api import BrowserContext

from tests.kit import Site
from tests.rigs.servers import hold_port, listens, port_of
from tests.rigs.servers import running as serving
from tests.service.kit import Running, running

LONG_ENOUGH = 3500
"""Milliseconds after which a person may have filled in a form."""

SITE = """\
[site]
title = "{title}"
description = "{title}"
url = "{url}"
language = "{language}"
author = "편집실"
timezone = "Asia/Seoul"
[[sources]]
path = "posts"
[server]
url = "{url}"
"""

WEEKLY = """\
[[newsletters]]
name = "weekly"
title = "주간 브리핑"
schedule = "mon 08:00"
from = "한반도 브리핑 <news@example.org>"
"""

CRAFT = """\
[[newsletters]]
name = "craft"
title = "Feeds and Letters"
schedule = "1st 09:00"
from = "Feeds and Letters <craft@example.org>"
language = "en"
"""


NGINX = """\
user root;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/site.pem;
        ssl_certificate_key {folder}/site.pem;
        location / {{
            proxy_pass http://{place};
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto https;
        }}
    }}
}}
"""


class House:
    """A site, and the port at which its service will listen; `url` is where links lead."""

    def __init__(
        self, folder: Path, port: int, settings: str, language: str = "ko", url: str = ""
    ) -> None:
        self.place = f"127.0.0.1:{port}"
        self.url = url or f"http://{self.place}"
        title = "한반도 브리핑" if language == "ko" else "Feeds and Letters"
        site = SITE.format(url=self.url, language=language, title=title)
        self.site = Site(folder, site + settings)

    @contextmanager
    def running(self, **environment: str) -> Iterator[Running]:
        """`newsfeed run`, from when it listens."""
        with running(self.site, "--listen", self.place, **environment) as service:
            assert service.url() == f"http://{self.place}"
            yield service


@contextmanager
def house(folder: Path, settings: str, language: str = "ko") -> Iterator[House]:
    """A site whose links lead to this machine, at a port that nobody else is given."""
    with closing(hold_port()) as held:
        yield House(folder, port_of(held), settings, language)


@contextmanager
def secure_house(program: str, folder: Path, settings: str) -> Iterator[House]:
    """The same behind nginx, the `program`, which speaks TLS with a certificate of its own."""
    folder.mkdir()
    authority = trustme.CA()
    chain = authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem
    chain.write_to_path(folder / "site.pem")
    with closing(hold_port()) as held, closing(hold_port()) as front:
        home = House(
            folder / "site", port_of(held), settings, url=f"https://127.0.0.1:{port_of(front)}"
        )
        text = NGINX.format(folder=folder, port=port_of(front), place=home.place)
        (folder / "nginx.conf").write_text(text, encoding="utf-8")
        words = (program, "-p", str(folder), "-c", str(folder / "nginx.conf"))
        with serving(words, lambda: listens(port_of(front)), folder / "said.log"):
            yield home


def mail_of(kept: bytes) -> EmailMessage:
    """A mail as it came."""
    found = email.message_from_bytes(kept, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def links(mail: EmailMessage) -> list[str]:
    """Every web address in a mail's headers, text and HTML."""
    found = re.findall(r"<(https?://[^>]+)>", str(mail.get("List-Unsubscribe", "")))
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            found += re.findall(r"https?://[^\s<>\"]+", part.get_content())
        elif part.get_content_type() == "text/html":
            every = lxml.html.iterlinks(part.get_content())
            found += [url for _, _, url, _ in every if "://" in url]
    return list(dict.fromkeys(found))


def link(mail: EmailMessage, begin: str) -> str:
    """The first of them that begins so."""
    return next(url for url in links(mail) if url.startswith(begin))


class Watch:
    """What a browser's window asked for and was told: `asked` are methods and addresses,
    `complaints` what it found wrong.
    """

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self.asked: list[tuple[str, str]] = []
        self.complaints: list[str] = []
        context.on("request", lambda request: self.asked.append((request.method, request.url)))
        context.on(
            "console", lambda said: self.complaints.append(f"{said.text} {said.location['url']}")
        )

    def finds_only(self, url: str) -> None:
        """Assert that nothing was kept, nothing complained of, and nobody else asked."""
        assert [one for _, one in self.asked if not one.startswith(f"{url}/")] == []
        assert [one for one in self.complaints if "favicon" not in one] == []
        assert self._context.cookies() == []
