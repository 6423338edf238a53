"""What must hold whatever bytes a device answers with; for hypothesis and for a fuzzer.

The bytes go through everything but TLS: Python's HTTP, either API, down to values and files.
"""

from __future__ import annotations

import base64
import gzip
import io
import tarfile
import traceback
from typing import Any, NamedTuple, cast

from holdfast.agent.archive.compared import Digests
from holdfast.agent.archive.reading import Reading
from holdfast.agent.archive.tarheader import BrokenError
from holdfast.agent.loadmaster.errors import DeviceError
from holdfast.agent.loadmaster.firmware import Firmware
from holdfast.agent.loadmaster.jsonapi import JsonApi
from holdfast.agent.loadmaster.login import Login
from holdfast.agent.loadmaster.patience import Limits
from holdfast.agent.loadmaster.served import Served
from holdfast.agent.loadmaster.target import Target
from holdfast.agent.loadmaster.wire import Answer, Call, Order, Reply
from holdfast.agent.loadmaster.xmlapi import XmlApi
from holdfast.agent.transforms import gz
from holdfast.agent.transforms.available import Available
from holdfast.agent.transforms.expand import CorruptError
from holdfast.lab.loadmaster.archive import Member, pack

KEY = "canaryKEY" + "0123456789abcdefghijklmnopqrstuvwxy"
PASS = "canaryPASS7"  # noqa: S105 - a canary
TARGET = Target("lm", "h", 443, "0", None, "api_key", None, Firmware.parse("7.2.62"), False)  # noqa: FBT003
LOGIN = Login(None, KEY)
APIS = (JsonApi(LOGIN), XmlApi(LOGIN))


class Canned(NamedTuple):
    """A connection on which these bytes come in."""

    content: bytes

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(io.BytesIO(self.content))  # type: ignore[arg-type]  # it is read like a raw stream


def reply(raw: bytes) -> Reply:
    """Return the reply that raw bytes are; raise DeviceError where they are none."""
    call = Call(TARGET, Order("backup", "GET", "/", {}), Limits(1, 1, 60))
    with call.understood("backup"):
        answer = Answer(cast("Any", Canned(raw)))
        answer.begin()
    return Reply(call, answer, Served("0", None, None), cast("Any", Canned(raw)))


def response(body: bytes, status: int = 200, kind: str = "application/octet-stream") -> bytes:
    """Return a body as a whole reply."""
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def check(raw: bytes) -> None:
    """Read an answer in each way; it is read, or refused in our own words without a secret."""
    raw = raw.replace(b"<<KEY>>", KEY.encode()).replace(b"<<PASS>>", PASS.encode())
    for api in APIS:
        try:
            found = api.values(reply(raw), PASS)
        except DeviceError as error:
            _silent(error)
        else:
            assert isinstance(found, dict)
            str(found).encode()  # no half of a surrogate pair
        try:
            content = b"".join(api.file(reply(raw), PASS))
        except DeviceError as error:
            _silent(error)
        else:
            assert content, "nothing is no file"
            assert not content.lstrip()[:5].lower().startswith((b"<?xml", b"<html"))
            _stored_only_if_sound(content)


def _stored_only_if_sound(content: bytes) -> None:
    """What passes the proof of a pulled archive is one for other programs, too."""
    try:
        passed = Reading(gz.expanding(Available())).passing([content], Digests(b"key"))
        assert b"".join(passed) == content
    except (BrokenError, CorruptError):
        return
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(content))) as archive:
        assert archive.getmembers()


def _silent(error: DeviceError) -> None:
    told = "".join(traceback.format_exception(error))
    assert KEY not in told
    assert PASS not in told
    assert error.status in ("failed", "timeout", "unauthorized", "apiversion")
    assert len(str(error)) < 2000
    assert str(error).isprintable()


ARCHIVE = pack([Member("base/a", b"x" * 99, 0), Member("info/date", b"y", 1)], 0)
SEEDS = [
    response(b'{"code":200,"data":"' + b"H4sIAAAA" + b'","status":"ok"}', kind="application/json"),
    response(b'{"code":422,"message":"no <<KEY>>","status":"fail"}', kind="application/json"),
    response(b'{"apikeys":["<<KEY>>"],"code":200,"status":"OK"}'),
    response(
        b'<?xml version="1.0" encoding="ISO-8859-1"?>\n<Response stat="200" code="ok">'
        b"<Success><Data><hostname>lm</hostname></Data></Success></Response>",
        kind="text/xml",
    ),
    response(b'<Response stat="422" code="fail"><Error>bad <<PASS>></Error></Response>', 422),
    response(b"<html><h1>401 <<KEY>></h1></html>", 401, "text/html"),
    response(gzip.compress(b"no tar")),
    response(ARCHIVE),
    response(b'{"code":200,"status":"ok","data":"' + base64.b64encode(ARCHIVE) + b'"}'),
    b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n',
]
