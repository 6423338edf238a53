"""Storages: the marker proves that the right thing is mounted; nothing makes it anew."""

from __future__ import annotations

import json

import pytest

from agent.installed import STORAGE, Installed, attributes, change

MARKER = "mnt/nas/.holdfast-storage.json"


@pytest.fixture
def node(node: Installed) -> Installed:
    node.apply(change("storage", "nas", None, STORAGE))
    return node


def test_a_storage_is_a_closed_folder_with_a_random_marker(node: Installed) -> None:
    assert (node.root / "mnt/nas").stat().st_mode & 0o7777 == 0o750
    marker = json.loads((node.root / MARKER).read_text())["id"]
    record = json.loads((node.root / "etc/holdfast/prg/storages/nas.json").read_text())
    assert len(marker) == 32
    assert record == {"kind": "directory", "place": "/mnt/nas", "marker": marker}


def test_a_marker_that_is_there_is_adopted(node: Installed) -> None:
    before = (node.root / MARKER).read_bytes()
    node.apply(change("storage", "again", None, STORAGE))
    assert (node.root / MARKER).read_bytes() == before


@pytest.mark.parametrize(
    ("content", "state"), [(None, "missing"), ('{"id":"f00"}', "other"), ("{half", "other")]
)
def test_a_known_storage_is_never_made_again(
    node: Installed, content: str | None, state: str
) -> None:
    marker = node.root / MARKER
    marker.unlink()
    if content is None:
        marker.parent.rmdir()
    else:
        marker.write_text(content)
    problem, told = [line for line in node.ask({"op": "read"}) if line["kind"] == "storage"]
    assert (problem["type"], problem["severity"]) == ("problem", "error")
    assert told["attributes"] == {**STORAGE, "marker": state}
    assert told["applied"] == STORAGE
    (line,) = node.ask(change("storage", "nas", {**STORAGE, "marker": state}, STORAGE))
    assert line["status"] == "failed"
    assert f"its marker is {state}" in line["message"]
    assert (marker.read_text() if marker.exists() else None) == content


def test_a_damaged_marker_is_not_adopted(node: Installed) -> None:
    other = node.root / "mnt/other"
    other.mkdir()
    (other / ".holdfast-storage.json").write_text("{half")
    (line,) = node.ask(change("storage", "other", None, {**STORAGE, "place": "/mnt/other"}))
    assert (line["status"], "damaged" in line["message"]) == ("failed", True)


def test_forgetting_takes_the_marker_only_from_an_empty_storage(node: Installed) -> None:
    node.apply(change("storage", "nas", STORAGE, None))
    assert not (node.root / MARKER).exists()
    node.apply(change("storage", "nas", None, STORAGE))
    (node.root / "mnt/nas/web01").mkdir()
    node.apply(change("storage", "nas", STORAGE, None))
    assert (node.root / MARKER).exists()


def test_forgetting_leaves_a_marker_that_another_inventory_counts_on(node: Installed) -> None:
    other = Installed(node.root, "other")
    other.apply(change("agent", "", None, other.here()), change("storage", "nas", None, STORAGE))
    node.apply(change("storage", "nas", STORAGE, None))
    assert attributes(other.ask({"op": "read"}), "storage", "nas") == STORAGE


def test_a_damaged_record_is_told(node: Installed) -> None:
    (node.root / "etc/holdfast/prg/storages/nas.json").write_text("[]")
    told = attributes(node.ask({"op": "read"}), "storage", "nas")
    assert "damaged" in told
    lines = node.apply(change("storage", "nas", told, STORAGE))
    assert attributes(lines, "storage", "nas") == STORAGE


@pytest.mark.parametrize(
    "place", ["/etc/holdfast/prg/nas", "/var/lib/holdfast", "/var", "/", "/etc/cron.d", "/dev/shm"]
)
def test_no_storage_lies_where_it_would_be_removed_with_something_else(
    node: Installed, place: str
) -> None:
    before = sorted(node.files())
    (line,) = node.ask(change("storage", "own", None, {**STORAGE, "place": place}))
    assert (line["status"], "no storage can be there" in line["message"]) == ("failed", True)
    assert sorted(node.files()) == before


def test_a_link_does_not_lead_a_storage_there_either(node: Installed) -> None:
    (node.root / "mnt/sly").symlink_to(node.root / "var/lib/holdfast/prg")
    before = sorted(node.files())
    (line,) = node.ask(change("storage", "sly", None, {**STORAGE, "place": "/mnt/sly"}))
    assert line["status"] == "failed"
    assert "/var/lib/holdfast/prg lies in `/var/lib/holdfast`" in line["message"]
    assert sorted(node.files()) == before
