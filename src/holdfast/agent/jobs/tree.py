"""The datasets below a recursive disk: each has a chain of its own, and all go into one backup.

Their snapshots are of one moment. One that has come to be gets a whole stream; one that is no more
keeps what it has until the backups that hold it go.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Iterator, NamedTuple

from holdfast.agent import names
from holdfast.agent.backups.children import Child
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import describe, progress
from holdfast.agent.transforms.digest import Digest
from holdfast.agent.zfs import features, stream

if TYPE_CHECKING:
    from holdfast.agent.backups.total import Sum
    from holdfast.agent.sources.seam import Origin, Tell
    from holdfast.agent.stores.chain import Arrival, Chain
    from holdfast.agent.transforms.chain import Flow
    from holdfast.agent.transforms.recipe import Recipe
    from holdfast.agent.zfs.snapshots import Snapshot


class Branch(NamedTuple):
    """A child's snapshot, its path below the disk, and what it can be sent since."""

    path: str
    snapshot: Snapshot
    base: Snapshot | None


class Sent(NamedTuple):
    """What was sent: where the disk's own snapshot comes in, the sum of all streams, children."""

    arrival: Arrival
    content: Sum
    children: tuple[Child, ...] = ()


@contextlib.contextmanager
def sending_alone(
    chain: Chain,
    source: Origin,
    taken: Snapshot,
    base: Snapshot | None,
    recipe: Recipe,
    tell: Tell,
) -> Iterator[Sent]:
    """Send a snapshot to the chain: out as the block begins, proven to be there as it ends."""
    flags = (stream.KEEP_PARTS,) if features.here().resume and source.resumes else ()
    with (
        source.sending(taken, base, recipe) as flow,
        chain.receiving(progress.watched(flow, tell), taken, base, *flags) as arrival,
    ):
        yield Sent(arrival, describe.sum_of(flow.content))


@contextlib.contextmanager
def sending(
    chain: Chain,
    source: Origin,
    taken: Snapshot,
    base: Snapshot | None,
    recipe: Recipe,
    tell: Tell,
) -> Iterator[Sent]:
    """Send a snapshot, and those of its moment below it, to the chain: proven in the block."""
    below = list(_branches(chain, source, taken, base))
    passed = Digest()
    # Parts of one stream among several would be nothing to go on from: none are kept.
    with (
        source.sending(taken, base, recipe) as flow,
        chain.receiving(_told(passed, flow, tell), taken, base) as arrival,
    ):
        pass
    children = []
    for branch in below:
        target = "%s/%s" % (arrival.snapshot.dataset, branch.path)
        with source.sending(branch.snapshot, branch.base, recipe) as flow:
            blocks = _told(passed, flow, tell)
            came = chain.receive_child(blocks, branch.snapshot, branch.base, target)
        children.append(Child(branch.path, came.guid))
    yield Sent(arrival, describe.sum_of(passed), tuple(sorted(children)))


def _told(passed: Digest, flow: Flow, tell: Tell) -> Iterator[bytes]:
    for block in passed.over(flow.blocks):
        yield block
        tell(passed.size)


def _branches(
    chain: Chain, source: Origin, taken: Snapshot, root: Snapshot | None
) -> Iterator[Branch]:
    """Yield the children of the moment, each after the dataset that it lies in."""
    known = source.kept()
    now = [each for each in known if each.name == taken.name and each.dataset != taken.dataset]
    for snapshot in sorted(now, key=lambda each: each.dataset):
        path = snapshot.dataset[len(taken.dataset) + 1 :]
        if not names.is_dataset("disk/" + path):  # what was made of it could not be read again
            raise Failed(
                "%s has a name that no manifest can tell: give it a shorter one, of letters, "
                "digits and -_.: alone" % snapshot.dataset
            )
        base = None if root is None else _common(chain, known, snapshot.dataset, path)
        yield Branch(path, snapshot, base)


def _common(chain: Chain, known: tuple[Snapshot, ...], dataset: str, path: str) -> Snapshot | None:
    newest = chain.newest(path)
    if newest is None:
        return None
    candidates = (each for each in known if each.dataset == dataset)
    return next((each for each in candidates if each.guid == newest.guid), None)
