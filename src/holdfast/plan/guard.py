"""Guards: when a plan must not be applied as it is. Pure; a refusal is written into the plan.

Consent is `--accept RULE@DIGEST`, good for that very plan and no other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.plan.change import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from holdfast.plan.change import Change
    from holdfast.plan.loss import Loss
    from holdfast.plan.resource import Address, Resource

FORGET_SHARE = 0.30  # of all definitions that were read
FORGET_COUNT = 10


@dataclass(frozen=True)
class Check:
    """One guard's verdict: `refused` is empty when it has nothing to object."""

    rule: str
    refused: str = ""


def forget_check(
    changes: Sequence[Change], actual: Iterable[Resource], retired: frozenset[str]
) -> Check:
    """Refuse mass forgetting: over 30 % and over 10, or all that a node or a source has.

    A node that the inventory retires has been given up by name, so its definitions do not count.
    """
    before = [
        resource.address
        for resource in actual
        if resource.address.kind == "definition" and resource.address.target not in retired
    ]
    gone = [
        change.address
        for change in changes
        if change.action is Action.FORGET
        and change.address.kind == "definition"
        and change.address.target not in retired
    ]
    if len(gone) > FORGET_COUNT and len(gone) > FORGET_SHARE * len(before):
        share = round(100 * len(gone) / len(before))
        return Check(
            "forget", f"{len(gone)} of {len(before)} definitions ({share} %) are forgotten"
        )
    moved = {change.address.name for change in changes if change.after is not None}
    if emptied := _emptied(before, gone, moved):
        text = f"all definitions of {', '.join(emptied)} are forgotten"
        made = {_source(c.address) for c in changes if c.action is Action.CREATE}
        if made & {_source(address) for address in gone}:
            text += " and others made: if they are renamed, say `was: [OLD-NAME]`"
        return Check("forget", text)
    return Check("forget")


def _emptied(before: list[Address], gone: list[Address], moved: set[str]) -> list[str]:
    """Return the nodes and sources that lose every definition; one that moves is not lost."""
    lost = [address for address in gone if address.name not in moved]
    result = []
    for word, part in (("node", _node), ("source", _source)):
        had = Counter(part(address) for address in before)
        loses = Counter(part(address) for address in lost)
        result += [f"{word} {name}" for name in sorted(loses) if loses[name] == had[name]]
    return result


def _node(address: Address) -> str:
    return address.target


def _source(address: Address) -> str:
    return address.name.split("@", 1)[-1]


def lose_check(losses: Sequence[Loss]) -> Check:
    """Refuse a plan after which rotation removes backups that exist now."""
    if not losses:
        return Check("lose")
    size = sum(loss.size for loss in losses)
    word = "backup" if len(losses) == 1 else "backups"
    return Check("lose", f"{len(losses)} existing {word} ({size} bytes) would be rotated away")
