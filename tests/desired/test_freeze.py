"""How a guest is reached goes with a definition that freezes it, and with no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from desired.test_node import FACTS, sample, wanted, wishes
from holdfast.errors import InventoryError
from holdfast.plan.actual import Actual

if TYPE_CHECKING:
    from pathlib import Path

SOCKET = {"socket": "/run/vm.qga"}
LIBVIRT = {"libvirt": "web01"}


@pytest.mark.parametrize(
    ("freeze", "agent"),
    [
        ("off", SOCKET),
        ("off", None),
        ("best-effort", None),
        ("best-effort", LIBVIRT),
        ("required", SOCKET),
        ("required", LIBVIRT),
    ],
)
def test_only_what_freezes_knows_the_guest_agent(
    tmp_path: Path, freeze: str, agent: dict[str, str] | None
) -> None:
    found = wanted(wishes(tmp_path, asking(freeze, agent)), Actual("n1", FACTS))
    attributes = found["node/n1/definition/daily@web01:1"]
    assert attributes["freeze"] == freeze
    assert attributes["guest_agent"] == (None if freeze == "off" else agent)


def test_a_required_freeze_needs_an_agent(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match="`web01` has no guest agent"):
        wishes(tmp_path, asking("required", None))


def asking(freeze: str, agent: dict[str, str] | None) -> dict[str, Any]:
    document = sample()
    document["definitions"][0]["freeze"] = freeze
    if agent:
        document["servers"]["web01"]["guest_agent"] = agent
    return document
