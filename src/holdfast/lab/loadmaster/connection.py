"""One TLS connection of a client: HTTP in, HTTP out, and the endings that a test orders."""

from __future__ import annotations

import socket
import struct
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

from holdfast.lab.loadmaster.wire import Ending, Reply, Request, lost

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.lab.loadmaster.exchange import Exchange

_LARGEST = 512 * 1024 * 1024
_NO_LINGER = struct.pack("ii", 1, 0)  # close() then sends RST
_ABORTS = (Ending.RESET, Ending.DROP)


class Connection(BaseHTTPRequestHandler):
    """Answers requests until the client leaves; made with a socket, it runs at once."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Apache", ""

    def __init__(
        self, sock: socket.socket, address: object, exchange: Callable[[], Exchange]
    ) -> None:
        self._exchange = exchange
        super().__init__(sock, address, None)  # type: ignore[arg-type]  # it is only kept

    def do_GET(self) -> None:
        """Answer any method alike; the exchange knows which are refused."""
        request = self._request()
        self._send(self._exchange().reply(request) if request else lost(Ending.DROP))

    do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_GET  # noqa: N815  # the same

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its signature
        """Say nothing: standard output belongs to the first line, and URLs hold secrets."""

    def _request(self) -> Request | None:
        """Return the request with its body; None if that is too large or not all there."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit() or int(length) > _LARGEST:
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            return None
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, self.path, headers, body)

    def _send(self, reply: Reply) -> None:
        if reply.ending in _ABORTS:
            self.close_connection = True
            if reply.ending is Ending.RESET:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if reply.ending is Ending.WHOLE:
            self.wfile.write(reply.body)
            return
        self.wfile.write(reply.body[: len(reply.body) // 2])
        if reply.ending is Ending.STALL:
            self._exchange().wait(reply.pause)
        self.close_connection = True
