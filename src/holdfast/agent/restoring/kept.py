"""What a restored dataset keeps of the one whose place it takes: its local settings and its mount.

Must not: mount anything before the old one is out of the way.
"""

from __future__ import annotations

from datetime import datetime, timezone

from holdfast.agent.failure import Failed
from holdfast.agent.zfs import command, datasets, diskmark

# In three groups, by when they can be set: what says where it appears only when the old one is
# away, what reserves space only when the old one is gone.
PLACE = frozenset(("mountpoint", "canmount", "sharenfs", "sharesmb"))
SPACE = frozenset(("reservation", "refreservation"))
# Fixed when a dataset is made, or part of its content.
_OWN = frozenset(
    (
        *("volsize", "volblocksize", "version", "zoned", "mlslabel"),
        *("casesensitivity", "normalization", "utf8only"),
        *("encryption", "keyformat", "keylocation", "pbkdf2iters"),
        diskmark.NAME,
    )
)


def of(dataset: str, names: frozenset[str]) -> dict[str, str]:
    """Return those local settings of a dataset."""
    return {name: value for name, value in _local(dataset).items() if name in names}


def take_over(old: str, new: str, names: frozenset[str] | None = None) -> list[str]:
    """Give one dataset those local settings of another; without names, all that need not wait."""
    settings = _local(old)
    wanted = names or frozenset(settings) - PLACE - SPACE - _OWN
    return put(new, {name: value for name, value in settings.items() if name in wanted})


def put(dataset: str, settings: dict[str, str]) -> list[str]:
    """Set what can be set; return in words what could not."""
    told = []
    for name, value in sorted(settings.items()):
        try:
            command.run("set", "%s=%s" % (name, value), dataset)
        except Failed as failure:
            told.append("%s=%s was not taken over: %s" % (name, value, failure))
    return told


def unmount(dataset: str) -> None:
    """Unmount a filesystem and what is below it."""
    try:
        command.run("unmount", dataset)
    except Failed as failure:
        raise Failed("%s is in use: it cannot be unmounted (%s)" % (dataset, failure)) from None


def is_mountable(dataset: str) -> bool:
    """Tell whether a dataset is a filesystem that has a place of its own."""
    told = datasets.properties(dataset, "type", "mountpoint", "canmount") or {}
    return (
        told.get("type") == "filesystem"
        and told.get("canmount") == "on"
        and told.get("mountpoint", "").startswith("/")
    )


def mount(dataset: str) -> list[str]:
    """Mount a filesystem and those below it, where they are not; return why that cannot be."""
    below = ("%s/%s" % (dataset, path) for path in sorted(datasets.children(dataset)))
    told = []
    for each in (dataset, *filter(is_mountable, below)):
        if datasets.mountpoint(each) is not None:
            continue
        try:
            command.run("mount", each)
        except Failed as failure:
            told.append("it is not mounted: %s" % failure)
    return told


def set_aside(old: str, dataset: str) -> str:
    """Give an old dataset a dated name beside the target, and see to it that nothing mounts it.

    Nor what lies below it: that has the very mountpoints of the new ones.
    """
    dated = "%s.%s" % (dataset, datetime.now(timezone.utc).strftime("%Y%m%d_%H%M%S"))
    for each in datasets.filesystems(old):
        command.run("set", "canmount=noauto", each)
    command.run_patiently("rename", old, dated)
    return dated


def _local(dataset: str) -> dict[str, str]:
    told = command.run("get", "-H", "-p", "-s", "local", "-o", "property,value", "all", dataset)
    return {name: value for name, _, value in (line.partition("\t") for line in told.splitlines())}
