"""A guest agent on its own socket: JSON lines, each exchange begun by a sync.

A connection an exchange: what an earlier one left in the channel is passed over by the sync.
"""

from __future__ import annotations

import json
import os
import random
import socket
import time

from holdfast.agent.freeze.guest import Trouble, Unanswered, Unreached

_LARGEST = 1 << 20
_PATIENCE = 2.0  # seconds for a socket that only one may hold at a time
_SENTINEL = b"\xff"  # invalid in UTF-8: both parsers drop what came before it


class Qga:
    """The agent behind a socket on this node."""

    def __init__(self, path: str) -> None:
        self._path = path

    def ask(self, command: str, reach: float, limit: float) -> object:
        """Return what the agent returns, asked once it has answered a sync."""
        try:
            with _connected(self._path, reach) as line:
                _sync(line, time.monotonic() + reach)
                return self._ask(line, command, limit)
        except OSError as error:
            why = error.strerror or "it does not answer"
            raise Unreached("the guest agent at %s: %s" % (self._path, why)) from None

    def listens(self) -> bool:
        """Tell whether anything listens there, be it busy or silent."""
        try:
            _connected(self._path, _PATIENCE).close()
        except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
            return False
        except OSError:
            return True
        return True

    def _ask(self, line: socket.socket, command: str, limit: float) -> object:
        deadline = time.monotonic() + limit
        try:
            line.sendall(json.dumps({"execute": command}).encode() + b"\n")
            answer = _parsed(_until(line, b"\n", deadline))
        except OSError as error:
            why = error.strerror or "no answer within %g s" % limit
            what = "the guest agent at %s: %s: %s" % (self._path, command, why)
            raise Unanswered(what) from None
        if "error" in answer:
            told = answer["error"]
            words = told.get("desc") if isinstance(told, dict) else told
            raise Trouble("the guest agent refused %s: %s" % (command, str(words)[:200]))
        if "return" not in answer:
            raise Unanswered("the guest agent at %s: no answer to %s" % (self._path, command))
        return answer["return"]


def _connected(path: str, limit: float) -> socket.socket:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(limit)
        # A socket's address has 108 bytes; through its folder a path may have any length.
        folder = os.open(os.path.dirname(path), os.O_PATH | os.O_DIRECTORY)
        try:
            line.connect("/proc/self/fd/%d/%s" % (folder, os.path.basename(path)))
        finally:
            os.close(folder)
    except BaseException:
        line.close()
        raise
    return line


def _sync(line: socket.socket, deadline: float) -> None:
    number = random.randrange(1 << 31)  # noqa: S311 - it tells answers apart, it keeps no secret
    asked = {"execute": "guest-sync-delimited", "arguments": {"id": number}}
    line.sendall(_SENTINEL + json.dumps(asked).encode() + b"\n")
    while True:
        _until(line, _SENTINEL, deadline)
        if _parsed(_until(line, b"\n", deadline)) == {"return": number}:
            return


def _until(line: socket.socket, end: bytes, deadline: float) -> bytes:
    """Return the bytes before an end; byte by byte, for what follows it is for the next reading."""
    content = bytearray()
    while not content.endswith(end):
        left = deadline - time.monotonic()
        if left <= 0 or len(content) > _LARGEST:
            raise TimeoutError
        line.settimeout(left)
        byte = line.recv(1)
        if not byte:
            raise ConnectionError("the connection was closed")
        content += byte
    return bytes(content[: -len(end)])


def _parsed(text: bytes) -> dict[str, object]:
    """Return the object that a line holds; an empty one for any other line."""
    try:
        answer = json.loads(text.decode())
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
