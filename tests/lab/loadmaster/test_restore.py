from __future__ import annotations

import base64
import copy
import gzip
import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from holdfast.lab.loadmaster.configuration import PART_OF, Configuration, Part, Table
from holdfast.lab.loadmaster.estate import Estate, Order
from holdfast.lab.loadmaster.firmware import Firmware
from lab.loadmaster.raw import WORD, client

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.device import Device
    from lab.loadmaster.raw import Raw

FIRST = {Table.INTERFACE: "0", Table.SERVICE: "1", Table.FQDN: "www.example.net."}
FIRST |= {Table.CLUSTER: "198.51.100.10", Table.DOMAIN: "EXAMPLE.NET"}


def upset(device: Device) -> None:
    """Change something in each part."""
    device.configuration.set("hostname", "changed")
    for table, name in FIRST.items():
        device.configuration.tables[table][name]["Status"] = "changed"
    device.configuration.tables[Table.SERVICE]["99"] = {"Index": "99"}


def restored(before: Configuration, after: Configuration) -> Part:
    """Return the parts that are as they were."""
    same = Part(0)
    if before.parameters == after.parameters and before.users == after.users:
        same |= Part.BASE
    for part in (Part.BASE, Part.VS, Part.GEO, Part.SSO):
        tables = [table for table, owner in PART_OF.items() if owner is part]
        if all(before.tables[t] == after.tables[t] for t in tables):
            same |= part if part is not Part.BASE else same & Part.BASE
        else:
            same &= ~part
    return same


@pytest.mark.parametrize("kind", range(1, 16))
def test_type_is_a_mask_of_parts(raw: Raw, device: Device, kind: int) -> None:
    before = copy.deepcopy(device.configuration)
    archive = raw.get("backup").body
    upset(device)
    assert restored(before, device.configuration) == Part(0)
    answer = raw.post("restore", archive, type=str(kind))
    assert answer.verdict == (200, "200", "ok")
    assert restored(before, device.configuration) == Part(kind)


def test_json_takes_it_as_base64_with_the_type_as_number_or_text(raw: Raw, device: Device) -> None:
    data = base64.b64encode(raw.get("backup").body).decode()
    for kind in (2, "2"):
        upset(device)
        assert raw.call("restore", type=kind, data=data).status == 200
        assert "99" not in device.configuration.tables[Table.SERVICE]


def foreign() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("etc/passwd"))
    return gzip.compress(buffer.getvalue())


SPOILT = {
    "not gzip": lambda _: b"\x00" * 4096,
    "cut off": lambda archive: archive[: len(archive) // 2],
    "without its last byte": lambda archive: archive[:-1],
    "wrong checksum": lambda archive: archive[:-8] + b"\x00" * 8,
    "gzip of no tar": lambda _: gzip.compress(b"hello" * 500),
    "foreign tar": lambda _: foreign(),
    "xml": lambda _: b'<Response stat="200" code="ok"/>',
}


@pytest.mark.parametrize("way", SPOILT)
def test_a_bad_archive_is_refused_and_changes_nothing_at_all(
    raw: Raw, device: Device, way: str
) -> None:
    archive = SPOILT[way](raw.get("backup").body)
    upset(device)
    before = copy.deepcopy(device.configuration)
    data = base64.b64encode(archive).decode()
    for answer in (
        raw.post("restore", archive, type="15"),
        raw.call("restore", type=15, data=data),
    ):
        assert answer.status == 422
    assert device.configuration == before


@pytest.mark.parametrize(("kind", "status"), [("0", 422), ("16", 422), ("x", 422), ("-1", 422)])
def test_a_type_out_of_range_is_422(raw: Raw, kind: str, status: int) -> None:
    archive = raw.get("backup").body
    assert raw.post("restore", archive, type=kind).status == status


def test_what_is_missing_is_400(raw: Raw) -> None:
    archive = raw.get("backup").body
    missing = raw.post("restore", archive)
    assert (missing.status, missing.error) == (400, "type: String Value missing")
    assert raw.post("restore", b"", type="2").status == 400
    assert raw.call("restore", type=2).status == 400
    assert raw.call("restore", type=2, data="not base64!").status == 422


def test_base_brings_back_name_switch_users_and_keys(raw: Raw, device: Device) -> None:
    archive = raw.get("backup").body
    raw.call("addapikey")
    raw.get("useraddlocal", user="later", password=WORD)
    raw.get("set", param="hostname", value="later")
    assert raw.post("restore", archive, type="1").status == 200
    assert device.value("hostname") == "lm-1"
    assert set(device.configuration.users) == {raw.user}
    assert device.configuration.users[raw.user].keys == [raw.api_key]


def test_an_old_base_may_lock_its_restorer_out(raw: Raw, device: Device) -> None:
    raw.get("set", param="enableapi", value="no")
    archive = device_backup(device)
    device.configuration.set("enableapi", "yes")
    assert raw.post("restore", archive, type="1").status == 200
    assert raw.get("getall").status == 404


def test_keys_stay_where_a_device_does_not_bring_them_back(raw: Raw, device: Device) -> None:
    device.switches.restore_keys = False
    archive = raw.get("backup").body
    raw.call("addapikey")
    assert raw.post("restore", archive, type="1").status == 200
    assert len(device.configuration.users[raw.user].keys) == 2


def test_the_connection_may_drop_after_base_and_after_nothing_else(
    raw: Raw, device: Device
) -> None:
    device.switches.drop_after_base = True
    archive = raw.get("backup").body
    upset(device)
    assert raw.post("restore", archive, type="2").status == 200
    assert raw.ending("POST", "/access/restore?type=1", archive) == "reset"
    assert device.value("hostname") == "lm-1", "it was done all the same"
    assert raw.post("restore", b"no archive", type="1").status == 422


def test_a_strict_device_refuses_newer_firmware_and_another_ha_mode() -> None:
    with Estate(Order(count=1, pairs=1)) as estate:
        unit, single = estate.sites[0].device, estate.sites[2].device
        single.switches.strict_restore = True
        raw = client(estate.sites[2])
        assert raw.post("restore", device_backup(unit), type="2").status == 422
        archive = device_backup(single)
        assert raw.post("restore", archive, type="2").status == 200
        single.firmware = Firmware.parse("7.2.62.0")
        assert raw.post("restore", archive, type="2").status == 422


@pytest.mark.slow
def test_a_hundred_megabytes_go_out_and_in(raw: Raw, device: Device) -> None:
    device.switches.padding = 100 * 1024 * 1024
    archive = raw.get("backup").body
    assert len(archive) > 100 * 1024 * 1024
    upset(device)
    assert raw.post("restore", archive, type="15").status == 200
    assert device.value("hostname") == "lm-1"


def device_backup(device: Device) -> bytes:
    from holdfast.lab.loadmaster import snapshot

    return snapshot.backup(device).content
