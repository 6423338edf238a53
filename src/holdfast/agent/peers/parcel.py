"""What is delivered to another node on a ticket, from the side that holds the backup."""

from __future__ import annotations

import contextlib
import json
from typing import IO, TYPE_CHECKING, Iterator

from holdfast.agent.peers import PROTOCOL, frames
from holdfast.agent.transforms.digest import Digest

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields
    from holdfast.agent.peers.session import Session


class Parcel:
    """Streams on their way to a target; `write` and `seal` each of them, the last by `conclude`."""

    def __init__(self, wire: Session, file: IO[bytes]) -> None:
        self._wire = wire
        self._file = file
        self._sum = Digest()

    def write(self, block: bytes) -> None:
        """Send the next bytes of a stream; raise Failed with the other side's reason not to."""
        for part in frames.cut(block):
            self._send(frames.DATA, part)
            for _ in self._sum.over((part,)):
                pass

    def seal(self, path: str) -> None:
        """Say that a stream is whole and another one follows, for a path below the target."""
        self._trailer({"more": True, "path": path})

    def conclude(self, snapshots: list[str], keeper: str, disk: str) -> Fields:
        """Say that all is there; return what the other side tells once it is in its place.

        For a dataset `snapshots` are the GUIDs to be proven there, and `keeper` is who is to hold
        the first one; nobody where it is empty. `disk` is the GUID that the disk is called by.
        """
        members = {"snapshots": snapshots, "keeper": keeper, "disk": disk}
        self._trailer({"more": False, **members})
        return self._wire.answer("that it is in its place")

    def _trailer(self, members: dict[str, object]) -> None:
        document = {"wire": self._sum.facts(), **members}
        self._send(frames.TRAILER, json.dumps(document).encode())
        self._sum = Digest()

    def _send(self, kind: bytes, payload: bytes) -> None:
        try:
            frames.write(self._file, kind, payload)
        except BrokenPipeError:
            self._wire.answer("the rest of what is sent")  # which is why it takes no more
            raise


@contextlib.contextmanager
def to(wire: Session, ticket: str) -> Iterator[Parcel]:
    """Give what takes a delivery, once the other side has its target ready."""
    wire.ask("receive", {"protocol": PROTOCOL, "ticket": ticket})
    yield Parcel(wire, wire.outgoing)
