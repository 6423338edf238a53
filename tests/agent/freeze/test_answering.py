"""Whether a guest runs: no disk is taken from under one that does, nor where nobody can tell."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from typing import TYPE_CHECKING

import pytest

from agent.desk import Desk
from agent.freeze.scripted import Guest
from holdfast.agent.definition import GuestAgent
from holdfast.agent.failure import Failed
from holdfast.agent.freeze import answering

if TYPE_CHECKING:
    from pathlib import Path

LIBVIRT = GuestAgent("libvirt", "web01")
SOCKET = GuestAgent("socket", "/tmp/vm.qga")
# As libvirt 9.0 words it.
NO_DOMAIN = "error: failed to get domain 'web01'"
NO_DAEMON = "error: failed to connect to the hypervisor"


def virsh(folder: Path, code: int, out: str, errors: str = "") -> None:
    """Put a `virsh` into the PATH that says what one asked for the state of a domain says."""
    program = folder / "virsh"
    lines = f"print({out!r}); print({errors!r}, file=sys.stderr); sys.exit({code})"
    wanted = ["--connect", "qemu:///system", "domstate", "--domain", "web01"]
    program.write_text(
        f"#!{sys.executable}\nimport sys\nassert sys.argv[1:] == {wanted}\n{lines}\n"
    )
    program.chmod(0o755)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((0, "running"), "the guest runs"),
        ((0, "paused"), "the guest runs"),
        ((0, "shut off"), ""),
        ((1, "", NO_DOMAIN), ""),
        ((1, "", NO_DAEMON), "virsh does not say whether web01 runs: error: failed to connect"),
    ],
)
def test_libvirt_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: tuple[int, str, str], words: str
) -> None:
    virsh(tmp_path, *answer)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    if not words:
        answering.refuse(Desk(tmp_path).layout, LIBVIRT)
        return
    with pytest.raises(Failed, match=words):
        answering.refuse(Desk(tmp_path).layout, LIBVIRT)


def test_where_there_is_no_libvirt_it_runs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    answering.refuse(Desk(tmp_path).layout, LIBVIRT)


@pytest.mark.parametrize("sync", ["", "silent"])
def test_a_socket_that_somebody_listens_at_is_a_guest_that_runs(tmp_path: Path, sync: str) -> None:
    layout = Desk(tmp_path).layout
    answering.refuse(layout, SOCKET)  # there is no such file
    with Guest(tmp_path / "tmp/vm.qga", sync=sync), pytest.raises(Failed, match="the guest runs"):
        answering.refuse(layout, SOCKET)
    answering.refuse(layout, SOCKET)  # the file is there, and nobody behind it


def test_a_socket_that_is_busy_is_a_guest_that_runs(tmp_path: Path) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as other:
        with contextlib.chdir(folder):  # an address is short, a path may be long
            server.bind("vm.qga")
            server.listen(0)
            other.connect("vm.qga")
        with pytest.raises(Failed, match="shut it down first"):
            answering.refuse(Desk(tmp_path).layout, SOCKET)
