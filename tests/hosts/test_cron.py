"""What real cron does with what an apply tells it. Cron counts in minutes: all wait for one."""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from hosts.estates import make_estate_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hosts.estate import Estate
    from hosts.fixtures import MakeHost
    from hosts.host import Host
    from hosts.keys import Pair

pytestmark = [pytest.mark.hosts, pytest.mark.slow]

FILE = "/etc/cron.d/holdfast-prg"
CRONTAB = "/var/spool/cron/crontabs/root"
HEARTBEAT = "/tmp/heartbeat"
FOREIGN = (
    "# caf\udce9, not ours\r\n\n  MAILTO=root\n"
    f"* * * * *\tdate +\\%H >>{HEARTBEAT} # ours is below\n"
).encode(errors="surrogateescape")
# By host: what somebody did to our file there, and how a plan puts it.
SPOILT = {
    "writable": (("chmod", "0666", FILE), "has mode 0666, not 0644: cron may ignore it"),
    "foreign": (("chown", "daemon", FILE), "is owned by user 1: cron ignores it"),
    "linked": (("ln", FILE, "/etc/cron.d/a.link"), "has 2 hard links: cron ignores it"),
}


@dataclass(frozen=True)
class Estates:
    """Inventories whose jobs cron was to fire each minute, after such a minute."""

    three: Estate
    crontab: Estate
    ignored: Estate  # cron leaves its files alone: see SPOILT
    pulling: Estate  # `bkp` keeps the disk of `cn`, on which no cron runs


@pytest.fixture(scope="module")
def estates(
    make_shared_host: MakeHost, key: Pair, tmp_path_factory: pytest.TempPathFactory
) -> Estates:
    folder = tmp_path_factory.mktemp("cron")

    def make(*names: str) -> Estate:
        estate = make_estate_in(folder / names[0], key, *map(make_shared_host, names))
        for name in names:
            estate.promise("often", f"vm-{name}", schedule="* * * * *")
        return estate

    found = Estates(make("n1", "n2", "n3"), make("table"), make(*SPOILT), make("bkp", "cn"))
    table, bkp = found.crontab.hosts["table"], found.pulling.hosts["bkp"]
    spoilt = found.ignored.hosts.values()
    _, elsewhere = found.pulling.definitions
    elsewhere["node"] = "bkp"
    table.path("/tmp/table").write_bytes(FOREIGN)
    table.run("crontab", "/tmp/table")
    found.crontab.nodes["table"]["cron"] = "crontab"
    others = [*found.three.hosts.values(), table]
    for host in (*others, bkp):
        host.start_cron()
    for estate in (found.ignored, found.crontab, found.three, found.pulling):
        estate.settle()
    for host in spoilt:
        _spoil(host)
    wait_for_cron(
        lambda: (
            all(map(backups, others))
            and all(map(beats, (table, *spoilt)))
            and bool(backups(bkp, "cn"))
        )
    )
    return found


def _spoil(host: Host) -> None:
    """Have cron start on a file of ours that it ignores, beside one that it loads."""
    host.write("/etc/cron.d/heartbeat", f"* * * * * root date >>{HEARTBEAT}\n")
    host.run(*SPOILT[host.name][0])
    hours_ago = time.time() - 7200
    os.utime(host.path(FILE), (hours_ago, hours_ago))
    host.start_cron()


def wait_for_cron(true: Callable[[], bool]) -> None:
    """Wait for what cron does at the next minute, or the one after if that is near."""
    deadline = time.monotonic() + 200
    while not true():
        assert time.monotonic() < deadline, "cron did not do it within 200 s"
        time.sleep(0.1)


def backups(host: Host, of: str = "") -> list[Path]:
    """Return the manifests of what the host has backed up, of itself or of another host."""
    return sorted(host.path(f"/backup/vm-{of or host.name}/disk1").glob("often-*.json"))


def beats(host: Host) -> bool:
    return host.path(HEARTBEAT).exists()


def table(host: Host) -> bytes:
    """Return a crontab without the three lines that cron's own program notes above it."""
    return host.path(CRONTAB).read_bytes().split(b"\n", 3)[3]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_cron_itself_makes_backups_that_are_proven(estates: Estates) -> None:
    listed = estates.three.run("backup list --format json")
    assert listed.code == 0, listed.said
    by_node = {backup["node"]: backup for backup in json.loads(listed.out)["backups"]}
    assert by_node.keys() == estates.three.hosts.keys()
    for name, host in estates.three.hosts.items():
        backup = by_node[name]
        assert (backup["status"], backup["owned"], backup["fault"]) == ("ok", True, "")
        assert backup["sha256"] == sha256(host.path(f"/images/vm-{name}.raw"))
        assert backup["sha256"] == sha256(backups(host)[-1].with_suffix(".img"))
    estates.three.expect_nothing_to_do()


def test_cron_itself_pulls_the_disk_of_another_host(estates: Estates) -> None:
    bkp, cn = estates.pulling.hosts["bkp"], estates.pulling.hosts["cn"]
    made = backups(bkp, "cn")[0]
    manifest = json.loads(made.read_text())
    assert manifest["source"]["node"] == "cn"
    assert manifest["content"]["sha256"] == sha256(cn.path("/images/vm-cn.raw"))
    assert manifest["stored"]["sha256"] == sha256(made.with_suffix(".img"))
    record = bkp.path(f"/var/lib/holdfast/prg/runs/often@vm-cn:1/{manifest['run']}.json")
    run = json.loads(record.read_text())
    assert (run["trigger"], run["status"], run["backup"]) == ("due", "success", made.stem)
    assert not cn.path("/backup/vm-cn").exists()
    verified = estates.pulling.run("backup verify", f"vm-cn:1/{made.stem}")
    assert verified.code == 0, verified.said
    estates.pulling.expect_nothing_to_do()


def test_what_somebody_does_to_the_cron_file_is_drift_until_an_apply(estates: Estates) -> None:
    one, two = estates.three.hosts["n1"].path(FILE), estates.three.hosts["n2"].path(FILE)
    written = one.read_text(), two.read_text()
    one.write_text(written[0].replace("\n* * * * * root", "\n0 5 * * * root"))
    two.write_text(written[1].replace("\n* * * * * root", "\n#* * * * * root"))

    drift = estates.three.run("drift")
    assert drift.code == 2, drift.said
    assert '["0 5 * * *"] → ["* * * * *"]' in drift.out
    line = "#* * * * * root /opt/holdfast/holdfast-agent run prg often@vm-n2:1 --due"
    assert f'"{line}"' in drift.out
    assert "node/n3" not in drift.out

    assert estates.three.apply().code == 0
    drift = estates.three.run("drift")
    assert drift.code == 0, drift.said
    assert (one.read_text(), two.read_text()) == written


def test_a_block_in_a_crontab_fires_and_leaves_the_rest_alone(estates: Estates) -> None:
    host = estates.crontab.hosts["table"]
    assert not host.path(FILE).exists()
    before, ours = table(host).split(b"# BEGIN holdfast-prg\n")
    ours, after = ours.split(b"# END holdfast-prg\n")
    assert before + after == FOREIGN
    assert b"* * * * * /opt/holdfast/holdfast-agent run prg often@vm-table:1 --due" in ours

    estates.crontab.definitions[0]["active"] = False
    estates.crontab.settle()
    assert table(host) == FOREIGN


def test_files_that_cron_ignores_are_seen_and_mended(estates: Estates) -> None:
    estate = estates.ignored
    assert not any(map(backups, estate.hosts.values())), "cron fired an entry of a file it ignores"

    drift = estate.run("drift")
    assert drift.code == 2, drift.said
    status = estate.run("status --check")
    assert status.code == 2, status.said
    for name, (_, words) in SPOILT.items():
        assert f'cron_file: "{words}" → "ok"' in drift.out
        assert f"finding: node {name}: cron has fired no entry of our file" in status.err

    estate.settle()
    wait_for_cron(lambda: all(map(backups, estate.hosts.values())))
    status = estate.run("status --check")
    assert status.code == 0, status.said
