"""LoadMasters on the command line: planned, applied, backed up, listed, verified, brought back."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from cli import shelf
from holdfast.lab.loadmaster import archive
from holdfast.lab.loadmaster.estate import Estate, Order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.desk import Desk
    from holdfast.lab.loadmaster.device import Device

pytestmark = pytest.mark.slow
ID = "nightly@lm1"


class Appliance:
    """A desk whose node n1 is the connector of one simulated LoadMaster."""

    def __init__(self, desk: Desk, device: Device) -> None:
        self.desk = desk
        self.device = device
        self.identity, self.recipient = shelf.identity(desk)

    def define(self, **changes: Any) -> None:
        definition = {
            "name": "nightly",
            "sources": ["lm1"],
            "storage": "nas",
            "schedule": "H 1 * * *",
            "retention": 10,
            "encrypt_to": [self.recipient],
            "base_every": 5,
            **changes,
        }
        self.desk.inventory["definitions"] = [
            *(d for d in self.desk.inventory["definitions"] if d["name"] != "nightly"),
            definition,
        ]
        self.desk.apply()

    def made(self) -> str:
        return shelf.made(self.desk, ID)


@pytest.fixture
def appliance(settled: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Appliance]:
    with Estate(Order()) as estate:
        site = estate.sites[0]
        monkeypatch.setenv("LM_KEY", site.api_key)
        settled.inventory["loadmasters"] = {
            "lm1": {
                "address": site.address,
                "connector": "n1",
                "tls": {"sha256": site.device.identity.sha256},
                "api_key": "env/LM_KEY",
            }
        }
        found = Appliance(settled, site.device)
        found.define()
        yield found


def test_a_loadmaster_is_planned_backed_up_and_told_of(appliance: Appliance) -> None:
    desk = appliance.desk
    assert desk.ok("plan", "--detailed-exitcode").out.endswith("backups lost: 0.\n")
    first, second = appliance.made(), appliance.made()
    told = {backup["name"]: backup for backup in shelf.listed(desk, "lm1/*")}
    assert [told[name]["status"] for name in (first, second)] == ["ok", "ok"]
    assert told[second]["base"] == first.partition("/")[2]
    assert (told[first]["type"], told[first]["owned"]) == ("loadmaster", True)
    shown = desk.ok("backup", "show", first).out
    assert appliance.device.serial in shown
    assert appliance.device.firmware.text in shown
    assert "no findings" not in desk.ok("status").out
    table = desk.ok("backup", "list", "lm1/*").out
    for word in ("FIRMWARE", appliance.device.firmware.text, "base", "incremental", "VERIFIED"):
        assert word in table
    assert "FIRMWARE" not in desk.ok("backup", "list", "web01:1/*").out
    desk.ok("backup", "lock", second, "--reason", "audit")
    refused = desk.run("backup", "delete", first, "--yes-destroy", first)
    assert "is the base of" in refused.err
    desk.ok("backup", "unlock", second)
    desk.ok("backup", "delete", second, "--yes-destroy", second)
    assert desk.run("drift").code == 0


def test_an_archive_comes_back_rebuilt_with_the_identity_alone(appliance: Appliance) -> None:
    desk = appliance.desk
    appliance.made()
    with appliance.device.lock:
        appliance.device.configuration.set("backuppath", "/changed-since")
    name = appliance.made()
    desk.ok("backup", "verify", name)
    desk.ok("backup", "download", name, "--identity", appliance.identity, "-o", "back.tar.gz")
    content = desk.node("back.tar.gz").read_bytes()
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(content))) as tar:
        assert b"changed-since" in tar.extractfile("base/parameters").read()  # type: ignore[union-attr]  # a regular file has content
    words = ("backup", "download", name, "--part", "parameters")
    desk.ok(*words, "--identity", appliance.identity, "-o", "told.json")
    told = json.loads(desk.node("told.json").read_bytes())
    assert told["parameters"]["backuppath"] == "/changed-since"
    desk.ok(*words, "-o", "sealed")
    assert desk.node("sealed").read_bytes().startswith(b"age-encryption.org/v1")
    desk.ok("backup", "download", name, "-o", "stored")
    assert desk.node("stored").read_bytes().startswith(b"age-encryption.org/v1")
    missing = desk.run("backup", "download", name, "--part", "certificates", "-o", "x")
    assert missing.code == 1
    assert "has no certificates" in missing.err


def test_plain_backups_are_verified_to_their_content(appliance: Appliance) -> None:
    appliance.define(encrypt_to="none")
    desk = appliance.desk
    first, second = appliance.made(), appliance.made()
    assert desk.ok("backup", "verify", first, second).out.count("content") == 2
    desk.ok("backup", "download", second, "-o", "plain.tar.gz")
    gzip.decompress(desk.node("plain.tar.gz").read_bytes())
    (base,) = desk.node("n1/mnt/nas/lm1").glob("*.lm")
    base.write_bytes(base.read_bytes()[:-1] + b"x")
    assert desk.run("backup", "verify", first).code != 0


def test_history_tells_what_changed_and_what_cannot_be_told(appliance: Appliance) -> None:
    desk, device = appliance.desk, appliance.device
    first, same = appliance.made(), appliance.made()
    with device.lock:
        device.configuration.set("backuppath", "/elsewhere")
        device.configuration.set("snmpcommunity", "hunter2hunter2")
    changed = appliance.made()
    opened = ("--identity", appliance.identity)

    ran = desk.ok("backup", "diff", first, same, *opened)
    assert ran.out.startswith(f"{first} → {same}: nothing changed\n")
    assert "info/date" not in ran.out
    assert "member info/date" in desk.ok("backup", "diff", first, same, "--all", *opened).out

    ran = desk.ok("backup", "diff", same, changed, *opened)
    assert "~ member base/parameters: " in ran.out
    assert "~ parameter backuppath: /srv/lm → /elsewhere" in ran.out
    assert "masked by the device, not compared: backupident, backuppassword" in ran.out
    assert "hunter2" not in ran.out
    document = desk.ok("backup", "diff", same, changed, "--format", "json", *opened).json
    assert document["verdict"] == "changed"

    told = desk.ok("backup", "log", "lm1", *opened).out.splitlines()
    heads = [line for line in told if not line.startswith(" ")]
    assert [name in head for name, head in zip((changed, same, first), heads, strict=True)]
    assert [head.rpartition(": ")[2] for head in heads] == [
        "changed",
        "nothing changed",
        "the oldest there is",
    ]
    _tell_without(appliance, first, same)


def _tell_without(appliance: Appliance, first: str, same: str) -> None:
    """What cannot be opened is not compared, and never said to be unchanged."""
    desk, opened = appliance.desk, ("--identity", appliance.identity)
    rows = desk.ok("backup", "log", "lm1", "--last", "1", "--format", "json", *opened).json
    assert [row["changes"]["before"] for row in rows["backups"]] == [same]

    assert desk.run("backup", "diff", first, same).code == 12
    sealed = desk.run("backup", "log", "lm1")
    assert sealed.code == 1
    assert sealed.out.count("could not be compared") == 2
    (stored,) = desk.node("n1/mnt/nas/lm1").glob(f"{same.partition('/')[2]}.lmi*")
    stored.write_bytes(b"x" * stored.stat().st_size)
    ran = desk.run("backup", "diff", first, same, *opened)
    assert (ran.code, "could not be compared" in ran.out) == (1, True)
    assert desk.run("backup", "log", "nobody").code == 1


def test_age_alone_gives_back_what_the_loadmaster_gave(appliance: Appliance) -> None:
    name = appliance.made().partition("/")[2]
    stored = appliance.desk.node(f"n1/mnt/nas/lm1/{name}.lm.age")
    words = ["age", "-d", "-i", appliance.identity, str(stored)]
    opened = subprocess.run(words, check=True, capture_output=True).stdout
    assert "base/parameters" in archive.unpack(opened)
