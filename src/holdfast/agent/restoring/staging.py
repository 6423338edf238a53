"""The dataset beside a restore's target in which the new one is made, and the old one set aside.

`zones/web01.holdfast-restore` bears a mark, so that nothing is ever destroyed for its name alone.
Below it lie `new` and, from the switch on, `old`. From these names alone the next restore or run
tells where a killed one was, and brings it to one of its two ends: the old dataset or the new one.
"""

from __future__ import annotations

from holdfast.agent.failure import Failed
from holdfast.agent.restoring import kept
from holdfast.agent.zfs import command, datasets, snapshots

NEW, REPLACE = "new", "replace"
_MARK, _MOUNTED = "holdfast:restore", "holdfast:mounted"
_END = ".holdfast-restore"


def place(dataset: str) -> str:
    """Return where the new dataset of a target is made."""
    return "%s%s/new" % (dataset, _END)


def aside(dataset: str) -> str:
    """Return where the old dataset of a target lies during the switch."""
    return "%s%s/old" % (dataset, _END)


def make(dataset: str) -> None:
    """Make the staging of a target, once what a killed restore left of one is settled."""
    settle(dataset)
    # Never mounted: what is made in it is mounted only in its final place.
    command.run("create", "-o", "canmount=off", "-o", "%s=%s" % (_MARK, dataset), dataset + _END)


def clear(dataset: str) -> None:
    """Remove the staging of a target and the new dataset in it; an old one in it stays."""
    if datasets.exists(place(dataset)):
        discard(place(dataset))
    if datasets.exists(dataset + _END) and not datasets.exists(aside(dataset)):
        command.run("destroy", dataset + _END)


def settle(dataset: str) -> None:
    """Bring a restore that was killed to an end: the new dataset where it is in place, or the old.

    Whoever calls this holds the lock of the target, so no restore is at work there.
    """
    staging = dataset + _END
    mark = datasets.properties(staging, _MARK)
    if mark is None:
        return
    if mark.get(_MARK) != dataset:
        raise Failed("%s is none of ours: move it out of the way" % staging)
    if datasets.exists(aside(dataset)):
        if datasets.exists(dataset):
            finish(dataset)
        else:
            _put_back(dataset)
    clear(dataset)


def switch(dataset: str, word: str) -> None:
    """Put the new dataset in the target's place, and what is there aside; or change nothing."""
    if datasets.exists(dataset):
        if word != REPLACE:
            raise Failed("%s has come to be there meanwhile" % dataset)
        if kept.unmount(dataset):
            command.run("set", _MOUNTED + "=yes", dataset + _END)
        try:
            command.run_patiently("rename", dataset, aside(dataset))
        except Failed:
            _mount(dataset)
            raise
    try:
        command.run_patiently("rename", place(dataset), dataset)
    except Failed:
        if datasets.exists(aside(dataset)):
            _put_back(dataset)
        raise


def finish(dataset: str) -> str:
    """Give what is in place now the old one's settings, and let the old one go.

    Returns what is to be told of it: an old dataset that cannot go stays under a dated name.
    """
    old, told = aside(dataset), []
    if datasets.exists(old):
        told += kept.take_over(old, dataset, kept.PLACE)
        told += _mount(dataset)
        held_back = kept.of(old, kept.SPACE)
        told += _let_go(dataset)
        told += kept.put(dataset, held_back)
    return "; ".join(told)


def discard(dataset: str) -> None:
    """Destroy a dataset of ours with its snapshots; what another holds, or cloned, refuses."""
    for path in snapshots.held(dataset):
        snapshots.release(path)
    command.run("destroy", "-r", dataset)


def _put_back(dataset: str) -> None:
    command.run_patiently("rename", aside(dataset), dataset)
    _mount(dataset)


def _mount(dataset: str) -> list[str]:
    """Mount the target if the old one was; return why that cannot be."""
    if (datasets.properties(dataset + _END, _MOUNTED) or {}).get(_MOUNTED) != "yes":
        return []
    return kept.mount(dataset)


def _let_go(dataset: str) -> list[str]:
    try:
        discard(aside(dataset))
    except Failed as failure:
        dated = kept.set_aside(aside(dataset), dataset)
        return ["the old data stays as %s: %s" % (dated, failure)]
    return []
