"""A snapshot that somebody else put in a backup's place, with a manifest of their own, is refused.

Whoever can write to the pool can receive into it, and sign with a key of their own.
"""

from __future__ import annotations

import subprocess
from typing import Any, NamedTuple

import pytest

from agent import keys
from agent.zfs.bench import do, new, over
from agent.zfs.pools import guid_of, is_there, zfs
from agent.zfs.station import Station, files, snapshots
from holdfast.agent import canonical
from holdfast.agent.backups import signature, stock
from holdfast.agent.layout import Layout
from holdfast.agent.setup.survey import Survey

pytestmark = pytest.mark.hosts

ACTS = ("verify", "restore", "over", "outflow")
ALTERED = "altered: its manifest is not what was signed"


class Scene(NamedTuple):
    """A station whose one backup was replaced by a stranger's snapshot of the same name."""

    station: Station
    backup: str
    stranger: Layout
    ours: dict[str, Any]  # the manifest as it was

    def sign(self, **changes: object) -> None:
        """Have the stranger's manifest lie where ours did, and its copy on the snapshot."""
        lies = f"{self.station.chain}@{self.backup}"
        document = {**self.ours, "snapshot": guid_of(lies), **changes}
        self.put(signature.sign(self.stranger, document))

    def put(self, document: dict[str, Any]) -> None:
        text = canonical.dumps(document)
        (self.station.manifests / f"{self.backup}.json").write_text(text + "\n")
        zfs("set", f"holdfast:manifest={text}", f"{self.station.chain}@{self.backup}")

    def refused(self, accept: str | None) -> set[str]:
        """Return what is said by acts that must refuse, and leave the disk as it is."""
        station, said = self.station, set()
        before, target = files(station.files), f"{station.source}/new"
        goals = {"over": over(station), "restore": new(target), "outflow": {"offset": 0}}
        for what in ACTS:
            name = "restore" if what == "over" else what
            arguments = {**goals.get(what, {}), "accept": accept}
            with station.kind.idle(station.disk, station.files):
                done = do(station, name, self.backup, **arguments)
            assert done["type"] == "failure" or (what == "verify" and done["fault"]), done
            said.add(done["message"] if done["type"] == "failure" else done["fault"])
            assert files(station.files) == before
            assert not is_there(target)
        return said

    def told(self) -> tuple[str, bool, str]:
        """Return status, whether it is vouched for, and the fault of the backup in a list."""
        lines = stock.answer(Survey(self.station.desk.layout))
        (line,) = [line for line in lines if str(line.get("name")).endswith(self.backup)]
        return str(line["status"]), bool(line["vouched"]), str(line["fault"])


@pytest.fixture
def scene(station: Station) -> Scene:
    (station.files / "file").write_bytes(b"what was ours")
    backup = station.good()
    (ours,) = station.listed()
    zfs("destroy", "-r", station.chain)
    theirs = f"{station.source}/theirs"
    station.kind.create(theirs)
    with station.opened(theirs) as folder:
        (folder / "file").write_bytes(b"what they want")
    zfs("snapshot", f"{theirs}@{backup}")
    sent = ["zfs", "send", f"{theirs}@{backup}"]
    stream = subprocess.run(sent, capture_output=True, check=True).stdout
    subprocess.run(["zfs", "receive", "-u", station.chain], input=stream, check=True)
    stranger = Layout("prg", str(station.desk.root.parent / "stranger"))
    keys.settle(stranger, "another node")
    return Scene(station, backup, stranger, ours)


def test_a_whole_snapshot_of_a_stranger_is_refused_and_told_as_such(scene: Scene) -> None:
    scene.sign()
    for said in scene.refused(None):
        assert ": signed by a stranger: SHA256:" in said
        assert "is none of the keys known here" in said
    status, vouched, fault = scene.told()
    assert (status, vouched, fault[:27]) == ("ok", False, "signed by a stranger: SHA25")


def test_one_that_is_accepted_stays_a_strangers_in_every_list(scene: Scene) -> None:
    scene.sign()
    target = f"{scene.station.source}/taken"
    assert do(scene.station, "verify", scene.backup, accept="unsigned")["fault"] == ""
    arguments = {**new(target), "accept": "unsigned"}
    assert do(scene.station, "restore", scene.backup, **arguments)["type"] == "result"
    assert scene.told()[1:] == (False, scene.told()[2])
    assert scene.told()[2].startswith("signed by a stranger: SHA256:")
    scene.refused(None)  # it was accepted for that once


@pytest.mark.parametrize("accept", [None, "unsigned"])
def test_a_strangers_snapshot_under_our_manifest_is_lost(scene: Scene, accept: str | None) -> None:
    scene.put(scene.ours)
    missing = f"snapshot @{scene.backup} is missing"
    assert all(missing in said for said in scene.refused(accept))
    assert scene.told() == ("lost", True, missing)


@pytest.mark.parametrize("accept", [None, "unsigned"])
def test_what_a_stranger_did_not_sign_so_is_altered_whatever_is_accepted(
    scene: Scene, accept: str | None
) -> None:
    guid = guid_of(f"{scene.station.chain}@{scene.backup}")
    scene.put({**scene.ours, "snapshot": guid})  # under our own signature
    assert all(ALTERED in said for said in scene.refused(accept))
    assert scene.told()[::2] == ("lost", ALTERED)
    scene.sign()
    signed = scene.station.listed()[0]
    scene.put({**signed, "sequence": 99})
    assert all(ALTERED in said for said in scene.refused(accept))
    assert scene.told()[::2] == ("lost", ALTERED)


def test_the_next_run_builds_nothing_on_a_strangers_and_removes_it_not(scene: Scene) -> None:
    scene.station.define(retention={"last": 1})
    scene.sign()
    (scene.station.manifests / f"{scene.backup}.json").unlink()  # the copy alone is there
    ended = scene.station.run()
    assert ended.status in ("success", "warning"), ended.reason
    made = {each["backup"]: each for each in scene.station.listed()}[ended.backup]
    assert made["base"] is None
    assert snapshots(scene.station.chain) == [ended.backup]
    assert scene.told()[1:] == (False, scene.told()[2])
    assert do(scene.station, "verify", ended.backup)["fault"] == ""
    for said in scene.refused(None):
        assert ": signed by a stranger: SHA256:" in said
