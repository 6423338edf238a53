"""One HTTP request over a proven connection, and its reply. Must not: know either API."""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import time
from typing import TYPE_CHECKING, Iterable, Iterator, NamedTuple

from holdfast.agent.loadmaster import tls
from holdfast.agent.loadmaster.errors import BadAnswer, Dropped, TimedOut

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


class Answer(http.client.HTTPResponse):
    """An answer whose chunks have a length; Python's own takes -1 for all that ever comes."""

    def _read_next_chunk_size(self) -> int:
        size = super()._read_next_chunk_size()  # type: ignore[misc]  # typeshed does not tell of it
        if size < 0:
            raise ValueError("a chunk of less than nothing")
        return int(size)


class Reply:
    """A reply whose body is still to be read, once."""

    def __init__(
        self,
        call: Call,
        answer: http.client.HTTPResponse,
        served: Served,
        line: ssl.SSLSocket,
    ) -> None:
        self.device, self.command, self.served = call.target.name, call.order.command, served
        self.status = answer.status
        self.kind = (answer.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        self._call, self._answer = call, answer
        self._line = line
        self._peeked = b""

    def peek(self) -> bytes:
        """Return the first block of the body; it is still to be read."""
        if not self._peeked:
            self._peeked = next(self._come_in(), b"")
        return self._peeked

    def blocks(self) -> Iterator[bytes]:
        """Yield the body to its very end; raise Dropped when it ends before."""
        if self._peeked:
            yield self._peeked
        yield from self._come_in()

    def hang_up(self) -> None:
        """Make whoever waits for the body wait no more, from any thread."""
        # The plain socket's own: TLS would have a word with a device that may say nothing.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._line, socket.SHUT_RDWR)

    def whole(self, largest: int) -> bytes:
        """Return the body at once; raise BadAnswer when it is larger."""
        content = bytearray()
        for block in self.blocks():
            content += block
            if len(content) > largest:
                what = "answers %s with more than %d bytes" % (self.command, largest)
                raise BadAnswer(self.device, what)
        return bytes(content)

    def _come_in(self) -> Iterator[bytes]:
        while True:
            with self._call.understood("the answer to " + self.command):
                block = self._answer.read(BLOCK)
            if not block:
                break
            yield block
        # Not every Python says so itself when the end comes before the announced one.
        if self._answer.length:
            what = "the answer to %s was cut off, %d bytes before its end"
            raise Dropped(self.device, what % (self.command, self._answer.length))


@contextlib.contextmanager
def exchange(target: Target, order: Order, limits: Limits) -> Iterator[Reply]:
    """Give the reply to one request, on a connection of its own."""
    call = Call(target, order, limits)
    with tls.connected(target, min(limits.connect, limits.total)) as (line, served):
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.sock = _Timed(line, call)
        connection.response_class = Answer
        headers = {"Host": target.authority, "Connection": "close", "User-Agent": "holdfast"}
        headers.update(order.headers)
        if order.method == "POST":
            headers["Content-Length"] = str(order.size)
        with call.understood(order.command):
            # A device that has seen enough answers, and closes before it has read all.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request(order.method, order.path, order.body or None, headers)
            answer = connection.getresponse()
        with answer:
            yield Reply(call, answer, served, line)


class Call:
    """One call under way: how long it may take, and what its failures mean."""

    def __init__(self, target: Target, order: Order, limits: Limits) -> None:
        self.target, self.order, self._limits = target, order, limits
        self._deadline = time.monotonic() + limits.total

    def left(self) -> float:
        """Return how long the next step may take; raise TimeoutError when all time is up."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(self._limits.silence, left)

    @contextlib.contextmanager
    def understood(self, doing: str) -> Iterator[None]:
        """Say in our words how a connection failed, or that what came is no HTTP."""
        target = self.target
        try:
            yield
        except tls.TIMEOUTS:
            late = time.monotonic() >= self._deadline
            limit = self._limits.total if late else self._limits.silence
            how = "not done within" if late else "no word for"
            what = "%s took too long: %s %g s" % (doing, how, limit)
            raise TimedOut(target.name, what) from None
        except (http.client.RemoteDisconnected, http.client.IncompleteRead):
            what = "%s ended the connection during %s" % (target.address, doing)
            raise Dropped(target.name, what) from None
        except http.client.HTTPException as error:
            what = "no HTTP came back from %s at %s" % (target.address, doing)
            raise BadAnswer(target.name, what, type(error).__name__) from None
        except OSError as error:
            raise tls.explained(target, error, doing) from None


class _Timed:
    """A connection whose steps have their time; it is what `http.client` asks of a socket.

    Who opened the connection closes it.
    """

    def __init__(self, line: ssl.SSLSocket, call: Call) -> None:
        self._line, self._call = line, call

    def sendall(self, content: bytes) -> None:
        self._line.settimeout(self._call.left())
        self._line.sendall(content)

    def receive_into(self, buffer: memoryview) -> int:
        self._line.settimeout(self._call.left())
        return self._line.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self), BLOCK)

    def close(self) -> None:
        pass


class _Incoming(io.RawIOBase):
    """What comes in, as a file."""

    def __init__(self, line: _Timed) -> None:
        self._timed = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the type that comes
        return self._timed.receive_into(buffer)
