"""A real guest agent: its file systems stand still for the snapshot, and never longer."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.desk import ID
from agent.freeze.midst import frozen
from agent.queueing import wait
from agent.xfs import reflinking
from vm.guest import Guest, is_clean, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.vm

# Kills the agent, which does not come back, and in the end does what nobody else can do any more.
DIES = """\
pid=$(pidof qemu-ga); mkdir -p /run/systemd/system/qemu-guest-agent.service.d
printf '[Service]\\nRestart=no\\n' >/run/systemd/system/qemu-guest-agent.service.d/once.conf
systemctl daemon-reload; echo ready; read -r go; kill -9 $pid; echo dead
read -r go; fsfreeze -u /data; fsfreeze -u /; systemctl restart qemu-guest-agent
"""


@pytest.fixture(scope="module")
def guest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    with reflinking(tmp_path_factory.mktemp("guest")) as folder, running(folder) as guest:
        yield guest


def newest(guest: Guest) -> Path:
    return guest.desk.disk / str(guest.desk.manifests()[-1]["file"])


def test_a_frozen_file_system_is_still_in_the_backup_and_another_is_not(guest: Guest) -> None:
    assert guest.back_up("off").status == "success"
    assert not is_clean(newest(guest))
    made = guest.back_up("required")
    assert (made.status, made.reason) == ("success", "")
    assert guest.desk.manifests()[-1]["freeze"] == "frozen"
    assert is_clean(newest(guest))
    subprocess.run(["e2fsck", "-fn", str(newest(guest))], capture_output=True, check=True)
    assert guest.status() == "thawed"
    assert guest.goes_on()


def test_an_agent_that_does_not_answer_fails_what_requires_it(guest: Guest) -> None:
    guest.machine.run("systemctl kill -s STOP qemu-guest-agent")
    try:
        refused = guest.back_up("required")
        assert refused.status == "failed"
        assert "does not answer" in refused.reason
        made = guest.back_up("best-effort")
        assert made.status == "success"
        assert guest.desk.manifests()[-1]["freeze"] == "failed"
    finally:
        guest.machine.run("systemctl kill -s CONT qemu-guest-agent")
    # It answers late, to nobody; what it is asked next it does.
    assert guest.status() == "thawed"
    assert guest.back_up("required").status == "success"
    assert is_clean(newest(guest))


def test_a_run_that_is_killed_leaves_the_guest_thawed(guest: Guest) -> None:
    guest.define("required")
    with frozen(guest.desk, ID) as process:
        assert guest.status() == "frozen"
        process.kill()
        process.wait()
    wait(lambda: guest.status() == "thawed")
    assert guest.goes_on()


def test_a_guest_stays_frozen_no_longer_than_the_guard_lets_it(guest: Guest) -> None:
    guest.define("required")
    with frozen(guest.desk, ID) as process:
        assert guest.status() == "frozen"
        wait(lambda: guest.status() == "thawed")
        _, said = process.communicate("go on\n", timeout=60)
    assert process.returncode == 1
    assert "it was thawed after 30 s, before the snapshot was there" in said
    assert guest.goes_on()


def test_an_agent_that_dies_frozen_is_told_of_loudly(guest: Guest) -> None:
    with subprocess.Popen(
        guest.machine.ssh(DIES), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as inside:
        assert inside.stdin is not None
        assert inside.stdout is not None
        assert inside.stdout.readline() == "ready\n"
        guest.define("best-effort")
        with frozen(guest.desk, ID) as process:
            print("die", file=inside.stdin, flush=True)
            assert inside.stdout.readline() == "dead\n"
            _, said = process.communicate("go on\n", timeout=120)
        print("mend", file=inside.stdin, flush=True)
        inside.stdin.close()
    assert process.returncode == 1
    assert "the guest may still be frozen" in said
    assert guest.goes_on()
