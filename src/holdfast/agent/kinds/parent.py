"""Storages that are ZFS datasets: the parent that disks are received below, and its marker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent import names
from holdfast.agent.backups import marker
from holdfast.agent.failure import Failed
from holdfast.agent.zfs import datasets

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields


def look(dataset: str, known: object) -> tuple[str, str]:
    """Return how the marker in a dataset compares with the known one, and that in words."""
    try:
        mounted = datasets.mountpoint(dataset)
        if mounted is None:
            return marker.MISSING, "dataset %s is not mounted" % dataset
        state = marker.compare(marker.find(mounted), known)
    except Failed as failure:
        return marker.OTHER, str(failure)
    except OSError as error:
        return marker.OTHER, "its marker in %s: %s" % (dataset, error.strerror)
    return state, "its marker is %s in dataset %s" % (state, dataset)


def occupy(given: Fields, known: dict[str, object]) -> str:
    """Make a dataset and its marker where they are missing; return the marker's id."""
    dataset = given.text("place")
    if not names.is_dataset(dataset):
        raise given.refusal("place", "the name of a dataset")
    if dataset == known.get("place"):
        state, what = look(dataset, known.get("marker"))
        if state != marker.OK:
            raise Failed("%s: a storage that is gone for good is taken out first" % what)
    datasets.make(dataset)
    mounted = datasets.mountpoint(dataset)
    if mounted is None:
        raise Failed("dataset %s is not mounted: mount it first" % dataset)
    found = marker.make(mounted)
    if not found:
        raise Failed("the marker in %s is damaged: see whose it is, then remove it" % mounted)
    return found
