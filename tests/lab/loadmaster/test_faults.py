from __future__ import annotations

import base64
import gzip
import http.client
import threading
import time
import zlib
from typing import TYPE_CHECKING

import pytest

from holdfast.lab.loadmaster import archive
from holdfast.lab.loadmaster.answer import Refused
from holdfast.lab.loadmaster.fault import Fault, Kind
from lab.loadmaster.raw import WORD

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.device import Device
    from lab.loadmaster.raw import Answer, Raw


def both(raw: Raw, device: Device, kind: Kind, command: str = "backup") -> tuple[Answer, Answer]:
    """Return what each API answers to a command that the fault hits."""
    device.faults.add(Fault(kind, command, times=2))
    return raw.get(command), raw.call(command)


def test_an_error_in_a_200(raw: Raw, device: Device) -> None:
    first, second = both(raw, device, Kind.ERROR_IN_200)
    assert first.verdict == (200, "422", "fail")
    assert first.headers["Content-Type"] == "text/xml"
    assert (second.status, second.json["code"], second.json["status"]) == (200, 422, "fail")


def test_an_empty_200(raw: Raw, device: Device) -> None:
    for answer in both(raw, device, Kind.EMPTY_200):
        assert (answer.status, answer.body) == (200, b"")


def test_a_page_in_a_200(raw: Raw, device: Device) -> None:
    for answer in both(raw, device, Kind.HTML_200):
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html")
        assert answer.body.startswith(b"<html>")


@pytest.mark.parametrize("kind", ["401", "403", "404", "422", "503"])
def test_a_status(raw: Raw, device: Device, kind: str) -> None:
    assert [answer.status for answer in both(raw, device, Kind(kind))] == [int(kind)] * 2


def test_a_body_that_is_cut_off(raw: Raw, device: Device) -> None:
    device.faults.add(Fault(Kind.TRUNCATED, "backup"))
    with pytest.raises(http.client.IncompleteRead) as caught:
        raw.get("backup")
    assert len(caught.value.partial) > 500
    assert (caught.value.expected or 0) > 500


def test_a_body_that_stalls(raw: Raw, device: Device) -> None:
    device.faults.add(Fault(Kind.STALL, "backup", seconds=60))
    connection = raw.connect()
    connection.timeout = 0.2
    connection.request("GET", "/access/backup", headers=raw.basic())
    response = connection.getresponse()
    start = time.monotonic()
    with pytest.raises(TimeoutError):
        response.read()
    assert 0.1 < time.monotonic() - start < 30
    connection.close()


def test_a_reset_and_a_drop(raw: Raw, device: Device) -> None:
    device.faults.add(Fault(Kind.RESET))
    device.faults.add(Fault(Kind.DROP))
    assert raw.ending("GET", "/access/getall") == "reset"
    assert raw.ending("GET", "/access/getall") == "closed"
    assert raw.get("getall").status == 200


def test_a_reset_after_the_command_was_done(raw: Raw, device: Device) -> None:
    device.faults.add(Fault(Kind.RESET_AFTER, "set"))
    assert raw.ending("GET", "/access/set?param=backuphour&value=9") == "reset"
    assert device.value("backuphour") == "9"


def test_slowness_by_fault_and_by_switch(raw: Raw, device: Device) -> None:
    device.faults.add(Fault(Kind.SLOW, "backup", seconds=0.15))
    device.switches.delays["getall"] = 0.15
    for command in ("backup", "getall"):
        start = time.monotonic()
        assert raw.get(command).status == 200
        assert time.monotonic() - start >= 0.15


def test_a_fault_hits_its_commands_so_often_as_ordered(raw: Raw, device: Device) -> None:
    device.faults.add(Fault(Kind.REFUSED, "backup*", times=2))
    assert raw.get("getall").status == 200
    statuses = [raw.get("backup").status, raw.get("backupcert", password=WORD).status]
    assert statuses == [422, 422]
    assert raw.get("backup").status == 200
    device.faults.add(Fault(Kind.REFUSED, times=None))
    assert [raw.get("getall").status for _ in range(4)] == [422] * 4
    device.faults.clear()
    assert raw.get("getall").status == 200


BROKEN = {
    Kind.BAD_CHECKSUM: gzip.BadGzipFile,
    Kind.CUT_ARCHIVE: EOFError,
    Kind.FOREIGN_ARCHIVE: gzip.BadGzipFile,
}


@pytest.mark.parametrize("kind", BROKEN)
def test_an_archive_that_is_no_good_in_an_answer_that_is(
    raw: Raw, device: Device, kind: Kind
) -> None:
    first, second = both(raw, device, kind)
    assert first.headers["Content-Type"] == "application/octet-stream"
    assert second.json["status"] == "ok"
    for content in (first.body, base64.b64decode(second.json["data"], validate=True)):
        with pytest.raises((BROKEN[kind], zlib.error)):
            gzip.decompress(content)
        with pytest.raises(Refused):
            archive.unpack(content)


def test_an_archive_with_nothing_in_it(raw: Raw, device: Device) -> None:
    first, _ = both(raw, device, Kind.EMPTY_ARCHIVE)
    assert archive.unpack(first.body) == {}


def test_calls_are_noted_with_how_they_ended_and_without_arguments(
    raw: Raw, device: Device
) -> None:
    device.faults.add(Fault(Kind.RESET, "set"))
    assert raw.ending("GET", "/access/set?param=backuppassword&value=canary-4711") == "reset"
    raw.call("get", param="nonsense")
    kept = device.calls.listed()
    noted = [(call.interface, call.command, call.status, call.user) for call in kept]
    assert noted == [("v1", "set", 0, None), ("v2", "get", 422, raw.user)]
    assert "canary" not in repr(kept)
    device.calls.clear()
    assert device.calls.listed() == []


def test_calls_at_one_time_are_seen(raw: Raw, device: Device) -> None:
    device.switches.delays["backup"] = 0.3
    threads = [threading.Thread(target=raw.get, args=("backup",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(call.beside for call in device.calls.listed()) == [0, 1]


def test_a_reboot_is_answered_by_a_page_of_503(raw: Raw, device: Device) -> None:
    device.switches.boot_seconds = 600
    booted = device.booted
    assert raw.get("reboot").status == 200
    for answer in (raw.get("getall"), raw.call("getall")):
        assert (answer.status, answer.headers["Content-Type"]) == (503, "text/html")
    device.clock = lambda: time.time() + 601
    assert raw.get("getall").status == 200
    assert device.booted > booted
