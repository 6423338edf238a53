"""A read identity that is of no use concerns its own node and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGbXcF1lC3Pf1m2mTg0xw7t4bH3l2s2gYc7o1yq0u9aB"
INVENTORY = f"""\
inventory: {{id: x}}
nodes:
  far:
    address: 127.0.0.1
    ssh: {{port: 1, host_key: "{HOST_KEY}", identity: env/NOT_SET, read_identity: env/READ_KEY}}
  near: {{transport: local, root: near, storages: {{s: {{path: /b}}}}}}
servers:
  web01: {{uuid: 6f1c2b3e-9d0a-4c55-8f42-0a1b2c3d4e5f, node: near, disks: {{1: {{image: /i}}}}}}
definitions:
- {{name: daily, sources: ["web01:1"], type: file, node: near, storage: s, encrypt_to: none,
   retention: 2, schedule: "0 2 * * *"}}
"""


def test_a_reading_key_that_is_none_is_named_and_hinders_no_other_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "inventory").mkdir()
    (tmp_path / "near").mkdir()
    (tmp_path / "inventory" / "x.yaml").write_text(INVENTORY, encoding="utf-8")
    monkeypatch.setenv("READ_KEY", "a canary, no key")
    assert run(["plan", "-i", str(tmp_path / "inventory")]) == 12
    shown = capsys.readouterr()
    assert "? unknown  node/far: env/READ_KEY" in shown.out
    assert "+ create   node/near/definition/daily@web01:1" in shown.out
    assert "canary" not in shown.out + shown.err
