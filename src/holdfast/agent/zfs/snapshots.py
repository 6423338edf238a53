"""Snapshots: told apart by GUID, ordered by transaction, ours by two marks that they bear."""

from __future__ import annotations

from collections import defaultdict
from typing import Iterable, NamedTuple

from holdfast.agent.failure import Failed
from holdfast.agent.zfs import command

TAG, LOCK = "holdfast", "holdfast-lock"  # of what a run needs, of what somebody locked
INVENTORY, KEEPER, MANIFEST = "holdfast:inventory", "holdfast:keeper", "holdfast:manifest"
RECURSIVE = "-r"  # of all datasets below, as of the same moment
_PATIENCE = 20.0  # seconds that a look may take which nothing depends on
_ASKED = ("guid", "createtxg", "referenced", INVENTORY, KEEPER, MANIFEST)


class Snapshot(NamedTuple):
    """One snapshot; `inventory`, `keeper` and `manifest` are empty where it bears none of ours."""

    dataset: str
    name: str
    guid: str
    transaction: int
    inventory: str
    keeper: str
    manifest: str
    referenced: int = 0  # bytes that it holds, shared or not

    @property
    def path(self) -> str:
        """What ZFS calls it: `zones/web01@daily-20261121_020000`."""
        return "%s@%s" % (self.dataset, self.name)


class Listing(NamedTuple):
    """What lies at and below a dataset: the datasets, and all their snapshots, oldest first."""

    datasets: frozenset[str]
    snapshots: tuple[Snapshot, ...]


class Asked:
    """A listing that was asked for and is on its way."""

    def __init__(self, dataset: str, depth: int | None = None) -> None:
        self._dataset = dataset
        self._started = command.Started(*_words(depth), dataset)

    def __enter__(self) -> Asked:  # noqa: PYI034 - Self is of Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self._started.close()

    def listing(self) -> Listing | None:
        """Return what lies at and below the dataset; None: no such dataset."""
        told = self._started.answer()
        return None if told is None else _listing(self._dataset, told)

    def snapshot(self) -> Snapshot:
        """Return the one snapshot that was asked for, just made; raise Failed if it is gone."""
        found = self.listing()
        if found is None or not found.snapshots:
            raise Failed(
                "snapshot %s was made, but is gone: is something else removing snapshots?"
                % self._dataset
            )
        return found.snapshots[0]


def _words(depth: int | None) -> tuple[str, ...]:
    limit = () if depth is None else ("-d", str(depth))
    return ("get", "-H", "-p", "-r", *limit, "-o", "name,property,value", ",".join(_ASKED))


def _listing(dataset: str, told: str) -> Listing:
    values: dict[str, dict[str, str]] = defaultdict(dict)
    for line in told.splitlines():
        name, _, rest = line.partition("\t")
        prop, _, value = rest.partition("\t")
        # A value of several lines would otherwise speak of any snapshot.
        if name == dataset or name.startswith((dataset + "@", dataset + "/")):
            values[name][prop] = "" if value == "-" else value
    found = [_snapshot(path, marks) for path, marks in values.items() if "@" in path]
    found.sort(key=lambda snapshot: snapshot.transaction)
    return Listing(frozenset(path for path in values if "@" not in path), tuple(found))


def below(dataset: str, depth: int | None = None) -> list[Snapshot] | None:
    """Return all snapshots of a dataset and its children, oldest first; None: no such dataset."""
    with Asked(dataset, depth) as asked:
        found = asked.listing()
    return None if found is None else list(found.snapshots)


def glimpse(dataset: str, depth: int) -> list[Snapshot]:
    """Return what `below` does, nothing of no dataset; raise Failed where that takes too long."""
    told = command.ask_of_several(_PATIENCE, *_words(depth), dataset)
    return list(_listing(dataset, told).snapshots)


def of(dataset: str) -> list[Snapshot] | None:
    """Return the snapshots of one dataset, oldest first; None where there is no such dataset."""
    found = below(dataset, 1)
    return None if found is None else [each for each in found if each.dataset == dataset]


def guids(datasets: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the GUIDs of each dataset's snapshots by their names, of all by one program.

    A dataset that does not exist is left out. No property is asked for that somebody could set.
    """
    asked = ("get", "-H", "-p", "-r", "-d", "1", "-o", "name,value", "guid")
    found: dict[str, dict[str, str]] = {}
    told = command.ask_of_several(_PATIENCE, *asked, *sorted(set(datasets)))
    for line in told.splitlines():
        path, _, guid = line.partition("\t")
        dataset, at, name = path.partition("@")
        named = found.setdefault(dataset, {})
        if at:
            named[name] = guid
    return {dataset: found[dataset] for dataset in datasets if dataset in found}


def make(dataset: str, name: str, inventory: str, keeper: str, *scope: str) -> command.Started:
    """Make a snapshot that bears our marks; return what holds it from now on, to be waited for.

    `scope` is RECURSIVE or nothing.
    """
    path = "%s@%s" % (dataset, name)
    marks = ("-o", "%s=%s" % (INVENTORY, inventory), "-o", "%s=%s" % (KEEPER, keeper))
    command.run("snapshot", *scope, *marks, path)
    return holding(path, *scope)


def holding(path: str, *scope: str) -> command.Started:
    """Begin to hold a snapshot; `confirm` waits for that."""
    return command.Started("hold", *scope, TAG, path)


def keep(snapshot: Snapshot, inventory: str, keeper: str) -> None:
    """Put our marks on a snapshot that came from elsewhere, and hold it."""
    command.run("set", "%s=%s" % (INVENTORY, inventory), snapshot.path)
    command.run("set", "%s=%s" % (KEEPER, keeper), snapshot.path)
    command.run("hold", TAG, snapshot.path)


def drop(snapshot: Snapshot) -> None:
    """Release and destroy a snapshot of ours; another's hold keeps it, and is told of."""
    release(snapshot.path)
    command.run("destroy", snapshot.path)


def hold(path: str, tag: str) -> None:
    """Hold a snapshot, so that `zfs destroy` refuses it; one that is held so already stays so."""
    with command.Started("hold", tag, path) as holding:
        confirm(holding)


def confirm(holding: command.Started) -> None:
    """Wait for a hold; raise Failed unless the snapshot is held then."""
    try:
        holding.output()
    except Failed as failure:
        if "tag already exists" not in str(failure):
            raise


def release(path: str, tag: str = TAG) -> bool:
    """Let go of our hold on a snapshot; tell whether there was one."""
    try:
        command.run("release", tag, path)
    except Failed as failure:  # a kill may have come before the hold
        if "no such tag" not in str(failure):
            raise
        return False
    return True


def held(dataset: str) -> list[str]:
    """Return the paths of those snapshots of a dataset and its children that anybody holds."""
    told = command.run("get", "-H", "-p", "-r", "-o", "name,value", "userrefs", dataset)
    found = (line.partition("\t") for line in told.splitlines())
    return [path for path, _, count in found if "@" in path and count not in ("0", "-")]


def marking(path: str, manifest: str) -> command.Started:
    """Begin to put a copy of a backup's manifest on the snapshot itself."""
    return command.Started("set", "%s=%s" % (MANIFEST, manifest), path)


def _snapshot(path: str, values: dict[str, str]) -> Snapshot:
    dataset, _, name = path.partition("@")
    guid, transaction = values.get("guid", ""), values.get("createtxg", "")
    if not guid.isdigit() or not transaction.isdigit():
        raise Failed("zfs does not tell GUID and transaction of %s" % path)
    inventory, keeper, manifest = (values.get(name, "") for name in (INVENTORY, KEEPER, MANIFEST))
    size = int(values["referenced"]) if values.get("referenced", "").isdigit() else 0
    return Snapshot(dataset, name, guid, int(transaction), inventory, keeper, manifest, size)
