"""`import crontab`: what a node is told by cron, as an inventory would say it. Pure.

Ours are the definitions that lie on the node; whatever else cron fires is left alone and shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from holdfast.agent import timestamp
from holdfast.engine.existing.definitions import definitions, servers
from holdfast.engine.existing.fragment import Fragment
from holdfast.engine.members import Line, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from holdfast.engine.existing.fragment import Section
    from holdfast.inventory.inventory import Inventory
    from holdfast.plan.actual import Actual
    from holdfast.plan.resource import Attributes

# What is worth a second look among the foreign entries; nothing is decided by it.
_TOOLS = re.compile(
    r"\b(attic|bacula|borg|borgmatic|dd|duplicity|esbackup|essnapshot|mysqldump|pg_basebackup|"
    r"pg_dump|pg_dumpall|rclone|restic|resticprofile|rsnapshot|rsync|sanoid|syncoid|tar|zfs|"
    r"zfs-auto-snapshot|znapzend|zrepl|backup|snapshot)",
    re.IGNORECASE,
)
# A command line may hold a password; a file in git must not.
_SECRET = re.compile(
    r"""(?ix) ((?:pass(?:word|phrase)?|passwd|pwd|secret|token|api[-_]?key|key) \s* [=:] \s*)
    (?:"[^"]*"|'[^']*'|\S+)"""
)
_LOGIN = re.compile(r"(://[^/\s:@]*:)[^/\s@]*(@)")
_MYSQL = re.compile(r"(\bmysql\w*\b.*?\s-p)\S+")


@dataclass(frozen=True)
class Entry:
    """One entry of cron; `definition` is the ID that it fires where it is one of Holdfast's."""

    file: str
    times: str
    user: str
    command: str
    inventory: str
    definition: str


def entry(line: Line) -> Entry:
    """Return the entry that a node tells of; LookupError or TypeError where it is none."""
    return Entry(*(text(line, member) for member in Entry.__dataclass_fields__))


def crontab(inventory: Inventory, answer: Actual, entries: Iterable[Entry]) -> Fragment:
    """Return what the inventory lacks of what is ours on the node, and what else cron fires."""
    held = {
        resource.address.name: resource.attributes
        for resource in answer.resources
        if resource.address.kind == "definition" and "damaged" not in resource.attributes
    }
    promised = {name for promise in inventory.promises for name in (promise.id, *promise.was)}
    lacking = {name: attributes for name, attributes in held.items() if name not in promised}
    written = [body for body, _ in definitions(inventory, answer.target, lacking)]
    made, notes = _servers(inventory, servers(lacking.values()))
    locks = list(_locks(inventory, answer))
    sections: dict[str, Section] = {"servers": made, "definitions": written, "locks": locks}
    return Fragment(
        {name: section for name, section in sections.items() if section},
        (
            _heading(answer.target, len(lacking), len(held)),
            *_storages(inventory, answer, lacking),
            *_appliances(inventory, lacking),
            *notes,
        ),
        tuple(_foreign(inventory, held, entries)),
    )


def _heading(node: str, lacking: int, held: int) -> str:
    ours = f"Ours on node {node}: {held} definitions"
    return f"{ours}, {lacking} of them not in the inventory."


def _servers(
    inventory: Inventory, found: Mapping[str, dict[str, object]]
) -> tuple[dict[str, object], list[str]]:
    """Return the servers to add, and what the inventory's own would have to say besides."""
    made: dict[str, object] = {}
    notes = []
    for name, server in sorted(found.items()):
        declared = inventory.servers.get(name)
        if declared is None:
            node = inventory.nodes.get(str(server["node"]))
            center = (
                {} if node is None or node.datacenter is None else {"datacenter": node.datacenter}
            )
            made[name] = {**server, **center}
            continue
        disks = server["disks"]
        missing = disks.keys() - declared.disks.keys() if isinstance(disks, dict) else ()
        if declared.uuid != server["uuid"]:
            notes.append(f"Server {name} of the inventory is another machine: {server['uuid']}.")
        notes += [f"Server {name} of the inventory lacks disk {disk}." for disk in sorted(missing)]
    return made, notes


def _storages(
    inventory: Inventory, answer: Actual, lacking: Mapping[str, Attributes]
) -> Iterator[str]:
    """Yield the storages that the node has and its entry in the inventory lacks."""
    declared = inventory.nodes[answer.target].storages
    needed = {attributes.get("storage") for attributes in lacking.values()}
    for resource in answer.resources:
        name, there = resource.address.name, resource.attributes
        if resource.address.kind == "storage" and name in needed - declared.keys():
            kind = "path" if there.get("kind") == "directory" else "dataset"
            place = there.get("place")
            yield f"Add to `storages` of node {answer.target}:  {name}: {{{kind}: {place}}}"


def _appliances(inventory: Inventory, lacking: Mapping[str, Attributes]) -> Iterator[str]:
    """Yield the LoadMasters that are backed up and that the inventory does not know."""
    needed = {str(a["loadmaster"]) for a in lacking.values() if a.get("loadmaster")}
    for name in sorted(needed - inventory.loadmasters.keys()):
        yield f"LoadMaster {name} is not in the inventory: holdfast import loadmaster brings it."


def _locks(inventory: Inventory, answer: Actual) -> Iterator[dict[str, object]]:
    declared = {str(lock.backup) for lock in inventory.locks}
    for resource in answer.resources:
        name, there = resource.address.name, resource.attributes
        if resource.address.kind != "lock" or name in declared:
            continue
        lock: dict[str, object] = {"backup": name, "reason": there.get("reason")}
        if until := there.get("until"):
            last = timestamp.from_text(str(until)) - timedelta(seconds=1)
            lock["until"] = f"{last:%Y-%m-%d}"
        if owner := there.get("owner"):
            lock["owner"] = owner
        yield lock


def _foreign(
    inventory: Inventory, held: Mapping[str, Attributes], entries: Iterable[Entry]
) -> Iterator[str]:
    """Yield what a person must decide about, a line an entry."""
    own = {inventory.inventory.id, *inventory.inventory.was}
    others = []
    for item in entries:
        if item.inventory in own:
            if item.definition and item.definition not in held:
                yield f"Ours, but its definition is gone: {_shown(item)}"
        elif item.inventory:
            yield f"Of Holdfast's inventory {item.inventory}: {_shown(item)}"
        else:
            others.append(item)
    others.sort(key=lambda item: not _TOOLS.search(item.command))
    for item in others:
        word = "Looks like a backup" if _TOOLS.search(item.command) else "Not ours"
        yield f"{word}: {_shown(item)}"


def _shown(item: Entry) -> str:
    user = f" {item.user}" if item.user else ""
    return f"{item.file}: {item.times}{user} {redacted(item.command)}"


def redacted(command: str) -> str:
    """Return a command without what looks like a secret in it."""
    for pattern in (_SECRET, _LOGIN, _MYSQL):
        tail = r"\g<2>" if pattern is _LOGIN else ""
        command = pattern.sub(r"\g<1>***" + tail, command)
    return command
