"""The control API: plain HTTP with JSON on loopback, to order faults and to read or change state.

Its URL ends in a random token, so that a page in a browser of this machine cannot reach it.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from holdfast.lab.loadmaster import orders
from holdfast.lab.loadmaster.device import HOST

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from holdfast.lab.loadmaster.device import Device


@dataclass(frozen=True)
class Control:
    """What may be ordered of the devices by name."""

    devices: Mapping[str, Device]
    token: str = field(default_factory=lambda: secrets.token_urlsafe(16), repr=False)

    def url(self, port: int) -> str:
        """Return where it is to be reached."""
        return f"http://{HOST}:{port}/{self.token}"

    def talk(self, guest: socket.socket, address: object) -> None:
        """Serve one connection."""
        _Console(guest, address, self)

    def order(self, method: str, path: str, document: dict[str, Any]) -> tuple[int, object]:
        """Return the HTTP status and the answer to an order."""
        token, _, rest = path.lstrip("/").partition("/")
        if not secrets.compare_digest(token, self.token):
            return 404, {"error": "not found"}
        if (method, rest) == ("GET", "devices"):
            return 200, [orders.summary(device) for device in self.devices.values()]
        place, name, event = (*rest.split("/", 2), "", "")[:3]
        device, known = self.devices.get(name), orders.ORDERS.get((method, event))
        if place != "devices" or device is None or known is None:
            every = [" ".join(order) for order in orders.ORDERS]
            return 404, {"error": "not found", "orders": every}
        try:
            with device.lock:
                return 200, known(device, document)
        except orders.BadOrder as error:
            return 400, {"error": str(error)}


class _Console(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, sock: socket.socket, address: object, control: Control) -> None:
        self._control = control
        super().__init__(sock, address, None)  # type: ignore[arg-type]  # it is only kept

    def do_GET(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length", "0"))) or b"{}"
        try:
            document = json.loads(text)
        except ValueError:
            document = None
        if isinstance(document, dict):
            status, answer = self._control.order(self.command, self.path, document)
        else:
            status, answer = 400, {"error": "the body is no JSON object"}
        body = json.dumps(answer, indent=1).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815  # the same

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its signature
        """Say nothing: standard output belongs to the first line."""
