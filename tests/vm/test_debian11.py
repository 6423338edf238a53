"""The agent on Python 3.9, the oldest that it promises to run on: backups there, and back."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.acts.counter import PLACE, restoring
from agent.installed import ID, STORAGE, change, promise
from agent.kinds import test_convergence as contract
from vm.oldnode import OldNode

if TYPE_CHECKING:
    from pathlib import Path

from agent.installed import Line

pytestmark = pytest.mark.vm

CONTENT = b"squares of numbers" * 30_000 + os.urandom(1_500_000)
IMAGE = PLACE.lstrip("/")
OPENED = {"gzip": "gzip -d", "bzip2": "bzip2 -d", "xz": "xz -d", "zstd": "zstd -d"}


@pytest.fixture
def node(tmp_path: Path) -> OldNode:
    """Return a node with the agent, an identity to sign with and a storage."""
    node = OldNode(tmp_path / "node").bring()
    node.apply(
        change("agent", "", None, node.here()),
        change("identity", "", None, {"key": None}),
        change("storage", "nas", None, STORAGE),
    )
    (node.root / "images").mkdir()
    (node.root / IMAGE).write_bytes(CONTENT)
    return node


def back_up(node: OldNode, **changes: object) -> str:
    """Make one backup; return its name."""
    node.apply(change("definition", ID, None, promise(**changes)))
    assert node.run(b"", "run", "prg", ID) == (0, [], "")
    (told,) = node.ask({"op": "backups"})
    assert told["status"] == "ok"
    return str(told["name"])


def act(node: OldNode, what: str, backup: str, **arguments: object) -> Line:
    op = {"op": "act", "act": what, "storage": "nas", "backup": backup, "arguments": arguments}
    return node.ask(op)[-1]


def test_it_is_that_python(node: OldNode) -> None:
    code, lines, said = node.run(node.request({"op": "read"}))
    assert (code, said) == (0, "")
    assert str(lines[0]["python"]).startswith("3.9.")


@pytest.mark.parametrize("kind", sorted(contract.KINDS.keys() - {"storage"}))
def test_each_kind_converges_there(node: OldNode, kind: str) -> None:
    contract.test_each_kind_converges(node, kind)


@pytest.mark.parametrize("compression", OPENED)
def test_a_backup_opens_with_the_programs_of_its_formats(
    node: OldNode, tmp_path: Path, compression: str
) -> None:
    key = tmp_path / "key"
    made = subprocess.run(["age-keygen", "-o", str(key)], capture_output=True, check=True)
    recipient = made.stderr.decode().split()[-1]
    backup = back_up(node, compression=compression, encrypt_to=[recipient])
    assert act(node, "verify", backup)["fault"] == ""
    (stored,) = (node.root / "mnt/nas/web01/disk2").glob("*.age")
    line = f"age -d -i {key} {stored} | {OPENED[compression]}"
    opened = subprocess.run(["sh", "-c", line], capture_output=True, check=True)
    assert opened.stdout == CONTENT


@pytest.mark.parametrize("compression", ["off", *OPENED])
def test_a_backup_is_restored(node: OldNode, compression: str) -> None:
    backup = back_up(node, compression=compression)
    (node.root / IMAGE).write_bytes(bytes(len(CONTENT)))
    told = act(node, "restore", backup, **restoring())
    assert told["type"] == "result", told
    assert (node.root / IMAGE).read_bytes() == CONTENT
