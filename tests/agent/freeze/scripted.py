"""A guest agent on a socket that does what a test says: it answers, late, never, or dies frozen."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

FREEZE, THAW, SYNC = "guest-fsfreeze-freeze", "guest-fsfreeze-thaw", "guest-sync-delimited"
SYSTEMS = 3
SLOW = 1.5  # seconds


class Guest:
    """A guest whose agent takes one exchange after the other, as the real one does.

    `script` says by command what is not as usual: `silent`, `refuse`, `none`, `noise`, `dies`,
    `slow`, which is done at once and answered later, or the seconds after which it is both.
    """

    def __init__(self, path: Path, **script: str | float) -> None:
        self.path = path
        self.frozen = False
        self.asked: list[str] = []
        self.script = {f"guest-fsfreeze-{name}": what for name, what in script.items()}
        self.script[SYNC] = script.get("sync", "")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._over = threading.Event()
        self._server = socket.socket(socket.AF_UNIX)
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        # The path may be longer than an address can be: it is bound through its folder.
        with contextlib.chdir(self.path.parent):
            self._server.bind(self.path.name)
        self._server.listen()
        self._server.settimeout(0.05)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._server.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                line, _ = self._server.accept()
                with line, contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self._exchange(line)

    def _exchange(self, line: socket.socket) -> None:
        with line.makefile("rb") as lines:
            for text in lines:
                asked = json.loads(text.lstrip(b"\xff"))
                answer = self._answer(asked["execute"], asked.get("arguments", {}))
                if answer:
                    line.sendall(answer)
                if self._over.is_set():
                    return

    def _answer(self, command: str, arguments: dict[str, int]) -> bytes:
        self.asked.append(command)
        what = self.script.get(command, "")
        if what == "refuse":
            return b'{"error": {"class": "GenericError", "desc": "not today"}}\n'
        if what == "silent":
            self._over.wait(20)
            return b""
        if isinstance(what, float):
            time.sleep(what)
        if command == SYNC:
            noise = b'{"return": 1}\n\xff{"return": 0}\nnonsense\n' if what == "noise" else b""
            return noise + b"\xff" + json.dumps({"return": arguments["id"]}).encode() + b"\n"
        if what != "none":
            self.frozen = command == FREEZE
        if what == "dies":
            self._over.set()
            self._server.close()
        if what == "slow":
            self._over.wait(SLOW)
        count = 0 if what == "none" else SYSTEMS
        return json.dumps({"return": count}).encode() + b"\n"
