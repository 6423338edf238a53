"""A guest on another host: frozen there for the snapshot of its disk, whatever the wire does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from agent.freeze.scripted import FREEZE, SYNC, THAW, Guest
from hosts.estate import STORAGE, noise
from hosts.estates import make_estate_in
from hosts.host import wait_until

if TYPE_CHECKING:
    from hosts.estate import Estate
    from hosts.fixtures import MakeHost
    from hosts.keys import Pair

pytestmark = [pytest.mark.hosts, pytest.mark.slow]

DAILY, SOCKET = "daily@vm-cn:1", "/run/vm.qga"
ONCE = [SYNC, FREEZE, SYNC, THAW]


@pytest.fixture(scope="module")
def estate(
    make_shared_host: MakeHost, key: Pair, tmp_path_factory: pytest.TempPathFactory
) -> Estate:
    """Return a host with a guest whose disk can be reflinked, and one that backs it up."""
    hosts = (make_shared_host(name) for name in ("bkp", "cn"))
    estate = make_estate_in(tmp_path_factory.mktemp("freeze") / "prg", key, *hosts)
    cn = estate.hosts["cn"]
    cn.run("sh", "-c", "truncate -s 320M /tmp/xfs && mkfs.xfs -q -m reflink=1 /tmp/xfs")
    cn.run("mount", "-o", "loop", "/tmp/xfs", "/images")
    estate.serve("cn", "vm-cn", noise("cn", 200_000))
    estate.servers["vm-cn"]["guest_agent"] = {"socket": SOCKET}
    estate.promise("daily", "vm-cn", node="bkp", freeze="required")
    estate.settle()
    return estate


def guest(estate: Estate, **script: str) -> Guest:
    path = estate.hosts["cn"].path(SOCKET)
    path.unlink(missing_ok=True)
    return Guest(path, **script)


def listed(estate: Estate) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(estate.run("backup list --format json").out)["backups"]
    return found


def well(estate: Estate) -> None:
    """Hold that a run succeeds, and all that is listed was frozen and is whole."""
    with guest(estate) as there:
        done = estate.run("backup now", DAILY)
        assert done.code == 0, done.said
        assert (there.asked, there.frozen) == (ONCE, False)
    folder = estate.hosts["bkp"].path(f"{STORAGE}/vm-cn/disk1")
    manifests = [json.loads(path.read_text()) for path in folder.glob("[!.]*.json")]
    assert [manifest["freeze"] for manifest in manifests] == ["frozen"] * len(listed(estate))
    assert {backup["freeze"] for backup in listed(estate)} == {"frozen"}
    for manifest in manifests:
        assert (folder / manifest["file"]).read_bytes() == noise("cn", 200_000)


def test_it_is_frozen_for_the_moment_of_its_backup(estate: Estate) -> None:
    well(estate)
    assert "frozen" in estate.run("backup show", listed(estate)[0]["name"]).out


def test_a_link_that_is_cut_leaves_no_guest_frozen(estate: Estate) -> None:
    cn, before = estate.hosts["cn"], len(listed(estate))
    with guest(estate, freeze="slow") as there:
        running = estate.start("backup now", DAILY)
        wait_until(lambda: there.frozen)
        cn.cut()
        try:
            wait_until(lambda: not there.frozen)
            assert there.asked == ONCE
            done = running.end()
        finally:
            cn.mend()
    assert done.code != 0
    assert "the connection to node cn is lost" in done.said
    assert len(listed(estate)) == before
    well(estate)


def test_without_a_guest_agent_a_required_freeze_fails_the_run(estate: Estate) -> None:
    before = len(listed(estate))
    estate.hosts["cn"].path(SOCKET).unlink(missing_ok=True)
    done = estate.run("backup now", DAILY)
    assert done.code != 0
    assert "node cn: freeze is required, but the guest was not frozen: " in done.said
    assert SOCKET in done.said
    assert len(listed(estate)) == before
    well(estate)
