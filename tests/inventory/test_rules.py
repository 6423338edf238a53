"""What the rules let pass, and what tests/invalid cannot show in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from holdfast.errors import InventoryError
from holdfast.inventory.select import promises
from inventory.writing import appliance, configuration, dataset, file, loaded, node, right, server

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


def told(directory: Path, tree: dict[str, Any]) -> list[str]:
    """Return what is wrong with an inventory, without places and hints."""
    try:
        loaded(directory, a=tree)
    except InventoryError as error:
        return [f"{problem.path}: {problem.what}" for problem in error.problems]
    return []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("count", "active", "problem"),
    [
        (91, True, ["nodes.n1: 9,009 definitions need as many cron entries"]),
        (91, False, []),
        (90, True, []),
    ],
)
def test_a_node_has_no_more_entries_than_cron_reads(
    count: int, active: object, problem: list[str], tmp_path: Path
) -> None:
    tree = right() | {"definitions": [file("*:*", active=active)]}
    tree["servers"] = {
        f"web{number}": server(number)
        | {"disks": {disk: {"image": f"/img/{number}-{disk}"} for disk in range(1, 100)}}
        for number in range(count)
    }
    assert told(tmp_path, tree) == problem


def test_storages_beside_each_other_do_not_overlap(tmp_path: Path) -> None:
    tree = right()
    tree["nodes"]["n1"]["storages"] = {
        "a": {"path": "/srv/nas"},
        "b": {"path": "/srv/nas2"},
        "c": {"dataset": "srv/nas"},
        "d": {"dataset": "srv/nas-b"},
    }
    tree["nodes"]["n2"]["storages"] = {"a": {"path": "/srv/nas/deeper"}}
    assert told(tmp_path, tree) == []


def test_one_address_with_two_ports_or_ways_is_two_hosts(tmp_path: Path) -> None:
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHRjaDfZlmH8hgu6ZhGG4ptK763WfWXCsFZLnMIeWnwI"
    here = {"address": "10.0.0.1", "ssh": {"host_key": key}}
    jump = {"address": "jump", "ssh": {"host_key": key}}
    tree = right()
    tree["nodes"] |= {
        "a": here,
        "b": {"address": "10.0.0.1", "ssh": {"host_key": key, "port": 2222}},
        "c": here | {"via": "jump"},
        "jump": jump,
    }
    assert told(tmp_path, tree) == []
    tree["nodes"]["d"] = here | {"via": "jump"}
    assert told(tmp_path, tree) == ["nodes.d.address: is the host of `c` too"]


def test_a_datacenter_is_kept_to(tmp_path: Path) -> None:
    tree = right() | {"datacenters": {"main": {}, "other": {}}, "definitions": [file("web01:1")]}
    tree["servers"]["web01"]["datacenter"] = "main"
    assert told(tmp_path, tree) == []  # n1 is in none
    tree["nodes"]["n1"]["datacenter"] = "main"
    assert told(tmp_path, tree) == [
        "servers.web02.node: node `n1` is in datacenter `main`, the server is not"
    ]
    tree["servers"]["web02"]["datacenter"] = "main"
    assert told(tmp_path, tree) == []


def test_limits_hold_to_the_last_one_allowed(tmp_path: Path) -> None:
    limits = {"definitions_per_server": 2, "retention": 5}
    tree = right() | {"datacenters": {"main": {"limits": limits}}}
    tree["servers"]["web01"]["datacenter"] = "main"
    tree["definitions"] = [file("web01:1"), file("web01:2"), file("web02:1", retention=500)]
    assert told(tmp_path, tree) == []
    tree["definitions"].append(file("web01:1", name="more", retention={"last": 3, "daily": 3}))
    assert told(tmp_path, tree) == [
        "servers.web01: has 3 definitions",
        "definitions[3].retention: keeps up to 6 backups",
    ]


def test_a_loadmaster_keeps_ten_and_locks_nine(tmp_path: Path) -> None:
    name = "lm1/nightly-202611{:02d}_020000"
    tree = right() | {"definitions": [configuration("lm1", retention=10)]}
    tree["locks"] = [{"backup": name.format(day), "reason": "audit"} for day in range(1, 10)]
    assert told(tmp_path, tree) == []
    tree["definitions"] = [configuration("lm1", retention=11)]
    assert told(tmp_path, tree) == ["loadmasters.lm1: its definitions keep up to 11 restore points"]


def test_a_lock_may_name_a_backup_by_a_former_name(tmp_path: Path) -> None:
    tree = right() | {"definitions": [file("web01:1", was=["nightly"])]}
    tree["locks"] = [{"backup": "web01:1/nightly-20261101_020000", "reason": "audit"}]
    assert told(tmp_path, tree) == []


def test_a_retired_node_that_nothing_needs_is_fine(tmp_path: Path) -> None:
    tree = right() | {"definitions": [file("web01:1")]}
    tree["nodes"]["n2"]["retired"] = "true"
    assert told(tmp_path, tree) == []
    tree["loadmasters"]["lm1"]["connector"] = "n2"
    assert told(tmp_path, tree) == ["loadmasters.lm1.connector: node `n2` is retired"]


def test_one_definition_may_stand_for_many_and_two_may_share_a_name(tmp_path: Path) -> None:
    tree = right()
    tree["loadmasters"]["lm2"] = appliance(2)
    tree["definitions"] = [
        file("*:2"),
        dataset("*:1"),
        configuration("*", name="daily"),
        file("web01:2", name="weekly", node="n2"),
    ]
    inventory = loaded(tmp_path, a=tree)
    assert len(promises(inventory)) == 7


@pytest.mark.parametrize("schedule", ["0 2 * * THU", "H H * MAR *", "0 0 29 2 *", "0 0 H * *"])
def test_a_rare_schedule_is_a_schedule(schedule: str, tmp_path: Path) -> None:
    inventory = loaded(tmp_path, a=right() | {"definitions": [file("*:1", schedule=schedule)]})
    assert inventory.warnings == ()


def test_a_node_that_is_wrong_itself_is_not_called_unknown_too(tmp_path: Path) -> None:
    tree = right() | {"definitions": [file("web01:1")]}
    tree["nodes"]["n1"] = node("n1") | {"slots": 0}
    assert told(tmp_path, tree) == ["nodes.n1.slots: 0 is out of range"]


def test_a_limit_of_bytes_that_several_nodes_count_is_remarked_upon(tmp_path: Path) -> None:
    tree = right() | {"datacenters": {"main": {"limits": {"total_size": "1GiB"}}}}
    tree["servers"]["web01"]["datacenter"] = "main"
    tree["definitions"] = [file("web*:2")]
    assert loaded(tmp_path, a=tree).warnings == ()
    tree["definitions"].append(file("web01:2", name="second", node="n2"))
    (warning,) = loaded(tmp_path, a=tree).warnings
    assert warning.path == "datacenters.main.limits.total_size"
    assert warning.what.startswith("2 nodes keep its backups")


def test_a_disk_in_another_is_refused_only_where_their_bases_would_meet(tmp_path: Path) -> None:
    tree = right() | {"definitions": [dataset("web01:1"), dataset("web02:1", name="inner")]}
    outer, inner = tree["servers"]["web01"], tree["servers"]["web02"]
    outer["disks"][1]["recursive"] = True
    inner["disks"][1]["dataset"] = "tank/vm1/data/db"
    what = "`web01:1` is recursive and holds `web02:1`, which goes to `tank` too"
    assert told(tmp_path, tree) == [f"definitions[0].sources: {what}"]
    tree["nodes"]["n1"]["storages"]["other"] = {"dataset": "tank/other"}
    for harmless in (
        dataset("web02:1", name="inner", node="n2"),
        dataset("web02:1", name="inner", storage="other"),
        file("web02:1", name="inner"),
        dataset("web01:1", name="weekly"),
    ):
        assert told(tmp_path, tree | {"definitions": [dataset("web01:1"), harmless]}) == []
    inner["node"] = "n2"
    assert told(tmp_path, tree) == []
    inner["node"] = "n1"
    inner["disks"][1]["dataset"] = "tank/vm10"
    assert told(tmp_path, tree) == []
    inner["disks"][1]["dataset"] = "tank/vm1/data/db"
    outer["disks"][1]["recursive"] = False
    assert told(tmp_path, tree) == []
