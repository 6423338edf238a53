"""What of a disk is read, and which disks cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desired.test_node import FACTS, folder, sample, wanted, wishes
from holdfast.desired.node import desired
from holdfast.plan.actual import Actual
from holdfast.plan.plan import Unknown
from holdfast.problem import Problem

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["folder"]

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHRjaDfZlmH8hgu6ZhGG4ptK763WfWXCsFZLnMIeWnwI"


def test_what_cannot_be_kept_is_a_problem_and_left_alone(folder: Path) -> None:
    document = sample()
    ssh = {"user": "root", "host_key": HOST_KEY, "identity": "env/KEY"}
    del document["nodes"]["n1"]["root"]
    document["nodes"]["n1"] |= {"transport": "ssh", "address": "n1.example.net", "ssh": ssh}
    document["servers"]["web01"]["node"] = "n2"
    items = list(desired(wishes(folder, document), [Actual("n1", FACTS)]))
    (problem,) = [item for item in items if isinstance(item, Problem)]
    assert problem.path == "daily@web01:1"
    unknown = {str(item.address) for item in items if isinstance(item, Unknown)}
    assert "node/n1/definition/daily@web01:1" in unknown


def test_a_disk_says_whether_its_children_are_taken_along(folder: Path) -> None:
    document = sample()
    document["servers"]["web01"]["disks"]["2"] = {"dataset": "tank/web", "recursive": True}
    document["nodes"]["n1"]["storages"]["z"] = {"dataset": "tank/backups"}
    definition = document["definitions"][0]
    definition |= {"sources": ["web01:2"], "type": "dataset", "storage": "z"}
    del definition["encrypt_to"]
    attributes = wanted(wishes(folder, document), Actual("n1", FACTS))[
        "node/n1/definition/daily@web01:2"
    ]
    source = {"kind": "dataset", "place": "tank/web", "node": "n1", "recursive": True}
    assert attributes["source"] == source
