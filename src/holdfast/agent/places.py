"""Which paths of a node nobody may put backups or images at. Must not: touch the disk."""

from __future__ import annotations

OURS = (
    "/opt/holdfast",
    "/etc/holdfast",
    "/var/lib/holdfast",
    "/run/holdfast",
    "/etc/cron.d",
    "/var/spool/cron",
)
_KERNELS = ("/proc", "/sys", "/dev", "/run", "/var/run")


def refusal(path: str) -> str:
    """Return in words why a path cannot be used; nothing when it can."""
    for tree in OURS:
        if lies_in(path, tree):
            return "lies in `%s`, which has another use" % tree
        if lies_in(tree, path):
            return "holds `%s`, which has another use" % tree
    for tree in _KERNELS:
        if lies_in(path, tree):
            return "lies in `%s`, which is no disk" % tree
    return ""


def lies_in(path: str, tree: str) -> bool:
    """Tell whether a path is a tree's or below it; both are absolute and plain."""
    return (path + "/").startswith(tree.rstrip("/") + "/")
