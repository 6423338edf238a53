"""Files of a dataset against a base: made, rotated, deleted, lost, and received again."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from agent.acts.counter import act, asked
from agent.zfs.pools import destroy_held
from agent.zfs.station import files, snapshots
from holdfast.agent import locks
from holdfast.agent.backups import listing
from holdfast.agent.jobs import claims

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


@pytest.fixture
def station(station: Station) -> Station:
    """Return a station whose disk goes to a directory, a base and two incrementals at a time."""
    station.desk.settle()
    define(station)
    return station


def define(station: Station, **changes: object) -> str:
    fixed = {"type": "file", "storage": "nas", "place": "/mnt/nas", "base_every": 3}
    return station.define(**{**fixed, **changes})


def write(station: Station, number: int) -> dict[str, bytes]:
    """Change the disk; return what is on it."""
    (station.files / f"file{number}").write_bytes(os.urandom(10_000))
    (station.files / "same").write_bytes(os.urandom(10_000))
    return files(station.files)


def manifests(station: Station) -> list[dict[str, Any]]:
    """Return the manifests of the files, oldest first."""
    found = listing.backups(str(station.desk.nas))
    documents = [each.manifest.to_document() for each in found if each.manifest]
    return sorted(documents, key=lambda document: document["sequence"])


def kinds(station: Station) -> list[tuple[str, int]]:
    """Return the kind and the base's number of each, oldest first."""
    told = manifests(station)
    numbers = {each["backup"]: each["sequence"] for each in told}
    return [(each["kind"], numbers.get(each["base"], 0)) for each in told]


def statuses(station: Station) -> dict[str, tuple[str, str]]:
    found = listing.backups(str(station.desk.nas))
    return {each.name.rpartition("/")[2]: (each.status, each.fault) for each in found}


def received(station: Station, backup: str) -> dict[str, bytes]:
    """Return the files of a backup, received by plain tools after its base."""
    named = {each["backup"]: each for each in manifests(station)}
    target = f"{station.source}/of-{backup}"
    for each in filter(None, (named[backup]["base"], backup)):
        content = (station.desk.nas / "web01/disk1" / named[each]["file"]).read_bytes()
        subprocess.run(["zfs", "receive", "-u", target], input=content, check=True)
    with station.opened(target) as folder:
        return files(folder)


def test_ten_increments_rotate_to_three_and_each_kept_one_is_what_the_source_was(
    station: Station,
) -> None:
    define(station, base_every=4, retention={"last": 3})
    (station.files / "big").write_bytes(os.urandom(3_000_000))
    held = {}
    for number in range(11):
        held[number + 1] = write(station, number)
        ended = station.run()
        assert (ended.status, ended.reason) == ("success", "")
        kept = [each["sequence"] for each in manifests(station)]
        wanted = list(range(max(1, number - 1), number + 2))
        # The base that they need stays beside the three that count.
        assert kept == sorted({*wanted, 1 + (wanted[0] - 1) // 4 * 4})
    told = {each["sequence"]: each for each in manifests(station)}
    assert kinds(station) == [("full", 0), *[("incremental", 9)] * 2]
    assert told[10]["stored"]["size"] < 1_000_000 < told[9]["stored"]["size"]
    assert len(snapshots(station.disk)) == 1
    for number, document in told.items():
        assert received(station, document["backup"]) == held[number]


def test_a_base_is_made_anew_where_the_source_has_lost_it_and_that_is_said(
    station: Station,
) -> None:
    first = station.good()
    (held,) = snapshots(station.disk)
    station.good()
    destroy_held(f"{station.disk}@{held}")
    write(station, 0)
    ended = station.run()
    assert ended.status == "success"
    why = f"a new base was made, for {first} has no snapshot on the source any more"
    assert ended.reason == why
    assert kinds(station) == [("full", 0), ("incremental", 1), ("full", 0)]
    assert received(station, ended.backup) == files(station.files)
    assert station.run().reason == ""


def test_a_base_that_the_storage_has_lost_takes_its_incrementals_along(station: Station) -> None:
    first = station.good()
    second = station.good()
    stored = station.desk.nas / f"web01/disk1/{first}.zfs"
    content = stored.read_bytes()
    stored.unlink()
    lost = f"{first}.zfs is missing"
    assert statuses(station) == {
        first: ("lost", lost),
        second: ("lost", f"its base {first} is lost: {lost}"),
    }
    seen = act(station.desk, asked(station.desk, "verify", f"web01:1/{second}"))
    assert seen["fault"] == f"its base {first} is lost: {lost}"
    assert station.run().reason == f"a new base was made, for {first} is lost: {lost}"
    stored.write_bytes(content)
    assert set(statuses(station).values()) == {("ok", "")}
    assert kinds(station) == [("full", 0), ("incremental", 1), ("full", 0)]


def test_nothing_is_made_against_a_base_that_was_altered(station: Station) -> None:
    first = station.good()
    path = station.desk.nas / f"web01/disk1/{first}.json"
    path.write_text(path.read_text().replace('"duration":', '"duration":1'))
    why = f"a new base was made, for {first} is altered: its manifest is not what was signed"
    assert station.run().reason == why
    assert kinds(station) == [("full", 0), ("full", 0)]


def test_other_recipients_begin_a_new_base(station: Station) -> None:
    first = station.good()
    recipient = "age193gpccp0r84pul94uclueprgzpg82uhw8aadrnz5rxqecjzy0dhs6zhn23"
    define(station, encrypt_to=[recipient])
    assert station.run().reason == f"a new base was made, for {first} is encrypted to others"
    assert station.run().reason == ""
    told = manifests(station)
    assert [each.get("encrypt_to") for each in told] == [None, [recipient], [recipient]]
    assert kinds(station) == [("full", 0), ("full", 0), ("incremental", 2)]


def test_a_base_is_not_deleted_while_an_incremental_needs_it(station: Station) -> None:
    first, second, third = station.good(), station.good(), station.good()

    def delete(backup: str) -> dict[str, Any]:
        name = f"web01:1/{backup}"
        return act(station.desk, asked(station.desk, "delete", name, destroys=name))

    running = os.path.join(
        station.desk.layout.run, claims.of_definition(station.desk.layout, station.id)
    )
    with locks.tried(running):
        assert f"a run of {station.id} is under way and may need" in delete(first)["message"]
    needing = f"web01:1/{second}, web01:1/{third}"
    assert f"{first} is the base of {needing}: delete those first" in delete(first)["message"]
    for backup in (second, third, first):
        assert delete(backup)["type"] == "result"
    assert statuses(station) == {}
    ended = station.run()
    assert (ended.status, kinds(station)) == ("success", [("full", 0)])
    assert len(snapshots(station.disk)) == 1


def test_a_renamed_definition_goes_on_with_its_base_and_lets_it_go(station: Station) -> None:
    station.good()
    (held,) = snapshots(station.disk)
    identity = define(station, definition="nightly", was=[station.id])
    assert station.run(identity).reason == ""
    assert kinds(station) == [("full", 0), ("incremental", 1)]
    assert snapshots(station.disk) == [held]
    station.good(identity)
    station.good(identity)
    assert kinds(station)[-1] == ("full", 0)
    assert len(snapshots(station.disk)) == 1
    assert snapshots(station.disk) != [held]


def test_two_definitions_of_one_disk_have_a_base_each(station: Station) -> None:
    other = define(station, definition="weekly", base_every=2)
    for _ in range(3):
        station.good()
        station.good(other)
    names = [each["definition"].partition("@")[0] for each in manifests(station)]
    assert sorted(names) == ["daily"] * 3 + ["weekly"] * 3
    assert [each.partition("-")[0] for each in sorted(snapshots(station.disk))] == [
        "daily",
        "weekly",
    ]
