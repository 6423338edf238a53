"""The JSON API: `/accessv2`, from the wire and back."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from holdfast.lab.loadmaster.answer import Answer, Commas, Done, File, Refused, Tree, Verbatim
from holdfast.lab.loadmaster.call import Credentials, Draft, Interface
from holdfast.lab.loadmaster.wire import Reply

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.wire import Request

PATH = "/accessv2"
_LONGEST_NUMBER = 15
_WORDS = {"yes": True, "Y": True, "no": False, "N": False}


def parse(request: Request) -> Draft:
    """Return the call, whatever its Content-Type; refuse what is no JSON object with a command."""
    try:
        document = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "Invalid JSON") from error
    if not isinstance(document, dict) or not isinstance(document.get("cmd"), str):
        raise Refused(400, "cmd: String Value missing")
    upload = document.pop("data", None)
    arguments = {name.lower(): _text(value) for name, value in document.items()}
    if "val" in arguments:  # the vendor's own example says `val`, every client `value`
        arguments.setdefault("value", arguments["val"])
    credentials = Credentials(
        arguments.get("apikey"), arguments.get("apiuser"), arguments.get("apipass")
    )
    content = None if upload is None else _decode(upload)
    command = document["cmd"]
    return Draft(Interface.JSON, request.method, command, arguments, content, credentials)


def done(answer: Answer, *, ok: str, off: object) -> Reply:
    """Return what the device sends when it did as told; `off` is what a `no` looks like."""
    if isinstance(answer, File):
        body: dict[str, Any] = {"data": base64.b64encode(answer.content).decode()}
    elif isinstance(answer, Done):
        body = {"message": answer.message}
    else:
        tags = answer.tags if answer.json is None else answer.json
        body = {name: _typed(value, off) for name, value in tags.items()}
    return _json(200, {"code": 200, **body, "status": ok})


def refused(refusal: Refused, *, status: int | None = None) -> Reply:
    """Return what it sends when it refuses; `status` is HTTP's, where that is to differ."""
    body = {"code": refusal.status, "message": refusal.message, "status": "fail"}
    return _json(status or refusal.status, body)


def _json(status: int, body: dict[str, Any]) -> Reply:
    return Reply(status, "application/json", json.dumps(body).encode())


def _text(value: object) -> str:
    """Return an argument as the XML API would have it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(_text(item) for item in value)
    # JSON can write halves of surrogate pairs, which no text may hold.
    return "" if value is None else str(value).encode("utf-8", "replace").decode()


def _decode(upload: object) -> bytes:
    try:
        return base64.b64decode(str(upload), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(422, "Invalid data") from error


def _typed(value: Tree, off: object) -> object:
    """Return a value with the device's types: yes is true, digits are a number."""
    if isinstance(value, list | Commas):
        return [_typed(item, off) for item in value]
    if isinstance(value, dict):
        return {name: _typed(item, off) for name, item in value.items()}
    if isinstance(value, Verbatim):
        return str(value)
    if value in _WORDS:
        return _WORDS[value] or off
    number = value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER
    return int(value) if number else value
