"""Contents poured into the goal of a restore, wherever they come from: whole, proven, switched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Generator, Iterable, NamedTuple

from holdfast.agent.freeze import answering
from holdfast.agent.restoring import lineage
from holdfast.agent.restoring.goal import DATASET

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from holdfast.agent.layout import Layout
    from holdfast.agent.restoring.goal import Goal
    from holdfast.agent.restoring.lineage import Line

Content = Callable[[], "AbstractContextManager[Iterable[bytes]]"]


class Coming(NamedTuple):
    """What comes, in order: a base before its increment, a dataset before what lies in it.

    Each content goes to its path below the target, and proves itself at its end.
    """

    size: int  # of an image just so, of streams about
    contents: Iterable[tuple[str, Content]]
    line: Callable[[], Line]  # known when all has come


def into(layout: Layout, goal: Goal, coming: Coming) -> Generator[int, None, str]:
    """Yield how many bytes were taken each time; return what is to be told beside that it is done.

    Nobody else works on the target meanwhile; where this fails, nothing has changed.
    """
    with goal.alone(layout) as lock:
        answering.refuse(layout, goal.guest)
        if goal.kind == DATASET:
            return (yield from _into_dataset(goal, lock, coming))
        return (yield from _into_image(layout.under(goal.place), goal, coming))


def _into_image(place: str, goal: Goal, coming: Coming) -> Generator[int, None, str]:
    from holdfast.agent.restoring.image import Image  # noqa: PLC0415 - one kind a restore

    with Image(place, goal.replaces).prepared(coming.size) as target:
        yield 0
        for _, content in coming.contents:
            with content() as blocks:
                for block in blocks:
                    target.write(block)
                    yield len(block)
        target.switch()
    return target.told


def _into_dataset(goal: Goal, lock: int, coming: Coming) -> Generator[int, None, str]:
    from holdfast.agent.restoring.dataset import Dataset  # noqa: PLC0415 - few nodes have ZFS

    with Dataset(goal, lock).prepared() as target:
        yield 0
        paths: dict[str, None] = {}  # in order, a base and its increment once
        for path, content in coming.contents:
            paths[path] = None
            with content() as blocks, target.filling(path) as taking:
                for block in blocks:
                    if not taking.write(block):
                        break
                    yield len(block)
        came = [each for path in paths for each in target.received(path)]
        target.refuse_unasked(paths)
        line = coming.line()
        lineage.settle(line, came)
        target.mark(line.disk)
        target.switch()
    return target.told
