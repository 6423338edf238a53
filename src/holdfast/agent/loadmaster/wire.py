"""One HTTP request over a proven connection, and its reply. Must not: know either API."""

from __future__ import annotations

import contextlib
import http.client
import io
import time
from typing import TYPE_CHECKING, Iterable, Iterator, NamedTuple

from holdfast.agent.loadmaster import tls
from holdfast.agent.loadmaster.errors import BadAnswer, Dropped

if TYPE_CHECKING:
    import ssl

    from holdfast.agent.loadmaster.patience import Limits
    from holdfast.agent.loadmaster.served import Served
    from holdfast.agent.loadmaster.target import Target

OK = 200
BLOCK = 1 << 16


class Order(NamedTuple):
    """A request; `size` is what `body` comes to, block by block."""

    command: str
    method: str
    path: str
    headers: dict[str, str]
    body: Iterable[bytes] = ()
    size: int = 0


class Reply:
    """A reply whose body is still to be read."""

    def __init__(
        self, target: Target, command: str, answer: http.client.HTTPResponse, served: Served
    ) -> None:
        self.device, self.command, self.served = target.name, command, served
        self.status = answer.status
        self.kind = (answer.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        self._target, self._answer = target, answer

    def blocks(self) -> Iterator[bytes]:
        """Yield the body to its very end; raise Dropped when it ends before."""
        left = self._answer.length
        while True:
            with _understood(self._target, "the answer to " + self.command):
                block = self._answer.read(BLOCK)
            if not block:
                break
            left = None if left is None else left - len(block)
            yield block
        if left:
            what = "the answer to %s was cut off, %d bytes before its end" % (self.command, left)
            raise Dropped(self.device, what)

    def whole(self, largest: int) -> bytes:
        """Return the body at once; raise BadAnswer when it is larger."""
        content = bytearray()
        for block in self.blocks():
            content += block
            if len(content) > largest:
                what = "answers %s with more than %d bytes" % (self.command, largest)
                raise BadAnswer(self.device, what)
        return bytes(content)


@contextlib.contextmanager
def exchange(target: Target, order: Order, limits: Limits) -> Iterator[Reply]:
    """Give the reply to one request, on a connection of its own."""
    deadline = time.monotonic() + limits.total
    with tls.connected(target, min(limits.connect, limits.total)) as (line, served):
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.sock = _Timed(line, limits.silence, deadline)
        headers = {"Connection": "close", "User-Agent": "holdfast", **order.headers}
        if order.method == "POST":
            headers["Content-Length"] = str(order.size)
        with _understood(target, order.command):
            # A device that has seen enough answers and closes before it has read all.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request(order.method, order.path, order.body or None, headers)
            answer = connection.getresponse()
        with answer:
            yield Reply(target, order.command, answer, served)


@contextlib.contextmanager
def _understood(target: Target, doing: str) -> Iterator[None]:
    """Say in our words how a connection failed, or that what came is no HTTP."""
    try:
        yield
    except (http.client.RemoteDisconnected, http.client.IncompleteRead):
        what = "%s ended the connection during %s" % (target.address, doing)
        raise Dropped(target.name, what) from None
    except http.client.HTTPException as error:
        what = "no HTTP came back from %s at %s" % (target.address, doing)
        raise BadAnswer(target.name, what, type(error).__name__) from None
    except OSError as error:
        raise tls.explained(target, error, doing) from None


class _Timed:
    """A connection of which no single step is silent for too long, nor all of them together.

    It is what `http.client` asks of a socket; who opened the connection closes it.
    """

    def __init__(self, line: ssl.SSLSocket, silence: float, deadline: float) -> None:
        self._line, self._silence, self._deadline = line, silence, deadline

    def sendall(self, content: bytes) -> None:
        self._armed().sendall(content)

    def receive_into(self, buffer: memoryview) -> int:
        return self._armed().recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self), BLOCK)

    def close(self) -> None:
        pass

    def _armed(self) -> ssl.SSLSocket:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._line.settimeout(min(self._silence, left))
        return self._line


class _Incoming(io.RawIOBase):
    """What comes in, as a file."""

    def __init__(self, line: _Timed) -> None:
        self._timed = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the type that comes
        return self._timed.receive_into(buffer)
