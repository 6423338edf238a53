from __future__ import annotations

import base64
import gzip
import io
import tarfile
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.device import Device
    from lab.loadmaster.raw import Raw

VOLATILE = {"info/date", "info/uptime", "info/netstat"}


def members(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(archive))) as tar:
        return {m.name: tar.extractfile(m).read() for m in tar if m.isreg()}  # type: ignore[union-attr]  # regular


def headers(archive: bytes) -> list[tuple[str, float]]:
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(archive))) as tar:
        return [(m.name, m.mtime) for m in tar if m.name not in VOLATILE]


def test_it_comes_as_a_download_named_after_the_host(raw: Raw) -> None:
    answer = raw.get("backup")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'inline; filename="LMBackups_lm-1"'
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    assert answer.body[:2] == b"\x1f\x8b"


def test_json_has_it_as_base64(raw: Raw) -> None:
    document = raw.call("backup").json
    assert set(document) == {"code", "data", "status"}
    assert (document["code"], document["status"]) == (200, "ok")
    assert set(members(base64.b64decode(document["data"], validate=True))) == set(
        members(raw.get("backup").body)
    )


def test_it_holds_the_configuration_and_no_certificate(raw: Raw) -> None:
    found = members(raw.get("backup").body)
    assert b'"backuphost": "192.0.2.80"' in found["base/parameters"]
    assert b"Intranet" in found["vs/vs/1"]
    assert {"geo/fqdn/www.example.net.", "sso/domain/EXAMPLE.NET"} <= set(found)
    assert not any(b"BEGIN" in content for content in found.values())


def test_two_of_an_unchanged_device_differ_in_volatile_members_alone(raw: Raw) -> None:
    first, second = raw.get("backup").body, raw.get("backup").body
    assert first != second
    before, after = members(first), members(second)
    assert set(before) == set(after)
    assert {name for name in before if before[name] != after[name]} == VOLATILE
    assert headers(first) == headers(second)


def test_a_change_changes_its_member_and_only_that_time(raw: Raw, device: Device) -> None:
    before = raw.get("backup").body
    device.clock = lambda: time.time() + 60
    raw.get("modvs", vs="2", nickname="Renamed")
    after = raw.get("backup").body
    moved = set(headers(after)) - set(headers(before))
    assert {name for name, _ in moved} == {"vs/vs/2"}


def test_netstat_and_top_are_there_as_the_parameters_say(raw: Raw) -> None:
    raw.get("set", param="backupnetstat", value="no")
    raw.get("set", param="backuptop", value="yes")
    found = members(raw.get("backup").body)
    assert "info/top" in found
    assert "info/netstat" not in found


def test_padding_makes_it_large_and_the_same_each_time(raw: Raw, device: Device) -> None:
    device.switches.padding = 300_000
    first, second = raw.get("backup").body, raw.get("backup").body
    assert len(first) > 300_000
    assert members(first)["vs/templates.bin"] == members(second)["vs/templates.bin"]


@pytest.mark.parametrize("command", ["backup", "backupcert"])
def test_neither_api_takes_the_file_for_text(raw: Raw, command: str) -> None:
    arguments = {"password": "Pass1234"} if command == "backupcert" else {}
    binary = raw.get(command, **arguments)
    assert binary.headers["Content-Type"] == "application/octet-stream"
    assert not binary.body.startswith(b"<")
