"""Debian's nginx and Caddy on free ports of 127.0.0.1, with the files of docs/deploy/."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import trustme

from tests.rigs.servers import hold_port, listens, port_of, until

NAME = "news.example.org"

_MAIN = """\
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


class Proxy:
    """A web server in front of newsfeed; `plain` is the port that nginx has for http alone."""

    def __init__(
        self, folder: Path, port: int, *, plain: int = 0, trust: ssl.SSLContext | None = None
    ) -> None:
        self._folder = folder
        self.port = port
        self.plain = plain
        self.trust = trust

    @property
    def logs(self) -> str:
        """Everything that it noted so far."""
        return "\n".join(path.read_text("utf-8") for path in self._folder.glob("*.log"))

    def ask(
        self,
        method: str,
        path: str,
        *,
        client: str = "127.0.0.1",
        body: str = "",
        **headers: str,
    ) -> httpx.Response:
        """What a client at an address of this machine gets; `_` in names of headers is `-`."""
        scheme = "https" if self.trust else "http"
        door = httpx.HTTPTransport(verify=self.trust or True, local_address=client, trust_env=False)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent.setdefault("Accept-Encoding", "identity")
        with httpx.Client(transport=door, trust_env=False) as session:
            return session.request(
                method,
                f"{scheme}://127.0.0.1:{self.port}{path}",
                headers={"Host": NAME, **sent},
                content=body.encode() or None,
                extensions={"sni_hostname": NAME},
            )


@contextmanager
def nginx(program: str, folder: Path, config: str, public: Path, newsfeed: str) -> Iterator[Proxy]:
    """nginx with the site file `config`, which serves `public` and asks `newsfeed` (HOST:PORT)."""
    authority = trustme.CA()
    authority.issue_cert(NAME).private_key_and_cert_chain_pem.write_to_path(folder / "site.pem")
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    with hold_port() as tls, hold_port() as plain:
        site = re.sub(r"^ *listen \[::\].*\n", "", config, flags=re.MULTILINE)
        site = re.sub(r"/etc/letsencrypt/live/\S+\.pem", f"{folder}/site.pem", site)
        for old, new in (
            ("listen 80;", f"listen 127.0.0.1:{port_of(plain)};"),
            ("listen 443 ", f"listen 127.0.0.1:{port_of(tls)} "),
            ("/srv/newsfeed/public", str(public)),
            ("127.0.0.1:8000;", f"{newsfeed};"),
        ):
            assert old in site
            site = site.replace(old, new)
        (folder / "site.conf").write_text(site, encoding="utf-8")
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(_MAIN.format(user=user, folder=folder), encoding="utf-8")
        words = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
        with _running([*words, "-e", str(folder / "error.log")], folder, port_of(tls)):
            yield Proxy(folder, port_of(tls), plain=port_of(plain), trust=trust)


@contextmanager
def caddy(program: str, folder: Path, config: str, public: Path, newsfeed: str) -> Iterator[Proxy]:
    """Caddy with the Caddyfile `config` likewise, but without TLS."""
    with hold_port() as held:
        port = port_of(held)
        for old, new in (
            (
                "news.example.org {",
                f"{{\n\tadmin off\n}}\nhttp://{NAME}:{port} {{\n\tbind 127.0.0.1",
            ),
            ("/srv/newsfeed/public", str(public)),
            ("127.0.0.1:8000", newsfeed),
        ):
            assert old in config
            config = config.replace(old, new)
        path = folder / "Caddyfile"
        path.write_text(config, encoding="utf-8")
        words = [program, "run", "--adapter", "caddyfile", "--config", str(path)]
        with _running(words, folder, port):
            yield Proxy(folder, port)


@contextmanager
def _running(words: Sequence[str], folder: Path, port: int) -> Iterator[None]:
    with (folder / "said.log").open("wb") as said:
        process = subprocess.Popen(
            words, env={**os.environ, "HOME": str(folder)}, stdout=said, stderr=said
        )
    try:
        until(lambda: listens(port) or process.poll() is not None, words[0])
        assert process.poll() is None, (folder / "said.log").read_text("utf-8")
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def negotiated(proxy: Proxy, *protocols: str) -> str | None:
    """Which of the protocols it chooses (RFC 7301)."""
    context = proxy.trust
    assert context is not None
    context.set_alpn_protocols(list(protocols))
    with (
        socket.create_connection(("127.0.0.1", proxy.port)) as line,
        context.wrap_socket(line, server_hostname=NAME) as secure,
    ):
        return secure.selected_alpn_protocol()
