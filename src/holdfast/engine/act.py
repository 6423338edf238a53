"""One act on one node, such as a restore: its request, its progress, its result."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from holdfast.agent.layout import PROTOCOL
from holdfast.engine.decode import fitting
from holdfast.engine.members import Line, text, whole
from holdfast.engine.reach import Purpose
from holdfast.errors import NotDone, Unexpected
from holdfast.transport import bootstrap
from holdfast.transport.lines import LONGEST_ANSWER
from holdfast.transport.words import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from holdfast.engine.author import Author
    from holdfast.engine.reach import Reach
    from holdfast.engine.stock import Stored


@dataclass(frozen=True)
class Progress:
    """How far an act is, in bytes; `run` and `status` are those of a run that is followed."""

    done: int
    total: int
    run: str = ""
    status: str = ""


@dataclass(frozen=True)
class Act:
    """What a node is told to do; `arguments` may hold a file's key, so they are not shown."""

    act: str
    node: str
    arguments: Mapping[str, object] = field(default_factory=dict, repr=False)
    storage: str = ""
    backup: str = ""
    most: int = LONGEST_ANSWER

    @classmethod
    def on(cls, act: str, backup: Stored, **arguments: object) -> Act:
        """Return an act on a backup."""
        return cls(act, backup.node, arguments, backup.storage, backup.name)


@dataclass(frozen=True)
class Doing:
    """Who acts, over which ways; `tell` hears of progress, and None when an act is over."""

    reach: Reach
    author: Author
    tell: Callable[[Progress | None], None]

    def perform(self, act: Act) -> Line:
        """Return the result; raise NotDone with the node's own words where there is none."""
        *others, last = self.lines(act)
        if others:
            raise Unexpected(act.node, f"told {others[0]['type']!r}, which was not asked for")
        return last

    def lines(self, act: Act) -> Generator[Line, None, None]:
        """Yield what is told beside progress, the result last."""
        try:
            yield from self._lines(act)
        finally:
            self.tell(None)

    def _lines(self, act: Act) -> Iterator[Line]:
        result = None
        command = replace(bootstrap.read(), most=act.most)
        lines = self.reach.converse(
            act.node, Purpose.APPLY, command, request(self.reach, self.author, act)
        )
        for line in lines:
            match line["type"]:
                case "progress":
                    self.tell(_progress(act.node, line))
                case "failure":
                    with fitting(act.node):
                        raise NotDone(act.node, printable(text(line, "message").encode()))
                case "result":
                    result = line
                case "bytes":
                    yield line
        if result is None:
            raise Unexpected(
                act.node, f"did not say how `{act.act}` ended: is an agent there? apply puts one"
            )
        yield result


def request(reach: Reach, author: Author, act: Act) -> bytes:
    """Return the agent's request for one act."""
    op = {"op": "act", "act": act.act, "arguments": act.arguments}
    if act.backup:
        op |= {"storage": act.storage, "backup": act.backup}
    identity = reach.inventory.inventory
    document = {
        "protocol": PROTOCOL,
        "inventory": identity.id,
        "was": list(identity.was),
        "by": vars(author),
        "ops": [op],
    }
    return json.dumps(document).encode()


def _progress(node: str, line: Line) -> Progress:
    with fitting(node):
        run, status = (text(line, m) if m in line else "" for m in ("run", "status"))
        return Progress(whole(line, "done"), whole(line, "total"), run, status)
