"""What is there, kind by kind, beside what was last applied. Must not: change anything."""

from __future__ import annotations

from holdfast.agent import lines
from holdfast.agent.kinds import (
    agent,
    automated_backup,
    definition,
    identity,
    known,
    loadmaster,
    lock,
    peer,
    reader,
    secret,
    signer,
    storage,
)
from holdfast.agent.protocol import applied
from holdfast.agent.setup import node
from holdfast.agent.setup.survey import Survey

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from holdfast.agent.protocol.request import Op, Request

AUTOMATED = "automated-backup"
KINDS = {
    "agent": agent,
    "identity": identity,
    "reader": reader,
    "storage": storage,
    "secret": secret,
    "loadmaster": loadmaster,
    "peer": peer,
    "known": known,
    "signer": signer,
    "definition": definition,
    "lock": lock,
    AUTOMATED: automated_backup,
}


def survey_of(asked: Request, devices: Iterable[str] = ()) -> Survey:
    """Return a fresh look at what the asked inventory has here, maybe still under a former id.

    `devices` are the LoadMasters behind this node that are looked at, too.
    """
    return Survey(node.locate(asked.inventory, asked.was), tuple(asked.was), tuple(devices))


def read(asked: Request, op: Op) -> Iterator[dict[str, object]]:
    """Yield every resource of the asked inventory and no other's, and every problem."""
    survey = survey_of(asked, op.loadmasters)
    for kind, module in KINDS.items():
        found, problems = module.read(survey)
        yield from problems
        try:
            record = applied.load(survey.layout, kind)
        except ValueError as error:
            record = {}
            what = "the record of what was applied cannot be used: %s" % error
            hint = "the next apply writes it again"
            yield lines.problem(kind, "", what, hint, severity="warning")
        # A device that was not looked at is not gone: it is not told of at all.
        names = found.keys() if kind == AUTOMATED else found.keys() | record.keys()
        for name in sorted(names):
            last = applied.attributes(record, name)
            if kind == "agent":
                last = agent.settle(survey, last)
            line = lines.resource(kind, name, found.get(name), last)
            if name in found:
                yield from _answer_questions(survey, op, line)
            yield line
    yield from _tell_usage(survey, op)
    yield from _tell_ends(survey, op)


def _tell_usage(survey: Survey, op: Op) -> Iterator[dict[str, object]]:
    """Yield what the backups of each datacenter that has a limit take up here."""
    if not op.limits or survey.node is None:
        return
    from holdfast.agent.backups import usage  # noqa: PLC0415 - most datacenters have no limit

    for name in op.limits:
        taken = usage.of_datacenter(survey, name)
        yield {"type": "usage", "datacenter": name, "count": taken.backups, "size": taken.bytes}


def _tell_ends(survey: Survey, op: Op) -> Iterator[dict[str, object]]:
    """Yield what the definitions asked about could be sent since."""
    if not op.chains or survey.node is None:
        return
    from holdfast.agent.backups import ends  # noqa: PLC0415 - few nodes have ZFS

    yield from ends.told(survey, frozenset(op.chains))


def _answer_questions(
    survey: Survey, op: Op, line: dict[str, object]
) -> Iterator[dict[str, object]]:
    """Add what was asked about to a line: whether a secret matches, which backups there are."""
    kind, name = line["kind"], str(line["name"])
    if kind == "secret" and name in op.secrets:
        line["matches"] = secret.matches(survey.layout, name, op.secrets[name])
    if kind == "definition" and op.wanted is not None:
        yield from _tell_backups(survey, op.wanted.get(name), line)
    if kind == "storage" and op.storages is not None:
        yield from _tell_held(survey, op.storages.get(name), line)
    if kind == "lock" and op.wanted is not None:
        yield from _tell_freed(survey, line)


def _tell_freed(survey: Survey, line: dict[str, object]) -> Iterator[dict[str, object]]:
    """Add the backup that a lock alone keeps from rotation."""
    from holdfast.agent.failure import Failed  # noqa: PLC0415 - most nodes have no locks

    name = str(line["name"])
    try:
        line["backups"] = lock.drops(survey, name)
    except Failed as error:
        yield lines.problem("lock", name, "what it keeps cannot be told: %s" % error)


def _tell_backups(
    survey: Survey, asked: object, line: dict[str, object]
) -> Iterator[dict[str, object]]:
    """Add a definition's backups where what is asked of it would keep others than it does now."""
    name = str(line["name"])
    there = survey.definitions[name]
    known = asked if isinstance(asked, dict) else None
    # What a damaged one keeps nobody knows; its damage was told, and rotation waits for it.
    if "damaged" in there or (
        known is not None and all(there.get(field) == value for field, value in known.items())
    ):
        return
    from holdfast.agent.backups import stock  # noqa: PLC0415 - few definitions are asked about
    from holdfast.agent.failure import Failed  # noqa: PLC0415

    place = there.get("place") if known is None else known.get("place")
    try:
        line["backups"] = stock.of_definition(survey, name, str(place))
    except Failed as error:
        yield lines.problem("definition", name, "its backups cannot be told: %s" % error)


def _tell_held(
    survey: Survey, place: object, line: dict[str, object]
) -> Iterator[dict[str, object]]:
    """Add how much of ours lies in a storage that would be let go, or moved elsewhere."""
    there = line["attributes"]
    if not isinstance(there, dict) or place == there.get("place") or there.get("marker") != "ok":
        return
    from holdfast.agent.backups import stock  # noqa: PLC0415 - few storages are asked about
    from holdfast.agent.failure import Failed  # noqa: PLC0415

    try:
        line["held"] = stock.held(survey.layout, there)
    except Failed as error:
        what = "how many backups it holds cannot be told: %s" % error
        yield lines.problem("storage", str(line["name"]), what, severity="warning")
