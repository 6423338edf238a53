"""Writes, renames and forgets the definitions of a node. Must not: touch a backup.

What an entry of cron needs is there before the entry and goes after it: at any moment cron's file
is the old one or the new one, and each entry in it finds its definition.
"""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from holdfast.agent import atomic, canonical, definition
from holdfast.agent.cron import cronwrite
from holdfast.agent.failure import Failed
from holdfast.agent.fields import Fields
from holdfast.agent.jobs import rotation, served
from holdfast.agent.setup import follow, loosen
from holdfast.agent.setup.survey import Survey

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.protocol.request import Op

# A change of these makes other instants due; those before the change were nobody's promise.
_TIMING = ("schedule", "timezone", "active")


def install(survey: Survey, ops: list[Op]) -> None:
    """Carry out a batch of `definition` ops."""
    layout = survey.layout
    if survey.node is None:
        raise Failed(
            "no agent is set up here for inventory %s: include this node's agent in --target "
            "(as 'node/*/agent')" % layout.inventory
        )
    written = {op.name: _checked(op) for op in ops if op.after is not None}
    named = {op.previous or op.name for op in ops if op.after is None or op.previous}
    gone = sorted(named - written.keys())
    _refuse_chains(ops, written)
    _loosen(survey, written, gone)
    follow.follow(layout, written, survey.definitions.keys() - gone)
    _begin_anew(survey, ops)
    _write(layout, ops, survey.definitions, written)
    there = Survey(layout).definitions
    remaining = {name: there[name] for name in there if name not in gone}
    cronwrite.write(layout, survey.node, remaining)
    for name in gone:
        atomic.remove(rotation.approved_path(layout, name))
        atomic.remove(_file(layout, name))


def _loosen(survey: Survey, written: dict[str, dict[str, object]], gone: list[str]) -> None:
    """Let go of bases that no definition of tomorrow needs, while a failure still stops it all."""
    remaining = {name: each for name, each in survey.definitions.items() if name not in gone}
    before = loosen.sources(survey.definitions.values())
    after = loosen.sources({**remaining, **written}.values())
    if before - after:
        loosen.loosen(survey.layout, before, after | loosen.granted(survey.layout))
    held = loosen.keepers(survey.layout, survey.definitions)
    loosen.let_go(survey.layout, held, loosen.keepers(survey.layout, {**remaining, **written}))


def _refuse_chains(ops: list[Op], written: dict[str, dict[str, object]]) -> None:
    """Refuse to give a name away and take it anew at once: the runs under it would mix."""
    for op in ops:
        if op.previous in written:
            raise Failed("%s takes the place of %s, which stays" % (op.name, op.previous))


def _checked(op: Op) -> dict[str, object]:
    """Return the attributes of an op, once they are all that a run needs."""
    attributes = op.after or {}
    given = Fields(attributes, "definition " + op.name)
    wanted = definition.from_fields(op.name, given)
    if given.texts("cron") and not wanted.active:
        raise given.refusal("cron", "empty while it is not active")
    return attributes


def _begin_anew(survey: Survey, ops: list[Op]) -> None:
    """Let nothing fire for instants before the promise was made, or made otherwise."""
    begun = served.text(served.Served(datetime.now(timezone.utc)))
    records = {}
    for op in ops:
        before = survey.definitions.get(op.previous or op.name, {})
        after = op.after
        if after and any(before.get(field) != after.get(field) for field in _TIMING):
            records[served.path(survey.layout, op.name)] = begun
    atomic.write_all(records)


def _write(
    layout: Layout,
    ops: list[Op],
    before: dict[str, dict[str, object]],
    written: dict[str, dict[str, object]],
) -> None:
    """Put the names that may be lost beside each definition, then the definitions."""
    contents: dict[str, str] = {}
    for op in ops:
        if op.after is None:
            continue
        retention = before.get(op.previous or op.name, {}).get("retention")
        if "approved" in op.extra:
            names = Fields(op.extra, "definition " + op.name).texts("approved")
            contents[rotation.approved_path(layout, op.name)] = rotation.approval(names)
        elif retention != op.after.get("retention"):
            # They were agreed to under another rule.
            atomic.remove(rotation.approved_path(layout, op.name))
    for name, attributes in written.items():
        contents[_file(layout, name)] = canonical.dumps(attributes) + "\n"
    atomic.write_all(contents)


def _file(layout: Layout, identity: str) -> str:
    return os.path.join(layout.definitions, identity + ".json")
