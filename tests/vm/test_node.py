"""The machine as a node: an apply, its cron, and backups of a volume that are proven."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

import pytest

from agent.queueing import wait
from hosts.estate import Estate
from hosts.keys import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vm.machine import Machine

pytestmark = pytest.mark.vm

POOLS = """\
for pool in near far; do
  truncate -s 256M /$pool.pool && zpool create $pool /$pool.pool || exit
done
zfs create -s -V 64M near/web01 && udevadm settle && mkfs.ext4 -q /dev/zvol/near/web01
"""
MORE = """\
mount /dev/zvol/near/web01 /mnt && head -c 3000000 /dev/urandom >/mnt/$(date +%s%N) && umount /mnt
"""
SAME = "udevadm settle && cmp /dev/zvol/near/web01 /dev/zvol/far/holdfast/web01/disk1"
SUM = "udevadm settle && sha256sum /dev/zvol/near/web01"
OVER = """rm -f /etc/cron.d/holdfast-prg
while pgrep -f [h]oldfast-agent; do sleep 1; done
zpool destroy -f near; zpool destroy -f far; rm /*.pool; rm -r /etc/holdfast /var/lib/holdfast
"""


@pytest.fixture
def estate(machine: Machine, tmp_path: Path) -> Iterator[Estate]:
    """Return an inventory of the machine, and of a server whose disk is a volume there."""
    machine.run(POOLS)
    estate = Estate(tmp_path, Pair(machine.key.read_text(), ""))
    ssh = {"port": machine.port, "host_key": machine.host_key, "identity": "env/HOLDFAST_KEY"}
    storages = {"zones": {"dataset": "far/holdfast"}}
    estate.nodes["vm"] = {"address": "127.0.0.1", "ssh": ssh, "storages": storages}
    disks = {1: {"dataset": "near/web01"}}
    estate.servers["web01"] = {"uuid": str(uuid.uuid4()), "node": "vm", "disks": disks}
    wanted = {"type": "dataset", "storage": "zones", "schedule": "* * * * *", "retention": 3}
    del estate.promise("minutely", "web01", **wanted)["encrypt_to"]
    yield estate
    machine.run(OVER)


def listed(estate: Estate) -> list[str]:
    told = estate.run("backup list --format json")
    assert told.code == 0, told.said
    return [
        backup["name"] for backup in json.loads(told.out)["backups"] if backup["status"] == "ok"
    ]


def test_openzfs_runs(machine: Machine) -> None:
    ours, kernel = machine.run("zfs version").split()
    assert ours.startswith("zfs-2.")
    assert kernel.startswith("zfs-kmod-2.")


def test_cron_backs_a_volume_up_and_what_it_made_is_proven(
    machine: Machine, estate: Estate
) -> None:
    machine.run(MORE)
    estate.settle()
    wait(lambda: listed(estate), 300)
    machine.run(SAME)
    machine.run(MORE)
    now = estate.run("backup now minutely@web01:1")
    assert now.code == 0, now.said
    machine.run(SAME)
    verified = estate.run("backup verify --all")
    assert verified.code == 0, verified.said
    assert len(listed(estate)) >= 2


def test_another_node_pulls_a_volume_and_puts_it_back(
    machine: Machine, estate: Estate, tmp_path: Path
) -> None:
    (tmp_path / "here/etc/cron.d").mkdir(parents=True)
    (tmp_path / "here/etc/timezone").write_text("Etc/UTC\n")
    storages = {"disk": {"path": "/backup"}}
    estate.nodes["here"] = {"transport": "local", "root": "here", "storages": storages}
    estate.definitions[0]["schedule"] = "0 2 * * *"  # nothing else is to use the disk
    wanted = {"node": "here", "storage": "disk", "base_every": 3, "compression": "gzip"}
    estate.promise("hourly", "web01", schedule="0 * * * *", **wanted)
    machine.run(MORE)
    estate.settle()
    names = []
    for _ in range(2):
        made = estate.run("backup now hourly@web01:1")
        assert made.code == 0, made.said
        names.append(made.out.strip())
        content = machine.run(SUM)
        machine.run(MORE)
    assert machine.run(SUM) != content
    restored = estate.run(f"backup restore {names[1]} --to web01:1 --yes-destroy web01:1")
    assert restored.code == 0, restored.said
    assert machine.run(SUM) == content
    again = estate.run("backup now hourly@web01:1")
    assert again.code == 0, again.said
