"""What a definition holds on its source goes when it moves to another storage; the rest stays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from agent.zfs.pools import guid_of, zfs
from agent.zfs.station import snapshots
from agent.zfs.test_incrementals import manifests
from holdfast.agent.protocol.request import Op
from holdfast.agent.setup import promises
from holdfast.agent.setup.survey import Survey

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


def applied(station: Station, name: str, after: dict[str, object] | None) -> None:
    document = {"op": "apply", "kind": "definition", "name": name, "before": "", "after": after}
    promises.install(Survey(station.desk.layout), [Op(document)])


def document(station: Station, identity: str) -> dict[str, object]:
    path = station.desk.root / f"etc/holdfast/prg/definitions/{identity}.json"
    found: dict[str, object] = json.loads(path.read_text())
    return found


def test_a_base_goes_with_the_last_definition_that_builds_on_it_in_that_storage(
    filesystem: Station,
) -> None:
    station = filesystem
    stranger = f"{station.disk}@theirs"
    zfs("snapshot", "-o", "holdfast:inventory=other", "-o", "holdfast:keeper=x", stranger)
    same = station.define(definition="weekly")
    station.desk.settle()
    files = station.define(
        definition="files", type="file", base_every=3, storage="nas", place="/mnt/nas"
    )
    first, _ = station.good(), station.good(files)
    assert len(snapshots(station.disk)) == 3
    applied(station, station.id, None)
    assert first in snapshots(station.disk)  # the weekly one builds on it
    applied(station, same, None)
    (_, kept) = snapshots(station.disk)
    assert kept.startswith("files-")
    (manifest,) = manifests(station)
    assert manifest["snapshot"] == guid_of(f"{station.disk}@{kept}")
    moved = {"type": "dataset", "storage": "zones", "place": station.parent, "base_every": 1}
    applied(station, files, {**document(station, files), **moved, "cron": []})
    assert snapshots(station.disk) == ["theirs"]
