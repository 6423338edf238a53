"""Disks of another host: one apply introduces the hosts, and the disk's bytes come over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hosts.estate import STORAGE, noise

if TYPE_CHECKING:
    from pathlib import Path

    from hosts.estate import Estate
    from hosts.estates import MakeEstate
    from hosts.fixtures import MakeHost
    from hosts.host import Host

pytestmark = pytest.mark.hosts


@pytest.fixture
def estate(make_estate: MakeEstate, make_host: MakeHost) -> Estate:
    """Return two hosts with a disk each, and a third that is to back both of them up."""
    estate = make_estate(*(make_host(name) for name in ("bkp", "cn1", "cn2")))
    estate.promise("daily", "vm-cn1", node="bkp")
    estate.promise("daily", "vm-cn2", node="bkp", compression="gzip")
    return estate


def misled(host: Host) -> Path:
    """Have root's own configuration of ssh lead it astray on a host; return what that leaves."""
    trap = "Host *\n  ProxyCommand sh -c 'touch /root/astray; exit 1'\n"
    host.write("/root/.ssh/config", trap, 0o600)
    host.run("sh", "-c", "! ssh -o BatchMode=yes localhost")
    trace = host.path("/root/astray")
    trace.unlink()  # it was there: the trap works
    return trace


def test_one_apply_is_enough_and_the_bytes_are_equal(estate: Estate) -> None:
    planned = estate.run("plan")
    assert "key (known after apply)" in planned.out
    assert "node/cn1/peer/bkp" in planned.out
    assert "node/bkp/known/cn2" in planned.out
    estate.settle()
    bkp = estate.hosts["bkp"]
    trace = misled(bkp)
    for name in ("cn1", "cn2"):
        done = estate.run("backup now", f"daily@vm-{name}:1")
        assert done.code == 0, done.said
    assert not trace.exists()
    stored = next(bkp.path(STORAGE).glob("vm-cn1/disk1/daily-*.img"))
    assert stored.read_bytes() == noise("cn1", 200_000)
    assert next(bkp.path(STORAGE).glob("vm-cn2/disk1/daily-*.img.gz"))
    line = estate.hosts["cn1"].path("/root/.ssh/authorized_keys").read_text()
    command = 'restrict,command="/opt/holdfast/holdfast-agent peer prg bkp"'
    assert f'{command},from="{bkp.address}" ssh-ed25519 ' in line
    estate.expect_nothing_to_do()
