"""The vendor's own SDK, unmodified, against the simulated device."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from holdfast.lab.loadmaster.fault import Fault, Kind
from lab.loadmaster import sdk

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.lab.loadmaster.device import Device
    from lab.loadmaster.raw import Raw

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sdk")]
PROGRAM = Path(__file__).with_name("sdk_program.py")


@pytest.fixture
def run(raw: Raw, tmp_path: Path) -> Callable[[str], Any]:
    environment = {
        **os.environ,
        "LM_USER": raw.user,
        "LM_WORD": raw.password,
        "LM_PORT": str(raw.site.port),
        "LM_FOLDER": str(tmp_path),
    }

    def run(name: str) -> Any:
        command = [sdk.python(), str(PROGRAM), name]
        result = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    return run


def test_parameters(run: Callable[[str], Any], device: Device) -> None:
    assert run("parameters") == {
        "backuphour": "4",
        "backupmethod": "wput",
        "version": "7.2.63.2.22900.RELEASE",
        "short": "7.2.63",
        "minpassword": "8",
        "backuppassword": "********",
    }
    assert device.value("backuphour") == "4"


def test_licence(run: Callable[[str], Any]) -> None:
    told = run("licence")
    assert told["licence"]["supportlevel"] == "Enterprise Plus"
    assert told["licence"]["activationdate"] == "Tue Jan 6 10:12:00 UTC 2026"
    assert told["as object"] == "VLM-MAX Enterprise Plus"
    assert told["360"]["MaxVS"] == "1000"


def test_certificates(run: Callable[[str], Any]) -> None:
    assert run("certificates") == ["intranet"]


def test_backup_and_restore(run: Callable[[str], Any]) -> None:
    told = run("backup")
    assert gzip.decompress(Path(told["path"]).read_bytes())
    assert told["services"] == [3, 4]
    assert told["names"] == ["changed", "lm-1"]


def test_certificate_backup_and_restore(run: Callable[[str], Any], device: Device) -> None:
    told = run("certificate_backup")
    assert Path(told["path"]).stat().st_size > 1000
    assert "BEGIN CERTIFICATE" in told["left"]
    assert "BEGIN CERTIFICATE" in told["back"]
    commands = [call.command for call in device.calls.listed()]
    assert commands == ["backupcert", "delcert", "readcert", "restorecert", "readcert"]


def test_it_learns_of_refusals_and_takes_an_error_in_a_200_for_a_backup(
    run: Callable[[str], Any], device: Device
) -> None:
    told = run("refusals")
    assert told["range"] == ["KempTechApiException", "Unknown parameter value"]
    assert told["archive"] == ["KempTechApiException", "Invalid backup file"]
    assert "backup" not in told
    device.faults.add(Fault(Kind.REFUSED, "backup", times=None))
    assert run("refusals")["backup"][0] == "BackupFailed"
    device.faults.clear()
    device.faults.add(Fault(Kind.ERROR_IN_200, "backup", times=None))
    assert "backup" not in run("refusals"), "the SDK saves the error as a good backup"


def test_it_sends_a_set_again_whose_answer_is_lost(
    run: Callable[[str], Any], device: Device
) -> None:
    device.faults.add(Fault(Kind.RESET_AFTER, "set", times=2))
    assert run("parameters")["backuphour"] == "4"
    assert [call.command for call in device.calls.listed()].count("set") == 3


def test_it_switches_the_api_on(run: Callable[[str], Any], raw: Raw, device: Device) -> None:
    device.configuration.set("enableapi", "no")
    assert run("enable") is True
    assert raw.call("getall").status == 200


def test_it_knows_the_rate_limit_by_the_way_the_connection_ends(
    run: Callable[[str], Any], device: Device
) -> None:
    device.limit.seconds = 60.0  # for a crowded machine
    assert run("flood") == "RateLimitError"
