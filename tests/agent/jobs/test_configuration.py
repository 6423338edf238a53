"""Backups of a simulated LoadMaster, made as cron has them made: what is stored, and its proof."""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from agent.desk import Desk
from agent.jobs.pulling import OPENS, RECIPIENT, Pulling, opened
from holdfast.agent.acts import rebuilding
from holdfast.agent.acts.shelf import Found
from holdfast.agent.age import file as age
from holdfast.agent.age import header as headers
from holdfast.agent.backups import listing
from holdfast.lab.loadmaster import archive
from holdfast.lab.loadmaster.estate import Estate, Order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from holdfast.agent.archive.rebuilt import Rebuilt

pytestmark = pytest.mark.slow


@pytest.fixture
def pulling(tmp_path: Path) -> Iterator[Pulling]:
    with Estate(Order()) as estate:
        yield Pulling(Desk(tmp_path), estate.sites[0]).settle()


def rebuilt(pulling: Pulling, told: dict[str, Any]) -> Rebuilt:
    """Return what a backup gives back, as a restore on the node has it, with the keys of files."""
    place, folder = str(pulling.desk.nas), str(pulling.folder)
    keys = {}
    for path in pulling.folder.glob("*.lm*.age"):
        header, _ = headers.split([path.read_bytes()])
        keys[path.name] = age.unwrap(header, [OPENS])
    (backup,) = (b for b in listing.backups(place) if b.name == f"lm-1/{told['backup']}")
    assert backup.manifest is not None
    layout = pulling.desk.layout
    found = Found(layout, ("prg",), "nas", place, folder, backup, backup.manifest)
    return rebuilding.rebuilt(found, keys)


def test_a_backup_is_what_the_device_gave_and_tells_of_it(pulling: Pulling) -> None:
    run = pulling.run()
    assert (run.status, run.reason) == ("success", "")
    (told,) = pulling.manifests()
    assert run.backup == told["backup"]
    stem = told["backup"]
    assert pulling.names() == [f"{stem}.json", f"{stem}.lm.age", f"{stem}.parameters.json.age"]
    content = opened(pulling.folder / told["file"])
    assert "base/parameters" in archive.unpack(content)
    plain = gzip.decompress(content)
    assert told["content"] == {"sha256": hashlib.sha256(plain).hexdigest(), "size": len(plain)}
    device = told["loadmaster"]
    assert (device["name"], device["serial"]) == ("lm-1", pulling.device.serial)
    assert (device["hostname"], device["role"]) == ("lm-1", "HA not configured")
    assert device["firmware"] == pulling.device.firmware.text
    assert device["certificate"] == pulling.device.identity.sha256
    assert device["archive"]["pulled"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert set(device["archive"]["volatile"]) >= {"info/date", "info/uptime"}
    parameters = json.loads(opened(pulling.folder / f"{stem}.parameters.json.age"))
    assert parameters["parameters"]["hostname"] == "lm-1"
    assert set(parameters["parameters"]["backuppassword"]) == {"*"}
    assert b"".join(rebuilt(pulling, told).archive()) == content


def test_incrementals_hold_what_differs_and_rebuild_to_the_byte(pulling: Pulling) -> None:
    pulling.define(base_every=3)
    pulling.device.switches.padding = 300_000
    pulling.run()
    same = pulling.run()
    assert "nothing changed since" in same.reason
    assert "info/date" in same.reason
    with pulling.device.lock:
        pulling.device.configuration.set("snmpcommunity", "another-community")
    changed, anew = pulling.run(), pulling.run()
    assert (changed.status, changed.reason) == ("success", "")
    told = pulling.manifests()
    assert [m["kind"] for m in told] == ["full", "incremental", "incremental", "full"]
    assert [m["base"] for m in told] == [None, told[0]["backup"], told[0]["backup"], None]
    assert [m["loadmaster"]["archive"]["changed"] for m in told] == [None, False, True, None]
    assert told[1]["stored"]["size"] < 10_000 < told[0]["stored"]["size"]
    for one in told:
        found = rebuilt(pulling, one)
        assert hashlib.sha256(b"".join(found.tar())).hexdigest() == one["content"]["sha256"]
        assert found.prove() == len(b"".join(found.archive()))
    values = [archive.unpack(b"".join(rebuilt(pulling, m).archive())) for m in told]
    assert b"another-community" in values[2]["base/parameters"]
    assert b"another-community" not in values[1]["base/parameters"]
    assert anew.backup == told[3]["backup"]


def test_the_key_of_the_digests_stays_on_the_node_for_root_alone(pulling: Pulling) -> None:
    pulling.define(base_every=9)
    pulling.run()
    (told,) = pulling.manifests()
    (key,) = (pulling.desk.root / "var/lib/holdfast/prg/keys/nightly@lm-1").iterdir()
    assert (key.name, key.stat().st_mode & 0o777) == (told["backup"], 0o600)
    assert key.parent.stat().st_mode & 0o077 == 0
    for path in pulling.folder.iterdir():
        assert key.read_bytes() not in path.read_bytes()
    key.unlink()
    run = pulling.run()
    assert f"a new base was made, for {told['backup']} has no key" in run.reason
    assert [m["kind"] for m in pulling.manifests()] == ["full", "full"]


def test_bases_that_are_needed_stay_and_others_go_with_what_belongs_to_them(
    pulling: Pulling,
) -> None:
    pulling.define(base_every=2, retention={"last": 2})
    for _ in range(5):
        assert pulling.run().status == "success"
    told = pulling.manifests()
    assert [m["kind"] for m in told] == ["full", "incremental", "full"]
    assert len(pulling.names()) == 9


def test_a_replaced_appliance_begins_anew_and_takes_nothing_away(pulling: Pulling) -> None:
    pulling.define(base_every=5, retention={"last": 1})
    first = pulling.run()
    pulling.device.serial = "999"
    runs = [pulling.run(), pulling.run()]
    assert [run.status for run in runs] == ["success", "success"]
    told = pulling.manifests()
    assert [m["loadmaster"]["serial"] == "999" for m in told] == [False, True, True]
    assert [m["backup"] for m in told] == [first.backup, runs[0].backup, runs[1].backup]
    assert [m["base"] for m in told] == [None, None, runs[0].backup]


def test_certificates_are_kept_beside_the_configuration(pulling: Pulling) -> None:
    pulling.know(certificates=True)
    pulling.connector.secret("lm-1.certificates.passphrase", "Pass1234")
    assert pulling.run().status == "success"
    (told,) = pulling.manifests()
    part = told["loadmaster"]["parts"]["certificates"]
    content = opened(pulling.folder / part["file"])
    pulling.device.certificates.restore(content, "Pass1234", "full")
    assert part["content"]["sha256"] == hashlib.sha256(content).hexdigest()
    for path in pulling.desk.root.rglob("*"):
        if path.is_file() and path.name != "lm-1.certificates.passphrase":
            assert b"Pass1234" not in path.read_bytes()


def test_plain_files_are_kept_where_that_is_said(pulling: Pulling) -> None:
    pulling.define(encrypt_to=[], base_every=2)
    pulling.run()
    pulling.run()
    full, incremental = pulling.manifests()
    assert [m["file"].split(".", 1)[1] for m in (full, incremental)] == ["lm", "lmi.gz"]
    assert RECIPIENT not in json.dumps(full)
    b"".join(rebuilt(pulling, incremental).archive())


def test_each_unit_of_a_pair_tells_its_role(tmp_path: Path) -> None:
    with Estate(Order(count=0, pairs=1)) as estate:
        pulling = Pulling(Desk(tmp_path), estate.sites[0]).settle()
        pulling.run()
        estate.sites[0].device.pair.fail_over()  # type: ignore[union-attr]  # it is one of a pair
        pulling.run()
        roles = [m["loadmaster"]["role"] for m in pulling.manifests()]
    assert roles == ["Active", "Standby"]


def test_without_incrementals_nothing_is_kept_to_compare_with(pulling: Pulling) -> None:
    pulling.run()
    assert not (pulling.desk.root / "var/lib/holdfast/prg/keys").exists()
    (told,) = pulling.manifests()
    assert told["loadmaster"]["archive"]["digests"] == ""
    pulling.define(base_every=3)
    run = pulling.run()
    assert f"a new base was made, for {told['backup']} has nothing to compare with" in run.reason
    assert [m["kind"] for m in pulling.manifests()] == ["full", "full"]
    pulling.run()
    assert pulling.manifests()[-1]["kind"] == "incremental"
