"""An HTTP request and the reply to it, as values; and how a reply may end."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Ending(StrEnum):
    """What becomes of the connection."""

    WHOLE = "whole"  # the reply goes out, the connection stays
    CUT = "cut"  # half of the body, then the end
    STALL = "stall"  # half of the body, then nothing for `pause` seconds, then the end
    RESET = "reset"  # no reply; the client sees ECONNRESET
    DROP = "drop"  # no reply; the client sees the end of the stream


@dataclass(frozen=True)
class Request:
    """One HTTP request, its body read; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Reply:
    """One HTTP reply and its ending."""

    status: int
    content_type: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    ending: Ending = Ending.WHOLE
    pause: float = 0.0


def page(status: int, says: str = "") -> Reply:
    """Return the HTML page that the device's web server shows for a status."""
    text = says or HTTPStatus(status).phrase
    body = f"<html><head><title>{status} {text}</title></head><body><h1>{text}</h1></body></html>"
    return Reply(status, "text/html", body.encode())


def lost(ending: Ending) -> Reply:
    """Return the reply that never comes."""
    return Reply(0, "", b"", ending=ending)
