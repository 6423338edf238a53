"""Writing a device's own schedule: in the safe order, no more than differs, secrets blindly."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from holdfast.agent.failure import Failed
from holdfast.agent.layout import Layout
from holdfast.agent.loadmaster.assign import assign, typed
from holdfast.agent.loadmaster.errors import Dropped, Rejected

WANTED = {
    "enable": True, "day": "mon", "hour": 3, "minute": 10, "method": "sftp", "host": "bkp01",
    "user": "lm", "path": "/lm", "netstat": True, "top": False,
    "password_version": 1, "identity_version": None,
}  # fmt: skip
SHOWN = {
    "backupenable": "yes", "backupday": "1", "backuphour": "3", "backupminute": "10",
    "backupmethod": "sftp", "backuphost": "bkp01", "backupuser": "lm", "backuppath": "/lm",
    "backupnetstat": "yes", "backuptop": "no", "version": "7.2.63.2", "serialnumber": "42",
}  # fmt: skip


class Fake:
    """A device that keeps what it is told, and refuses what a test says."""

    name = "lm-1"

    def __init__(self, **shown: str) -> None:
        self.shown = {**SHOWN, **shown}
        self.sets: list[tuple[str, str]] = []
        self.wants_on = False
        self.drops = ""
        self.target = SimpleNamespace(secret=lambda _layout, path: f"value of {path}")

    def all(self) -> dict[str, str]:
        return dict(self.shown)

    def set(self, parameter: str, value: str) -> None:
        if parameter == self.drops:
            raise Dropped(self.name, "ended the connection")
        if self.wants_on and parameter != "backupenable" and self.shown["backupenable"] == "no":
            raise Rejected(self.name, "refuses set (422)")
        self.sets.append((parameter, value))
        self.shown[parameter] = value


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout("prg", str(tmp_path))


@pytest.fixture(autouse=True)
def secrets(layout: Layout) -> Path:
    """Make the files whose times tell whether a secret is still the one that was given."""
    folder = Path(layout.secrets)
    folder.mkdir(parents=True)
    for field in ("password", "identity"):
        (folder / f"lm-1.automated_backup.{field}").write_text("it is read through the target")
    return folder


def write(layout: Layout, device: Fake, **wanted: Any) -> list[tuple[str, str]]:
    device.sets.clear()
    assign(layout, device, {**WANTED, **wanted})  # type: ignore[arg-type]  # all of a device that is used
    return device.sets


def test_a_password_is_given_once_and_with_the_schedule_off(layout: Layout) -> None:
    device = Fake()
    password = ("backuppassword", "value of automated_backup.password")
    around = [("backupenable", "no"), password, ("backupenable", "yes")]
    assert write(layout, device) == around
    assert write(layout, device) == []
    assert write(layout, device, password_version=2) == around


def test_another_time_is_one_call(layout: Layout) -> None:
    device = Fake()
    write(layout, device)
    assert write(layout, device, hour=4) == [("backuphour", "4")]


def test_another_host_gets_the_password_anew(layout: Layout) -> None:
    device = Fake()
    write(layout, device)
    assert [name for name, _ in write(layout, device, host="bkp02", minute=11)] == [
        "backupenable", "backuphost", "backuppassword", "backupminute", "backupenable",
    ]  # fmt: skip


def test_another_device_behind_the_address_was_given_nothing(layout: Layout) -> None:
    write(layout, Fake())
    assert "backuppassword" in dict(write(layout, Fake(serialnumber="43")))


def test_a_secret_that_was_gone_meanwhile_is_given_anew_under_its_old_number(
    layout: Layout, secrets: Path
) -> None:
    device = Fake()
    write(layout, device)
    (secrets / "lm-1.automated_backup.password").unlink()
    (secrets / "lm-1.automated_backup.password").write_text("another, of version 1 again")
    assert "backuppassword" in dict(write(layout, device))
    assert write(layout, device) == []


def test_a_key_is_written_as_base64_of_the_whole_file(layout: Layout) -> None:
    sets = dict(write(layout, Fake(), password_version=None, identity_version=1))
    assert sets["backupident"] == "dmFsdWUgb2YgYXV0b21hdGVkX2JhY2t1cC5pZGVudGl0eQo="


def test_what_is_off_stays_off_throughout(layout: Layout) -> None:
    device = Fake(backupenable="no", backuphost="elsewhere")
    assert "backupenable" not in dict(write(layout, device, enable=False))
    assert device.shown["backupenable"] == "no"


@pytest.mark.parametrize("enable", ["yes", "no"])
def test_firmware_that_takes_these_only_while_it_is_on(layout: Layout, enable: str) -> None:
    device = Fake(backupenable="no", backuphost="elsewhere", backuphour="9")
    device.wants_on = True
    write(layout, device, enable=enable == "yes")
    assert device.shown["backuphost"] == "bkp01"
    assert device.shown["backuphour"] == "3"
    assert device.shown["backupenable"] == enable


def test_a_call_that_got_lost_leaves_it_off_and_says_so(layout: Layout) -> None:
    device = Fake(backuphost="elsewhere")
    device.drops = "backuphost"
    with pytest.raises(Failed, match=r"ended the connection.*may be off until an apply"):
        write(layout, device)
    assert device.shown["backupenable"] == "no"
    device.drops = ""
    assert "backuppassword" in dict(write(layout, device)), "it is not counted as given"


@pytest.mark.parametrize(
    ("field", "value"),
    [("hour", 24), ("hour", "3"), ("day", "someday"), ("enable", "yes"), ("password_version", "x")],
)
def test_what_is_no_schedule_is_refused_before_any_call(field: str, value: object) -> None:
    assert list(typed("lm-1", WANTED)) == []
    assert len(list(typed("lm-1", {**WANTED, field: value}))) == 1
