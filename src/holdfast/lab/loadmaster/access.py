"""The XML API: `/access/CMD`, from the wire and back."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import escape

from holdfast.lab.loadmaster.answer import Answer, Commas, Done, File, Refused, Tree
from holdfast.lab.loadmaster.call import Credentials, Draft, Interface
from holdfast.lab.loadmaster.wire import Reply, page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holdfast.lab.loadmaster.wire import Request

PREFIX = "/access/"
# Asked so by the SDK's `get_license_info`, and by nothing else.
LICENCE = "/access360/licenseinfo"
# A longer URL gets its connection reset (one source: about 1 KiB; 1,800 characters seen live).
LONGEST = 1024
ENABLE = "/access/set?param=enableapi&value=yes"  # in this order, with this very `yes`
_FORM = "application/x-www-form-urlencoded"


def parse(request: Request, uploads: frozenset[str]) -> Draft:
    """Return the call; the body is a file for the commands that take one, else a form."""
    path, _, text = request.target.partition("?")
    path = f"{PREFIX}licenseinfo" if path == LICENCE else path
    command = unquote(path.removeprefix(PREFIX)).strip("/").replace("/", ".")
    upload = None
    if command in uploads:
        upload = request.body
    elif request.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM:
        text += "&" + request.body.decode("utf-8", "replace")
    arguments = {name.lower(): value for name, value in parse_qsl(text, keep_blank_values=True)}
    credentials = _credentials(request.headers.get("authorization"), arguments.get("apikey"))
    return Draft(Interface.XML, request.method, command, arguments, upload, credentials)


def done(answer: Answer, *, ok: str) -> Reply:
    """Return what the device sends when it did as told."""
    if isinstance(answer, File):
        disposition = f'inline; filename="{answer.name}"'
        headers = {"Content-Disposition": disposition}
        return Reply(200, "application/octet-stream", answer.content, headers)
    if isinstance(answer, Done):
        return _xml(200, ok, f"<Success>{escape(answer.message)}</Success>")
    return _xml(200, ok, f"<Success><Data>{_tags(answer.tags)}</Data></Success>")


def refused(refusal: Refused, *, status: int | None = None) -> Reply:
    """Return what it sends when it refuses; `status` is HTTP's, where that is to differ."""
    if refusal.status == 401:  # noqa: PLR2004  # the web server's own page, before the API
        unauthorized = page(401)
        challenge = {"WWW-Authenticate": 'Basic realm="LoadMaster"'}
        return Reply(401, unauthorized.content_type, unauthorized.body, challenge)
    text = f"<Error>{escape(refusal.message)}</Error>"
    return _xml(refusal.status, "fail", text, http=status)


def _credentials(header: str | None, key: str | None) -> Credentials:
    scheme, _, encoded = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return Credentials(key)
    try:
        text = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return Credentials(key)
    user, _, password = text.partition(":")
    return Credentials(key, user, password)


def _xml(status: int, code: str, inner: str, *, http: int | None = None) -> Reply:
    text = '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
    text += f'<Response stat="{status}" code="{code}">{inner}</Response>\n'
    return Reply(http or status, "text/xml", text.encode("iso-8859-1", "xmlcharrefreplace"))


def _tags(values: Mapping[str, Tree]) -> str:
    return "".join(_tag(name, value) for name, value in values.items())


def _tag(name: str, value: Tree) -> str:
    if isinstance(value, list):
        return "".join(_tag(name, item) for item in value)
    if isinstance(value, dict):
        inner = _tags(value)
    else:
        inner = escape(",".join(value) if isinstance(value, Commas) else value)
    return f"<{name}>{inner}</{name}>"
