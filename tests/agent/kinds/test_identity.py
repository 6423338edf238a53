"""The node's own key: made on the node, told by its public half alone, and never made over."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from agent.installed import KEY, Installed, attributes, change

if TYPE_CHECKING:
    from pathlib import Path

WANTED = {"key": None}


def file(node: Installed) -> Path:
    return node.root / "etc/holdfast/prg/identity"


def made(node: Installed) -> Any:
    return attributes(node.apply(change("identity", "", None, WANTED)), "identity")


def test_a_key_is_made_and_read_back(node: Installed) -> None:
    found = made(node)
    assert file(node).stat().st_mode & 0o777 == 0o600
    told = subprocess.run(
        ["ssh-keygen", "-y", "-f", str(file(node))], capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == [*found["key"].split(), "holdfast-prg"]
    (line,) = [line for line in node.ask({"op": "read"}) if line.get("kind") == "identity"]
    assert line["applied"] is True
    assert not list(file(node).parent.glob(".holdfast.*"))


def test_its_private_half_is_never_told(node: Installed) -> None:
    lines = node.ask(change("identity", "", None, WANTED), {"op": "read"})
    told = str(lines)
    assert not [line for line in file(node).read_text().split("\n")[1:-2] if line in told]


def test_a_key_that_is_there_stays_and_each_node_has_its_own(
    node: Installed, applied: Path, tmp_path: Path
) -> None:
    first = made(node)
    before = file(node).read_bytes()
    assert attributes(node.apply(change("identity", "", first, first)), "identity") == first
    assert file(node).read_bytes() == before
    shutil.copytree(applied, tmp_path / "other", symlinks=True)
    assert made(Installed(tmp_path / "other")) != first


def test_a_key_cannot_be_given_from_outside(node: Installed) -> None:
    (line,) = node.ask(change("identity", "", None, {"key": KEY}))
    assert (line["status"], line["attributes"]) == ("failed", None)
    assert "made on the node alone" in line["message"]


def test_an_exchanged_key_is_drift(node: Installed) -> None:
    first = made(node)
    file(node).unlink()
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file(node))], check=True
    )
    (line,) = [line for line in node.ask({"op": "read"}) if line.get("kind") == "identity"]
    assert line["attributes"] != first
    assert line["applied"] == first


@pytest.mark.parametrize("content", [b"", b"x", b"\xff", b"-----BEGIN OPENSSH PRIVATE KEY-----\n"])
def test_a_damaged_key_is_told_of_and_made_anew(node: Installed, content: bytes) -> None:
    made(node)
    file(node).write_bytes(content)
    found = attributes(node.ask({"op": "read"}), "identity")
    assert list(found) == ["damaged"]
    again = attributes(node.apply(change("identity", "", found, WANTED)), "identity")
    assert again["key"].startswith("ssh-ed25519 ")


def test_a_pipe_in_its_place_hangs_nobody(node: Installed) -> None:
    os.mkfifo(file(node))
    found = attributes(node.ask({"op": "read"}), "identity")
    assert found == {"damaged": "it is no regular file"}
    (line,) = node.ask({"op": "act", "act": "introduce"})
    assert line["message"].startswith("this node's own key is damaged: it is no regular file")
    again = attributes(node.apply(change("identity", "", found, WANTED)), "identity")
    assert again["key"].startswith("ssh-ed25519 ")


@pytest.mark.parametrize("options", [["-t", "ecdsa"], ["-t", "ed25519", "-N", "secret"]])
def test_a_key_of_another_kind_is_no_identity(node: Installed, options: list[str]) -> None:
    words = ["ssh-keygen", "-q", "-N", "", *options, "-f", str(file(node))]
    subprocess.run(words, check=True)
    assert list(attributes(node.ask({"op": "read"}), "identity")) == ["damaged"]


def test_a_key_that_others_can_read_is_a_problem(node: Installed) -> None:
    made(node)
    file(node).chmod(0o644)
    (line,) = [line for line in node.ask({"op": "read"}) if line["type"] == "problem"]
    assert "mode 644" in line["what"]


def test_what_a_killed_apply_left_is_swept(node: Installed) -> None:
    left = file(node).parent / ".holdfast.abc.tmp"
    left.mkdir()
    (left / "key").write_text("half")
    made(node)
    assert not left.exists()


def test_it_is_taken_away(node: Installed) -> None:
    before = made(node)
    assert attributes(node.apply(change("identity", "", before, None)), "identity") is None
    assert not file(node).exists()
