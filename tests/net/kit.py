"""A small web server on this machine that notes what it is asked."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Web(BaseHTTPRequestHandler):
    """Notes each request and answers as the server's `say` tells."""

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length).decode()
        server.asked.append((self.command, self.path, self.headers["Host"], body))
        server.say(self)

    def do_POST(self) -> None:
        self.do_GET()

    def answer(self, status: int, text: str = "", **headers: str) -> None:
        """One answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:  # noqa: ANN401
        """Nothing."""


class Server(ThreadingHTTPServer):
    """Counts connections, keeps requests: method, path, Host, body."""

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.connections = 0
        self.asked: list[tuple[str, str, str, str]] = []
        self.say: Callable[[Web], None] = lambda web: web.answer(200, "here")
        super().__init__(("127.0.0.1", 0), Web)
        self.port = self.server_address[1]
        if context:
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ANN401
        self.connections += 1
        return True

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Clients may hang up."""


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    with Server(context) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
