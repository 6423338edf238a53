"""The agent's answer lines to an Actual: the only place that knows their members."""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING

from holdfast.agent import timestamp
from holdfast.agent.kinds.agent import SPEECHLESS
from holdfast.engine.members import Line, mapping, text, texts, whole
from holdfast.errors import Unauthorized, Unexpected, Unreachable
from holdfast.plan.actual import (
    Actual,
    Applied,
    Backup,
    Chain,
    Device,
    Facts,
    Held,
    Snapshots,
    Unread,
)
from holdfast.plan.resource import AUTOMATED, KINDS, LOADMASTER, NODE, Address, Resource
from holdfast.problem import Problem, Severity
from holdfast.transport.words import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@contextmanager
def fitting(node: str) -> Iterator[None]:
    """Turn an answer whose members do not fit the protocol into Unexpected."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        what = f"its agent's answer does not fit the protocol ({error!r})"
        raise Unexpected(node, f"{what}; apply updates the agent") from error


def speaking(node: str, lines: Iterable[Line]) -> list[Line]:
    """Return the lines of an answer; raise Unexpected where no agent is left to tell of its files.

    A node that never had one has nothing to tell; that is no fault.
    """
    told = list(lines)
    facts = _facts(told[0])
    if facts.mute:
        raise Unexpected(node, f"{facts.mute}; apply brings it back")
    return told


def actual(node: str, lines: Iterable[Line]) -> Actual:
    """Return what a read answered; raise Unexpected where a line is not of the protocol."""
    with fitting(node):
        return _actual(node, lines)


def _actual(node: str, lines: Iterable[Line]) -> Actual:
    by_type: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_type[line["type"]].append(line)
    answers = {_address(node, line): line for line in by_type["resource"]}
    facts = _facts(by_type["hello"][0])
    applied = {a: _applied(line) for a, line in answers.items() if line["applied"] is not True}
    resources = [
        Resource(address, mapping(line, "attributes"), connector=_connector(node, address))
        for address, line in sorted(answers.items())
        if line["attributes"] is not None
    ]
    own = Address(NODE, node, "agent")
    if facts.mute:
        # What was applied nobody can tell, but that something was: so its absence is drift.
        applied[own] = Applied({})
    if _broken(by_type["hello"][0]):
        resources.append(Resource(own, SPEECHLESS))
    return Actual(
        node,
        facts,
        tuple(resources),
        applied,
        {a: _backups(a, line["backups"]) for a, line in answers.items() if "backups" in line},
        {a: line["matches"] is True for a, line in answers.items() if "matches" in line},
        tuple(problem(node, line) for line in by_type["problem"]),
        {a: _held(mapping(line, "held")) for a, line in answers.items() if "held" in line},
        {text(line, "datacenter"): _held(line) for line in by_type["usage"]},
        {text(line, "name"): device(line) for line in by_type["device"]},
        tuple(map(silent, by_type["silent"])),
        {_of(node, line): _chain(line) for line in by_type["chain"]},
        {text(line, "dataset"): _snapshots(line) for line in by_type["snapshots"]},
    )


def _of(node: str, line: Line) -> Address:
    return Address(NODE, node, "definition", text(line, "definition"))


def _chain(line: Line) -> Chain:
    return Chain(text(line, "newest"), frozenset(texts(line, "snapshots")))


def _snapshots(line: Line) -> Snapshots:
    timestamp.from_text(text(line, "read"))
    guids = mapping(line, "guids")
    return Snapshots(text(line, "read"), {name: text(guids, name) for name in guids})


def _held(line: Line) -> Held:
    return Held(whole(line, "count"), whole(line, "size"))


def _facts(line: Line) -> Facts:
    absent = line["agent"] == "absent"
    mute = ""
    if _broken(line):
        mute = f"its agent is broken ({_broken(line)})"
    elif absent and line.get("remains"):
        mute = "its files are there but no agent to read them"
    agent = None if absent or line["agent"] is None else text(line, "agent")
    return Facts(agent, text(line, "python"), text(line, "zone"), mute)


def _broken(line: Line) -> str:
    """Return how an agent ended that could not speak for itself, nothing where none did."""
    return printable(text(line, "broken").encode()) if line.get("broken") else ""


def _applied(line: Line) -> Applied:
    return Applied(None if line["applied"] is None else mapping(line, "applied"))


def _address(node: str, line: Line) -> Address:
    if line["kind"] not in KINDS:
        raise ValueError(line["kind"])
    if line["kind"] == AUTOMATED:
        return Address(LOADMASTER, text(line, "name"), AUTOMATED)
    return Address(NODE, node, line["kind"], text(line, "name"))


def _connector(node: str, address: Address) -> str:
    return "" if address.scope == NODE else node


def device(line: Line) -> Device:
    """Return what a LoadMaster told of itself."""
    timestamp.from_text(text(line, "read"))
    if text(line, "certificate_ends"):
        timestamp.from_text(line["certificate_ends"])
    return Device(
        text(line, "firmware"),
        text(line, "read"),
        text(line, "certificate_ends"),
        None if line["api_keys"] is None else whole(line, "api_keys"),
        line["plain_ftp"] is True,
    )


def silent(line: Line) -> Unread:
    """Return why a LoadMaster could not be looked at."""
    code = Unauthorized.exit_code if line["status"] == "unauthorized" else Unreachable.exit_code
    return Unread(f"{LOADMASTER}/{text(line, 'name')}", text(line, "message"), code)


def problem(node: str, line: Line) -> Problem:
    """Return what a node says that a person must know of."""
    where = Address("node", node, text(line, "kind"), text(line, "name"))
    severity = Severity(line["severity"])
    return Problem(str(where), "", text(line, "what"), text(line, "hint"), severity)


def _backups(address: Address, lines: Iterable[Line]) -> tuple[Backup, ...]:
    return tuple(_backup(address, line) for line in lines)


def _backup(address: Address, line: Line) -> Backup:
    timestamp.from_text(text(line, "created"))
    return Backup(
        name=text(line, "backup"),
        definition=address.name,
        created=text(line, "created"),
        size=whole(line, "size"),
        sequence=whole(line, "sequence"),
        status=text(line, "status"),
        locked=line["locked"] is True,
        base=None if line["base"] is None else text(line, "base"),
    )
