"""The datasets below a recursive backup's own, as its manifest names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent import names

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields


class Child(NamedTuple):
    """One of them: its path from the backup's own dataset, and its snapshot's GUID."""

    path: str
    snapshot: str


def below(given: Fields) -> tuple[Child, ...]:
    """Return the children that a manifest names, each by a path that can be a dataset's."""
    if "children" not in given.document:
        return ()
    named = given.inner("children")
    for path in named.document:
        if not names.is_dataset("disk/" + path):
            raise named.refusal(path, "absent: it is no path of a dataset")
    return tuple(Child(path, named.text(path)) for path in sorted(named.document))
