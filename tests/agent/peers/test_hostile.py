"""What a node tells of its snapshots becomes names here: it is typed first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from holdfast.agent.failure import Malformed
from holdfast.agent.fields import Fields
from holdfast.agent.sources.there import Origin

if TYPE_CHECKING:
    from holdfast.agent.peers.session import Session

ONE: dict[str, Any] = {
    "dataset": "zones/web01",
    "name": "daily-20261121_020000",
    "guid": "17",
    "transaction": 5,
    "inventory": "prg",
    "keeper": "m1",
    "manifest": "",
    "referenced": 100,
}


class Node:
    """A node that answers every request alike."""

    def __init__(self, **changes: object) -> None:
        told = {"guid": "1", "raw": False, "resumes": False}
        self.answer = {**told, "snapshots": [{**ONE, **changes}]}

    def ask(self, _do: str, _members: dict[str, object]) -> Fields:
        return Fields(self.answer, "the answer")


def told(**changes: object) -> Origin:
    return Origin(cast("Session", Node(**changes)), "zones/web01", ("m1",))


def test_what_is_plain_is_taken() -> None:
    assert [each.path for each in told().kept()] == ["zones/web01@daily-20261121_020000"]
    assert told(dataset="zones/web01/data").kept()[0].dataset == "zones/web01/data"
    assert told(keeper="m2").kept() == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"dataset": "zones/web011"},
        {"dataset": "zones/other"},
        {"dataset": "zones/web01/../other"},
        {"dataset": "zones/web01//x"},
        {"dataset": "zones/web01@x"},
        {"name": "../../x"},
        {"name": "a@b"},
        {"name": "a\nb"},
        {"guid": "-o"},
        {"guid": 17},
        {"transaction": -1},
        {"referenced": "100"},
    ],
)
def test_what_would_lead_elsewhere_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        told(**changes).snapshots()
