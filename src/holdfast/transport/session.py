"""One session with one node: how it is reached, and what it answers."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from holdfast.transport import answer, local
from holdfast.transport.identity import KeyAgent, KeySource
from holdfast.transport.lines import lines

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from holdfast.transport.answer import Message
    from holdfast.transport.bootstrap import Command


@dataclass(frozen=True)
class Timeouts:
    """Seconds: to be let in, and without a byte from a command that runs."""

    connect: float = 10.0
    idle: float = 60.0


@dataclass(frozen=True)
class Local:
    """A node that is a directory of this machine."""

    root: Path


@dataclass(frozen=True)
class Ssh:
    """A node, or a jump host before it, that is reached over ssh.

    `host_key` is its one trusted key, as `ssh-ed25519 AAAA…`.
    """

    address: str
    host_key: str
    port: int = 22
    user: str = "root"
    identity: KeySource = field(default_factory=KeyAgent)
    jump: Ssh | None = None


@dataclass(frozen=True)
class Endpoint:
    """All that is needed to reach a node."""

    name: str
    reach: Local | Ssh
    timeouts: Timeouts = field(default_factory=Timeouts)


def ask(endpoint: Endpoint, command: Command, request: bytes) -> Iterator[Message]:
    """Yield the messages of a node's answer as they come, `hello` first.

    Raises RemoteError unless the answer was whole; only an iteration that ends without one was.
    """
    return answer.messages(endpoint.name, converse(endpoint, command, request))


def converse(endpoint: Endpoint, command: Command, request: bytes) -> Generator[bytes, None, None]:
    """Run a command on a node, send it the request, and yield its lines as they come.

    Closing the generator ends the session. Raises RemoteError where the node cannot be reached or
    the command does not end well.
    """
    if isinstance(endpoint.reach, Local):
        chunks = local.exchange(endpoint.name, endpoint.reach, endpoint.timeouts, command, request)
    else:
        from holdfast.transport import ssh  # noqa: PLC0415 - fabric takes 150 ms to import

        chunks = ssh.exchange(endpoint.name, endpoint.reach, endpoint.timeouts, command, request)
    with closing(chunks):
        yield from lines(endpoint.name, chunks, most=command.most)
