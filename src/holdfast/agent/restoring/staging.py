"""The dataset beside a restore's target in which the new one is made, and the old one set aside.

`zones/web01.holdfast-restore` bears a mark, so that nothing is ever destroyed for its name alone.
Below it lie `new` and, from the switch on, `old`. From these names alone the next restore or run
tells where a killed one was, and brings it to one of its two ends: the old dataset or the new one.
"""

from __future__ import annotations

import json
from functools import partial

from holdfast.agent.failure import Failed
from holdfast.agent.restoring import kept
from holdfast.agent.zfs import atwork, command, datasets, snapshots

NEW, REPLACE = "new", "replace"
_MARK, _MOUNTED, _SPACE = "holdfast:restore", "holdfast:mounted", "holdfast:space"
_END = ".holdfast-restore"


class Unfinished(Failed):
    """The old data is not as it was, and the new one not in its place."""


def root(dataset: str) -> str:
    """Return the name of a target's staging."""
    return dataset + _END


def place(dataset: str) -> str:
    """Return where the new dataset of a target is made."""
    return root(dataset) + "/new"


def aside(dataset: str) -> str:
    """Return where the old dataset of a target lies during the switch."""
    return root(dataset) + "/old"


def make(dataset: str) -> None:
    """Make the staging of a target, once what a killed restore left of one is settled."""
    staging = root(dataset)
    if datasets.exists(staging):
        raise Failed("%s is none of ours: move it out of the way" % staging)
    # Never mounted: what is made in it is mounted only in its final place.
    command.run("create", "-o", "canmount=off", "-o", "%s=%s" % (_MARK, dataset), staging)


def clear(dataset: str) -> None:
    """Remove the staging of a target and the new dataset in it; an old one in it stays."""
    if datasets.exists(place(dataset)):
        discard(place(dataset))
    if datasets.exists(root(dataset)) and not datasets.exists(aside(dataset)):
        command.run("destroy", root(dataset))


def settle(dataset: str) -> str:
    """Bring a restore that was killed to an end: the new dataset where it is in place, or the old.

    Whoever calls this holds the lock of the target, so no restore is at work there; what one that
    was killed had started is waited for. Returns what is to be told of it. A staging that does not
    bear our mark is left alone.
    """
    told = ""
    mark = datasets.properties(root(dataset), _MARK) or {}
    if mark.get(_MARK) == dataset:
        atwork.wait(root(dataset), partial(_is_in, root(dataset)))
        if datasets.exists(dataset):
            _refuse_stranger(dataset)
            told = finish(dataset)
        elif datasets.exists(aside(dataset)):
            told = "; ".join(_put_back(dataset))
        clear(dataset)
    return told


def _is_in(staging: str, name: str) -> bool:
    return name == staging or name.startswith(staging + "/")


def _refuse_stranger(dataset: str) -> None:
    """Raise Failed where somebody made a dataset while the old and the new one both lie aside."""
    if datasets.exists(aside(dataset)) and datasets.exists(place(dataset)):
        raise Failed(
            "%s is neither the old dataset, which is %s, nor the restored one, %s: move it away, "
            "and the next run or restore puts the old one back"
            % (dataset, aside(dataset), place(dataset))
        )


def switch(dataset: str, word: str) -> None:
    """Put the new dataset in the target's place, and what is there aside; or change nothing."""
    if datasets.exists(dataset):
        if word != REPLACE:
            raise Failed("%s has come to be there meanwhile" % dataset)
        if datasets.mountpoint(dataset) is not None:
            _note(dataset, _MOUNTED, "yes")
            kept.unmount(dataset)
        try:
            command.run_patiently("rename", dataset, aside(dataset))
        except Failed as failure:
            raise _ended(failure, _mount(dataset)) from None
    elif kept.is_mountable(place(dataset)):
        _note(dataset, _MOUNTED, "yes")
    try:
        command.run_patiently("rename", place(dataset), dataset)
    except Failed as failure:
        raise _ended(failure, _undone(dataset)) from None


def finish(dataset: str) -> str:
    """Give what is in place now the old one's settings, and let the old one go.

    Returns what is to be told of it: an old dataset that cannot go stays under a dated name. What a
    kill cuts short is done by the next call.
    """
    old, told = aside(dataset), []
    is_old_there = datasets.exists(old)
    # Taken over once: what is set aside must not be mounted, which is no setting of the new one.
    if is_old_there and not _noted(dataset, _SPACE):
        told += kept.take_over(old, dataset, kept.PLACE)
        _note(dataset, _SPACE, json.dumps(kept.of(old, kept.SPACE)))
    told += _mount(dataset)
    if is_old_there:
        told += _let_go(dataset)
    told += kept.put(dataset, json.loads(_noted(dataset, _SPACE) or "{}"))
    return "; ".join(told)


def discard(dataset: str) -> None:
    """Destroy a dataset of ours with all below it; what another holds, or cloned, refuses."""
    _release(dataset)
    _destroy(dataset)


def _destroy(dataset: str) -> None:
    held = snapshots.held(dataset)
    if held:  # `destroy -r` would begin with what nobody holds
        raise Failed("%s is held" % held[0])
    command.run_patiently("destroy", "-r", dataset)


def _release(dataset: str) -> None:
    for path in snapshots.held(dataset):
        snapshots.release(path)


def _put_back(dataset: str) -> list[str]:
    """Put the old dataset in its place again; return why it cannot be mounted."""
    command.run_patiently("rename", aside(dataset), dataset)
    return _mount(dataset)


def _undone(dataset: str) -> list[str]:
    """Put the old dataset back if it lies aside; return what hindered that."""
    try:
        return _put_back(dataset) if datasets.exists(aside(dataset)) else []
    except Failed as failure:
        return [str(failure)]


def _ended(failure: Failed, left: list[str]) -> Failed:
    """Return the error of a switch that changed nothing, unless something is left to be told."""
    return Unfinished("; ".join([str(failure), *left])) if left else failure


def _mount(dataset: str) -> list[str]:
    """Mount the target if the old one was, or the new one is to be; return why that cannot be."""
    return kept.mount(dataset) if _noted(dataset, _MOUNTED) == "yes" else []


def _let_go(dataset: str) -> list[str]:
    old = aside(dataset)
    try:
        _release(old)  # whatever becomes of it, nothing of ours keeps anybody from destroying it
        _refuse_history(old)
        _destroy(old)
    except Failed as failure:
        return ["the old data stays as %s: %s" % (kept.set_aside(old, dataset), failure)]
    return []


def _refuse_history(old: str) -> None:
    """Raise Failed where a dataset has snapshots that are none of ours: they go with nothing."""
    there = snapshots.below(old) or ()
    others = ["@" + each.name for each in there if not each.inventory]
    if others:
        more = " and %d more" % (len(others) - 1) if others[1:] else ""
        raise Failed("it has snapshots that no backup made: %s%s" % (others[0], more))


def _note(dataset: str, name: str, value: str) -> None:
    """Put down in the staging what the next one must know, should this process be killed."""
    command.run("set", "%s=%s" % (name, value), root(dataset))


def _noted(dataset: str, name: str) -> str:
    told = (datasets.properties(root(dataset), name) or {}).get(name, "-")
    return "" if told == "-" else told
