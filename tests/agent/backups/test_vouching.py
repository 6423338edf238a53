"""What a node's runs leave is signed; what it lists it vouches for, or says that it does not."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent import keys
from agent.backups.test_manifest import BACKUP, made
from agent.desk import ID, Desk
from holdfast.agent import canonical
from holdfast.agent.backups import listing, manifest, signature, stock, vouching
from holdfast.agent.backups.listing import Backup
from holdfast.agent.failure import Malformed
from holdfast.agent.jobs import runs
from holdfast.agent.layout import Layout
from holdfast.agent.setup.survey import Survey

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a node whose agent made one backup."""
    desk = Desk(tmp_path).settle()
    assert desk.run("run", "prg", ID).returncode == 0
    return desk


def told(desk: Desk) -> dict[str, Any]:
    (line,) = [line for line in stock.answer(Survey(desk.layout)) if line["type"] == "backup"]
    return line


def file(desk: Desk) -> Path:
    (path,) = desk.disk.glob("*.json")
    return path


def rewrite(desk: Desk, **changes: object) -> None:
    document = {**json.loads(file(desk).read_text()), **changes}
    file(desk).write_text(canonical.dumps(document) + "\n")


def test_a_run_signs_what_it_made(desk: Desk) -> None:
    (document,) = desk.manifests()
    signature.check(document, {keys.settle(desk.layout)})
    assert (told(desk)["status"], told(desk)["fault"]) == ("ok", "")


def test_an_unsigned_backup_stays_and_is_called_so(desk: Desk) -> None:
    rewrite(desk, signature=None)
    assert told(desk)["status"] == "ok"
    assert told(desk)["fault"] == "unsigned: no node vouches for its manifest"
    document = json.loads(file(desk).read_text())
    del document["signature"]
    file(desk).write_text(json.dumps(document))  # as an earlier agent wrote it
    assert told(desk)["fault"] == "unsigned: no node vouches for its manifest"


def test_an_altered_one_is_lost(desk: Desk) -> None:
    rewrite(desk, sequence=99)
    assert told(desk)["status"] == "lost"
    assert told(desk)["fault"] == "altered: its manifest is not what was signed"


def test_a_strangers_is_told_by_its_key(desk: Desk) -> None:
    keys.settle(desk.layout, "another node")
    assert told(desk)["status"] == "ok"
    assert told(desk)["fault"].startswith("signed by a stranger: SHA256:")


def test_a_node_without_a_key_makes_its_backup_all_the_same_and_warns(tmp_path: Path) -> None:
    desk = Desk(tmp_path).settle()
    os.unlink(desk.layout.identity)
    assert desk.run("run", "prg", ID).returncode == 0
    (run,) = runs.read(desk.layout, ID)
    assert run.status == "warning"
    assert run.reason.startswith("unsigned, so restore will ask before it is used: ssh-keygen")
    assert told(desk)["fault"] == "unsigned: no node vouches for its manifest"


def sealed(layout: Layout, **changes: object) -> Backup:
    fixed = made(**changes)
    manifest, unsigned = signature.seal(layout, fixed)
    assert not unsigned
    return Backup(f"web01:2/{manifest.backup}", manifest, listing.OK)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Layout, Backup, Backup]:
    """Return a node and what it signed: a base and the incremental that needs it."""
    layout = Layout("prg", str(tmp_path))
    keys.settle(layout)
    base = sealed(layout)
    name = "weekly-20261128_033000"
    needing = {"backup": name, "kind": "incremental", "base": BACKUP, "file": name + ".zfs"}
    return layout, base, sealed(layout, **needing)


def test_an_incremental_is_no_better_than_its_base(pair: tuple[Layout, Backup, Backup]) -> None:
    layout, base, needing = pair
    assert [each.is_good for each in vouching.vouched(layout, (base, needing))] == [True, True]
    assert base.manifest is not None
    forged = base._replace(manifest=base.manifest._replace(sequence=1))
    first, second = vouching.vouched(layout, (forged, needing))
    assert (first.status, second.status) == ("lost", "lost")
    assert second.fault == (
        f"its base {BACKUP} is lost: altered: its manifest is not what was signed"
    )
    bare = base._replace(manifest=base.manifest._replace(signature=None))
    first, second = vouching.vouched(layout, (bare, needing))
    assert (first.status, first.vouched, second.status, second.vouched) == (
        "ok",
        False,
        "ok",
        False,
    )
    assert second.fault == f"its base {BACKUP} is unsigned: no node vouches for its manifest"


def test_a_base_of_another_disk_is_not_taken_for_it(pair: tuple[Layout, Backup, Backup]) -> None:
    layout, base, needing = pair
    assert base.manifest is not None
    bare = base._replace(name=f"web02:2/{BACKUP}", manifest=base.manifest._replace(signature=None))
    assert [each.is_good for each in vouching.vouched(layout, (base, needing, bare))] == [
        True,
        True,
        False,
    ]


def test_of_two_that_bear_one_name_each_is_judged_by_itself(
    pair: tuple[Layout, Backup, Backup],
) -> None:
    layout, base, _ = pair
    assert base.manifest is not None
    forged = base._replace(manifest=base.manifest._replace(sequence=1))
    for both in ((base, forged), (forged, base)):
        seen = vouching.vouched(layout, both)
        assert [each.is_good for each in seen] == [each is base for each in both]


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, str]:
    """Return where a signed manifest lies, what it holds, and who signed it."""
    root = tmp_path_factory.mktemp("node")
    layout = Layout("prg", str(root))
    key = keys.settle(layout)
    sealed, unsigned = signature.seal(layout, made(duration=0))
    assert unsigned == ""
    path = root / f"{BACKUP}.json"
    path.write_bytes(sealed.to_bytes())
    return path, sealed.to_bytes(), key


def trusted(signed: tuple[Path, bytes, str], content: bytes) -> bool:
    """Tell whether a manifest with that content would be read and trusted."""
    path, _, key = signed
    path.write_bytes(content)
    try:
        signature.check(manifest.load(str(path), BACKUP).to_document(), {key})
    except (Malformed, signature.Untrusted):
        return False
    return True


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_no_altered_byte_is_trusted(signed: tuple[Path, bytes, str], data: st.DataObject) -> None:
    content = signed[1]
    place = data.draw(st.integers(0, len(content) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != content[place]))
    assert not trusted(signed, content[:place] + bytes([byte]) + content[place + 1 :])
    assert not trusted(signed, content[:place] + content[place + 1 :])
    assert not trusted(signed, content[:place] + bytes([byte]) + content[place:])


def test_the_very_bytes_are_trusted_and_the_same_meaning_otherwise_written_is_not(
    signed: tuple[Path, bytes, str],
) -> None:
    content = signed[1]
    assert trusted(signed, content)
    assert not trusted(signed, content + b"\n")
    assert not trusted(signed, json.dumps(json.loads(content)).encode())
    assert not trusted(signed, content.replace(b'"sequence":17', b'"sequence":18,"sequence":17'))
    assert not trusted(signed, content.replace(b'{"agent"', b'{"a":1,"agent"'))
    assert not trusted(signed, content.replace(b'"aa"', b'"\\u0061a"'))
