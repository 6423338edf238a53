"""A bare client: http.client over TLS that trusts the device's certificate alone."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.estate import Site

TIMEOUT = 10
WORD, WRONG = "Pass1234", "Wrong1234"  # of users and backups that tests make


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        document = json.loads(self.body)
        assert isinstance(document, dict)
        return document

    @property
    def xml(self) -> ET.Element:
        return ET.fromstring(self.body)  # noqa: S314  # from our own simulator

    @property
    def data(self) -> ET.Element:
        found = self.xml.find("Success/Data")
        assert found is not None, self.body
        return found

    def tag(self, name: str) -> str | None:
        """Return the text of a tag below Data, None if there is no such tag."""
        return self.data.findtext(name)

    @property
    def error(self) -> str | None:
        return self.xml.findtext("Error")

    @property
    def verdict(self) -> tuple[int, str, str]:
        """Return the three places where an XML answer says how it went."""
        return self.status, self.xml.attrib["stat"], self.xml.attrib["code"]


@dataclass(frozen=True)
class Raw:
    """A client of one device; each request has a connection of its own unless one is given."""

    site: Site
    user: str
    password: str
    api_key: str

    def connect(self) -> http.client.HTTPSConnection:
        context = ssl.create_default_context(cadata=self.site.device.identity.pem)
        return http.client.HTTPSConnection(
            "127.0.0.1", self.site.port, timeout=TIMEOUT, context=context
        )

    def send(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        connection = self.connect()
        try:
            return talk(connection, method, target, body, headers)
        finally:
            connection.close()

    def ending(self, method: str, target: str, body: bytes | None = None) -> str:
        """Return how a connection ends on which no answer comes: `reset` or `closed`.

        It reads beneath TLS, for Python's ssl takes a reset for an end.
        """
        connection = self.connect()
        connection.request(method, target, body, self.basic())
        try:
            while socket.socket.recv(connection.sock, 65536):
                continue  # session tickets
        except ConnectionResetError:
            return "reset"
        finally:
            connection.close()
        return "closed"

    def basic(self) -> dict[str, str]:
        text = f"{self.user}:{self.password}".encode()
        return {"Authorization": "Basic " + base64.b64encode(text).decode()}

    def get(self, command: str, **arguments: str) -> Answer:
        query = f"?{urlencode(arguments)}" if arguments else ""
        return self.send("GET", f"/access/{command}{query}", headers=self.basic())

    def post(self, command: str, body: bytes, **arguments: str) -> Answer:
        query = f"?{urlencode(arguments)}" if arguments else ""
        return self.send("POST", f"/access/{command}{query}", body, self.basic())

    def call(self, cmd: str, **arguments: object) -> Answer:
        """Call the JSON API with the API key."""
        document = {"cmd": cmd, "apikey": self.api_key, **arguments}
        return self.send("POST", "/accessv2", json.dumps(document).encode())


def talk(
    connection: http.client.HTTPSConnection,
    method: str,
    target: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    connection.request(method, target, body, headers or {})
    response = connection.getresponse()
    return Answer(response.status, response.headers, response.read())


def client(site: Site) -> Raw:
    return Raw(site, site.user, site.password, site.api_key)
