"""A guest agent behind libvirt: asked through a `virsh` that a test lets say what virsh says."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from holdfast.agent.freeze import guest
from holdfast.agent.freeze.guest import FREEZE, THAW, Limits, NotFrozen, Stuck
from holdfast.agent.freeze.virsh import Virsh

if TYPE_CHECKING:
    from pathlib import Path

QUICK = Limits(reach=1, freeze=1, thaw=1)
PING = "guest-ping"
PROGRAM = f"""#!{sys.executable}
import json, os, sys
folder = os.path.dirname(__file__)
asked = json.loads(sys.argv[-1])["execute"]
with open(folder + "/asked", "a") as file:
    file.write(json.dumps(sys.argv[1:]) + "\\n")
code, out, errors = json.load(open(folder + "/script")).get(asked, [0, '{{"return": 2}}', ""])
print(out)
print(errors, file=sys.stderr)
sys.exit(code)
"""
# As libvirt 9.0 words them.
ABSENT = "error: Guest agent is not responding: QEMU guest agent is not connected"
REFUSED = f"error: internal error: unable to execute QEMU agent command '{FREEZE}': not today"
SILENT = "error: Guest agent is not responding: Guest agent not available for now"
NO_DOMAIN = "error: failed to get domain 'web01'"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "virsh"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    return tmp_path


def says(place: Path, **answers: tuple[int, str, str]) -> None:
    script = {f"guest-{name.replace('_', '-')}": answer for name, answer in answers.items()}
    (place / "script").write_text(json.dumps(script))


def asked(place: Path) -> list[str]:
    lines = (place / "asked").read_text().splitlines()
    return [json.loads(json.loads(line)[-1])["execute"] for line in lines]


def test_a_domain_is_pinged_frozen_and_thawed(place: Path) -> None:
    says(place)
    guest.freeze(Virsh("web01"), QUICK)
    guest.thaw(Virsh("web01"), QUICK)
    assert asked(place) == [PING, FREEZE, PING, THAW]
    first = json.loads((place / "asked").read_text().splitlines()[1])
    assert first[:-1] == [
        *("--connect", "qemu:///system", "qemu-agent-command"),
        *("--timeout", "1", "--domain", "web01", "--cmd"),
    ]


@pytest.mark.parametrize("said", [ABSENT, NO_DOMAIN])
def test_one_that_is_not_there_is_not_asked_to_freeze(place: Path, said: str) -> None:
    says(place, ping=(1, "", said))
    with pytest.raises(NotFrozen, match=said.split(": ")[1]):
        guest.freeze(Virsh("web01"), QUICK)
    assert asked(place) == [PING]


def test_a_refusal_needs_no_thaw(place: Path) -> None:
    says(place, fsfreeze_freeze=(1, "", REFUSED))
    with pytest.raises(NotFrozen, match="not today"):
        guest.freeze(Virsh("web01"), QUICK)
    assert THAW not in asked(place)


@pytest.mark.parametrize("answer", [(1, "", SILENT), (0, "nonsense", ""), (0, '{"return": 0}', "")])
def test_what_may_be_frozen_is_thawed(place: Path, answer: tuple[int, str, str]) -> None:
    says(place, fsfreeze_freeze=answer)
    with pytest.raises(NotFrozen):
        guest.freeze(Virsh("web01"), QUICK)
    assert asked(place)[-1] == THAW


def test_one_that_cannot_be_thawed_is_stuck(place: Path) -> None:
    says(place, fsfreeze_thaw=(1, "", SILENT))
    guest.freeze(Virsh("web01"), QUICK)
    with pytest.raises(Stuck, match="Guest agent not available for now"):
        guest.thaw(Virsh("web01"), QUICK)


def test_a_node_without_virsh_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotFrozen, match="install libvirt-clients"):
        guest.freeze(Virsh("web01"), QUICK)
