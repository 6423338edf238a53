"""A read tells what chains end with and what their sources have, and starts few programs for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from agent.peers.apart import with_pools
from agent.zfs import disks
from agent.zfs.pools import destroy_held, guid_of, zfs
from agent.zfs.station import snapshots
from agent.zfs.test_sparing import TELLING
from holdfast.agent.backups import manifest
from holdfast.agent.stores.chain import Chain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent.desk import Desk
    from agent.peers.apart import Apart
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts

Line = dict[str, Any]


def read(desk: Desk, *chains: str) -> tuple[list[Line], list[str]]:
    """Return what a read says of both ends, and the commands that it started."""
    op = {"op": "read", "wanted": {}, **({"chains": list(chains)} if chains else {})}
    request = {"protocol": 1, "inventory": desk.inventory, "ops": [op]}
    log = desk.root.parent / "told"
    done = subprocess.run(
        [sys.executable, "-c", TELLING, str(log), "rpc", "--read-only"],
        input=json.dumps(request),
        env={"PATH": os.environ["PATH"], "HOLDFAST_ROOT": str(desk.root)},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[-1]["type"] == "end"
    found = [line for line in lines if line["type"] in ("chain", "snapshots")]
    return found, log.read_text().splitlines()


def goes_on(lines: list[Line]) -> bool:
    """Tell whether one of the chain's ends is on its source."""
    chain, source = lines
    assert (chain["type"], source["type"]) == ("chain", "snapshots")
    return not set(source["guids"].values()).isdisjoint(chain["snapshots"])


def test_both_ends_are_told_where_they_are_asked_about(station: Station) -> None:
    ((source,), _) = read(station.desk, station.id)  # no backup yet: there is no chain
    assert (source["dataset"], source["guids"]) == (station.disk, {})
    first, second = station.good(), station.good()
    zfs("snapshot", f"{station.disk}@theirs")
    (chain, source), told = read(station.desk, station.id)
    assert chain == {
        "type": "chain",
        "definition": station.id,
        "newest": second,
        "snapshots": [guid_of(f"{station.chain}@{second}")],
    }
    theirs = (second, "theirs")
    assert source["guids"] == {name: guid_of(f"{station.disk}@{name}") for name in theirs}
    assert first in snapshots(station.chain)
    unasked, before = read(station.desk)
    assert unasked == []
    assert read(station.desk, "weekly@web01:1") == ([], before)
    # One for all chains of a storage, one for all sources.
    assert sorted(set(told) - set(before)) == sorted(told[len(before) :])
    assert len(told) == len(before) + 2


def test_a_base_that_was_destroyed_is_not_among_those_of_the_source(station: Station) -> None:
    base = f"{station.disk}@{station.good()}"
    assert goes_on(read(station.desk, station.id)[0])
    zfs("rename", base, station.disk + "@renamed")
    assert goes_on(read(station.desk, station.id)[0])
    destroy_held(station.disk + "@renamed")
    assert not goes_on(read(station.desk, station.id)[0])
    ended = station.run()
    assert "a new full stream was sent" in ended.reason
    assert goes_on(read(station.desk, station.id)[0])


def test_of_a_chain_whose_snapshots_were_destroyed_the_last_backup_is_told(
    station: Station,
) -> None:
    names = [station.good() for _ in range(2)]
    for name in names:
        zfs("destroy", f"{station.chain}@{name}")
    (chain, _), _ = read(station.desk, station.id)
    assert (chain["newest"], chain["snapshots"]) == (names[-1], [])
    zfs("destroy", station.chain)
    assert read(station.desk, station.id)[0][0] == chain
    ended = station.run()
    assert "a new full stream was sent" in ended.reason
    assert goes_on(read(station.desk, station.id)[0])


def test_a_definition_of_the_same_chain_ends_where_the_other_one_does(station: Station) -> None:
    same = station.define(definition="weekly")
    station.good()
    last = station.good(same)
    (one, other, source), _ = read(station.desk, station.id, same)
    assert one["newest"] == other["newest"] == last
    assert one["snapshots"] == other["snapshots"] == [guid_of(f"{station.chain}@{last}")]
    assert list(source["guids"]) == [last]


def test_a_source_that_is_missing_hides_no_other(station: Station) -> None:
    station.good()
    missing = station.define(definition="other", disk=7, source=_dataset(station.source + "/no"))
    nowhere = station.define(definition="other", disk=8, source=_dataset("nopool/no"))
    lines, _ = read(station.desk, station.id, missing, nowhere)
    assert goes_on(lines)
    assert lines[1]["dataset"] == station.disk


def test_what_a_killed_run_left_does_not_end_a_chain_alone(filesystem: Station) -> None:
    station = filesystem
    base = station.good()
    left = "daily-20990101_000000"
    zfs("snapshot", f"{station.disk}@{left}")
    send = f"zfs send -i @{base} {station.disk}@{left} | zfs receive -u {station.chain}"
    subprocess.run(["sh", "-c", send], check=True)
    (chain, _), _ = read(station.desk, station.id)
    assert chain["newest"] == left
    assert chain["snapshots"] == [guid_of(f"{station.chain}@{name}") for name in (left, base)]


def test_what_is_yet_to_take_the_place_of_a_chain_counts(filesystem: Station) -> None:
    station = filesystem
    station.good()
    came = Chain(station.parent, "web01/disk1").incoming
    left = f"{station.disk}@daily-20990101_000000"
    zfs("snapshot", left)
    subprocess.run(["sh", "-c", f"zfs send {left} | zfs receive -u {came}"], check=True)
    (chain, _), _ = read(station.desk, station.id)
    assert guid_of(left) in chain["snapshots"]
    assert manifest.is_backup(chain["newest"], "daily")


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Apart]:
    with with_pools(tmp_path, disks.Filesystem()) as station:
        yield station


def test_each_node_tells_of_its_own_end(apart: Apart) -> None:
    base = apart.good()
    (chain,), _ = read(apart.desk, apart.id)
    (source,), told = read(apart.asked, apart.id)
    assert goes_on([chain, source])
    assert (source["dataset"], list(source["guids"])) == (apart.disk, [base])
    assert len(told) == len(read(apart.asked)[1]) + 1
    destroy_held(f"{apart.disk}@{base}")
    assert not goes_on([chain, *read(apart.asked, apart.id)[0]])


def _dataset(place: str) -> dict[str, str]:
    return {"kind": "dataset", "place": place, "node": "bkp01"}
