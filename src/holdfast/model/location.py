"""Where things are: hosts, users, paths, ZFS datasets. Must not: look whether they are there."""

from __future__ import annotations

import ipaddress
import posixpath
import re
from typing import Annotated
from urllib.parse import urlsplit

from holdfast.model.scalar import Written, quote
from holdfast.model.wrong import Wrong

# OpenSSH takes a leading dash for an option; nothing here may begin with one.
_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")
_USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,31}")
_DATASET = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]*(/[A-Za-z0-9_.:-]+)*")
# ZFS allows 255 bytes; ours appends /<server>/disk<N>@<backup>.
_LONGEST_DATASET = 150
_LONGEST_PATH = 1024
_HIGHEST_PORT = 65535


def host(text: str) -> str:
    """Return a host name or an IP address, without a port."""
    if len(text) <= 253 and _HOST.fullmatch(text):  # noqa: PLR2004 - the longest DNS name
        return text
    try:
        ipaddress.ip_address(text)
    except ValueError:
        hint = "a host name or IP address; a port has a key of its own"
        raise Wrong(f"{quote(text)} is not an address", hint) from None
    return text


def host_port(text: str) -> str:
    """Return a host name or an IP address, with a port behind a colon if need be."""
    name, colon, port = text.rpartition(":")
    if not colon or ":" in name.strip("[]") or not port.isascii() or not port.isdecimal():
        return host(text)
    if not 0 < int(port[:6]) <= _HIGHEST_PORT:
        raise Wrong(f"{quote(text)} has no such port", f"1 to {_HIGHEST_PORT}")
    host(name)
    return text


def user(text: str) -> str:
    """Return the name of a Unix user."""
    if _USER.fullmatch(text):
        return text
    raise Wrong(f"{quote(text)} is not a user name")


def path(text: str) -> str:
    """Return a plain absolute path: no `..`, no doubled or trailing slash, not the root."""
    if not text.isprintable():
        raise Wrong(f"{quote(text)} holds a line break or control character")
    if not text.startswith("/") or text.startswith("//") or posixpath.normpath(text) != text:
        raise Wrong(f"{quote(text)} is not a plain absolute path", "such as /mnt/nas/holdfast")
    if text == "/" or len(text) > _LONGEST_PATH:
        raise Wrong(f"{quote(text)} cannot be used", "name a folder or file below the root")
    return text


def local_path(text: str) -> str:
    """Return a path on this machine; a relative one begins beside the inventory directory."""
    if text and text.isprintable() and len(text) <= _LONGEST_PATH:
        return text
    raise Wrong(f"{quote(text)} is not a path")


def dataset(text: str) -> str:
    """Return the name of a ZFS filesystem or volume."""
    parts = text.split("/")
    if not _DATASET.fullmatch(text) or "." in parts or ".." in parts:
        raise Wrong(f"{quote(text)} is not a ZFS dataset", "such as zones/holdfast")
    if len(text) > _LONGEST_DATASET:
        raise Wrong(f"has {len(text)} characters", f"at most {_LONGEST_DATASET}, ZFS allows 255")
    return text


def https(text: str) -> str:
    """Return the address of an appliance: https://HOST[:PORT], nothing more."""
    hint = "https://HOST or https://HOST:PORT"
    if "@" in text:
        raise Wrong("holds a user or password", "they have keys of their own")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise Wrong(f"{quote(text)} is not an address", hint) from None
    if parts.scheme != "https" or not parts.hostname or port == 0:
        raise Wrong(f"{quote(text)} is not an address", hint)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise Wrong(f"{quote(text)} says more than an address", hint)
    host(parts.hostname)
    return text.rstrip("/")


_PATH_SCHEMA = {"type": "string", "pattern": "^/[^/]", "maxLength": _LONGEST_PATH}

Host = Annotated[str, Written(host, {"type": "string", "minLength": 1, "maxLength": 253})]
HostPort = Annotated[str, Written(host_port, {"type": "string", "minLength": 1, "maxLength": 260})]
User = Annotated[str, Written(user, {"type": "string", "pattern": f"^{_USER.pattern}$"})]
Path = Annotated[str, Written(path, _PATH_SCHEMA)]
LocalPath = Annotated[str, Written(local_path, {"type": "string", "minLength": 1})]
Dataset = Annotated[str, Written(dataset, {"type": "string", "pattern": f"^{_DATASET.pattern}$"})]
Https = Annotated[str, Written(https, {"type": "string", "pattern": "^https://[^/]+/?$"})]
