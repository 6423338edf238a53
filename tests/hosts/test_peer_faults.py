"""What goes wrong between two hosts: one message, nothing half-made, and the next run is well."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hosts.estate import STORAGE, noise
from hosts.estates import make_estate_in
from hosts.host import wait_until
from hosts.keys import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hosts.estate import Estate
    from hosts.fixtures import MakeHost

pytestmark = [pytest.mark.hosts, pytest.mark.slow]

DAILY, CRAWLING = "daily@vm-cn:1", "crawling@vm-cn:1"
DENSE = "vm-dense:1"
FOLDER = f"{STORAGE}/vm-cn/disk1"
KEYS = "/root/.ssh/authorized_keys"


@pytest.fixture(scope="module")
def estate(
    make_shared_host: MakeHost, key: Pair, tmp_path_factory: pytest.TempPathFactory
) -> Estate:
    """Return a host with a disk, one that backs it up, and a stranger; all is applied."""
    hosts = (make_shared_host(name) for name in ("bkp", "cn", "other"))
    estate = make_estate_in(tmp_path_factory.mktemp("peers") / "prg", key, *hosts)
    estate.promise("daily", "vm-cn", node="bkp")
    estate.promise("crawling", "vm-cn", node="bkp", bandwidth_limit="50kB/s")
    # It is dense on its way here, so that only on its way back it takes minutes.
    estate.serve("cn", "vm-dense", b"dense\n" * 1_000_000)
    estate.promise("dense", "vm-dense", node="bkp", bandwidth_limit="50kB/s", compression="gzip")
    estate.settle()
    return estate


@pytest.fixture(autouse=True)
def _the_next_run_is_well(estate: Estate) -> Iterator[None]:
    """Hold that after each test a run succeeds, and that nothing is there but whole backups."""
    yield
    done = estate.run("backup now", DAILY)
    assert done.code == 0, done.said
    there = [path.name for path in estate.hosts["bkp"].path(FOLDER).iterdir()]
    assert not [name for name in there if name.startswith(".")]
    stored = sorted(name for name in there if name.endswith(".img"))
    assert {f"{name}.json".replace(".img.json", ".json") for name in stored} <= set(there)
    newest = estate.hosts["bkp"].path(f"{FOLDER}/{stored[-1]}")
    assert newest.read_bytes() == noise("cn", 200_000)
    estate.expect_nothing_to_do()


def failed(estate: Estate, identity: str = DAILY) -> str:
    done = estate.run("backup now", identity)
    assert done.code != 0, done.said
    return done.said


def test_a_link_that_is_cut_in_the_middle_of_a_backup_and_a_restore(estate: Estate) -> None:
    bkp, cn = estate.hosts["bkp"], estate.hosts["cn"]
    made, other = (estate.run("backup now", name) for name in (f"dense@{DENSE}", DAILY))
    image = cn.path("/images/vm-dense.raw")
    old = b"older\n" * 1_000_000
    image.write_bytes(old)
    words = ("--to", DENSE, "--yes-destroy", DENSE)
    restoring = estate.start("backup restore", made.out.strip(), *words)
    wait_until(lambda: any(part.stat().st_size > 0 for part in image.parent.glob(".*")))
    running = estate.start("backup now", CRAWLING)
    wait_until(lambda: list(bkp.path(FOLDER).glob(".*partial")) != [])
    cn.cut()
    try:
        done = running.end()
        wait_until(lambda: not any(words.startswith("ssh ") for words in bkp.processes()))
    finally:
        cn.mend()
    assert done.code != 0
    assert "the connection to node cn is lost while waiting for the stream" in done.said
    done = restoring.end()
    assert done.code != 0
    assert "the connection to node cn is lost while waiting for" in done.said
    wait_until(lambda: not list(image.parent.glob(".*")))  # its agent is told by TCP, in its time
    assert image.read_bytes() == old
    again = estate.run("backup restore", other.out.strip(), *words)
    assert again.code == 0, again.said
    assert image.read_bytes() == noise("cn", 200_000)


def test_a_host_with_another_key_is_asked_for_nothing(estate: Estate) -> None:
    cn = estate.hosts["cn"]
    pair = cn.host_pair
    cn.start_sshd(Pair.ed25519())
    said = failed(estate)
    cn.start_sshd(pair)
    assert "node cn does not show the host key that the inventory pins" in said


def test_a_key_that_is_let_in_no_more_is_drift_and_an_apply_mends_it(estate: Estate) -> None:
    keys = estate.hosts["cn"].path(KEYS)
    lines = keys.read_text().splitlines(keepends=True)
    keys.write_text("".join(line for line in lines if "peer prg bkp" not in line))
    assert "node cn does not let this node in: apply the inventory" in failed(estate)
    drift = estate.run("drift")
    assert drift.code == 2
    assert "node/cn/peer/bkp" in drift.out
    assert estate.apply().code == 0


def test_a_host_that_is_down_is_told(estate: Estate) -> None:
    cn = estate.hosts["cn"]
    cn.run("sh", "-c", "kill $(cat /run/sshd.pid)")
    said = failed(estate)
    cn.path("/run/sshd.pid").unlink(missing_ok=True)
    cn.start_sshd(cn.host_pair)
    assert "the connection to node cn is lost" in said
    assert "refused" in said


SSH = (
    "ssh -F /dev/null -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes "
    "-o IdentitiesOnly=yes -o IdentityAgent=none -i /etc/holdfast/prg/identity -o LogLevel=ERROR "
)


def say(estate: Estate, host: str, words: str, request: str = "") -> str:
    """Log in to cn from a host with what is its node key there; return all that comes back."""
    line = f"printf '%s\\n' '{request}' | {SSH} {words} 2>&1 || true"
    return estate.hosts[host].run("sh", "-c", line)


def test_the_key_opens_one_door_and_no_shell(estate: Estate) -> None:
    cn = estate.hosts["cn"]
    login = f"root@{cn.address}"
    other = {"do": "claim", "protocol": 1, "definition": "daily@vm-bkp:1", "as": {}, "keepers": []}
    assert "may have no disk here for daily@vm-bkp:1" in say(
        estate, "bkp", f"{login} id", json.dumps(other)
    )
    assert "uid=" not in say(estate, "bkp", f"{login} id")
    assert "uid=" not in say(estate, "bkp", f"-tt {login} id")
    assert "forwarding failed" in say(estate, "bkp", f"-W 127.0.0.1:22 {login}")


def test_the_key_comes_from_its_own_host_alone(estate: Estate) -> None:
    cn, other = estate.hosts["cn"], estate.hosts["other"]
    stolen = estate.hosts["bkp"].path("/etc/holdfast/prg/identity").read_text()
    kept = other.path("/etc/holdfast/prg/identity").read_text()
    other.write("/etc/holdfast/prg/identity", stolen, 0o600)
    said = say(estate, "other", f"root@{cn.address} id")
    other.write("/etc/holdfast/prg/identity", kept, 0o600)
    assert "Permission denied" in said
