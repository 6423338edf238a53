"""What each fault does to a reply."""

from __future__ import annotations

import base64
import gzip
import io
import json
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING

from holdfast.lab.loadmaster import apis
from holdfast.lab.loadmaster.answer import Refused
from holdfast.lab.loadmaster.call import Interface
from holdfast.lab.loadmaster.fault import Kind
from holdfast.lab.loadmaster.wire import Ending, Reply, lost, page

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.lab.loadmaster.fault import Fault

_OK = 200
_WORDS = {
    Kind.UNAUTHORIZED: (401, "Client Error: Authorization required"),
    Kind.FORBIDDEN: (403, "Permission denied"),
    Kind.REFUSED: (422, "Unknown parameter value"),
    Kind.ERROR_IN_200: (422, "Operation failed"),
}
_PAGES = {Kind.NOT_FOUND: 404, Kind.BOOTING: 503}
_LOST = {Kind.RESET: Ending.RESET, Kind.DROP: Ending.DROP}
_HALVED = {Kind.TRUNCATED: Ending.CUT, Kind.STALL: Ending.STALL}


def _wrong_checksum(content: bytes) -> bytes:
    return content[:-8] + bytes(byte ^ 0xFF for byte in content[-8:])


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _foreign(content: bytes) -> bytes:
    return bytes(len(content))


def _empty(content: bytes) -> bytes:  # noqa: ARG001  # one shape for all
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w"):
        pass
    return gzip.compress(buffer.getvalue())


_ARCHIVES = {
    Kind.BAD_CHECKSUM: _wrong_checksum,
    Kind.CUT_ARCHIVE: _half,
    Kind.FOREIGN_ARCHIVE: _foreign,
    Kind.EMPTY_ARCHIVE: _empty,
}


def instead(fault: Fault, interface: Interface) -> Reply | None:
    """Return the reply of a fault that keeps the command from running; None for the others."""
    if fault.kind in _WORDS:
        status = _OK if fault.kind is Kind.ERROR_IN_200 else None
        return apis.refused(interface, Refused(*_WORDS[fault.kind]), status=status)
    if fault.kind in _PAGES:
        return page(_PAGES[fault.kind])
    if fault.kind in _LOST:
        return lost(_LOST[fault.kind])
    if fault.kind is Kind.EMPTY_200:
        return Reply(_OK, "text/xml" if interface is Interface.XML else "application/json", b"")
    if fault.kind is Kind.HTML_200:
        return page(_OK, "LoadMaster Login")
    return None


def delay(fault: Fault) -> float:
    """Return how much longer the command takes."""
    return fault.seconds if fault.kind is Kind.SLOW else 0.0


def spoil(fault: Fault, reply: Reply, interface: Interface) -> Reply:
    """Return what becomes of a reply whose command has run."""
    if fault.kind in _HALVED:
        return replace(reply, ending=_HALVED[fault.kind], pause=fault.seconds)
    if fault.kind is Kind.RESET_AFTER:
        return lost(Ending.RESET)
    if fault.kind in _ARCHIVES and reply.status == _OK:
        return _changed(reply, _ARCHIVES[fault.kind], interface)
    return reply


def _changed(reply: Reply, change: Callable[[bytes], bytes], interface: Interface) -> Reply:
    """Return the reply with another file in it."""
    if interface is Interface.XML:
        return replace(reply, body=change(reply.body))
    document = json.loads(reply.body)
    document["data"] = base64.b64encode(change(base64.b64decode(document["data"]))).decode()
    return replace(reply, body=json.dumps(document).encode())
