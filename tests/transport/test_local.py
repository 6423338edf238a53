from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from holdfast.errors import Unexpected, Unreachable
from holdfast.transport.bootstrap import Command
from holdfast.transport.session import Endpoint, Local, Timeouts, converse


def run(root: Path, script: str, request: bytes = b"", idle: float = 5) -> list[bytes]:
    endpoint = Endpoint("node", Local(root), Timeouts(idle=idle))
    return list(converse(endpoint, Command(script), request))


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    request = b"x" * 3_000_000 + b"\n" + b"y" * 100
    assert run(tmp_path, "cat", request) == request.split(b"\n")


def test_the_prologue_goes_before_the_request(tmp_path: Path) -> None:
    command = Command("cat", prologue=b"first ")
    assert list(converse(Endpoint("node", Local(tmp_path)), command, b"last")) == [b"first last"]


def test_lines_come_as_they_are_written(tmp_path: Path) -> None:
    command = Command("echo one; read word; echo two")
    running = converse(Endpoint("node", Local(tmp_path)), command, b"go\n")
    assert next(running) == b"one"
    assert list(running) == [b"two"]


def test_a_node_sees_its_root_and_nothing_of_our_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOLDFAST_SSH_KEY", "canary")
    monkeypatch.chdir(tmp_path)
    assert set(run(Path(), "exec env")) == {
        b"HOLDFAST_ROOT=" + os.fsencode(tmp_path.resolve()),
        b"PATH=/bin:/usr/bin",
        b"LC_ALL=C",
        b"PWD=" + os.fsencode(tmp_path),
    }


def test_a_root_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"there is no directory .*/none"):
        run(tmp_path / "none", "true")


def test_a_bad_end_is_told_with_the_last_words(tmp_path: Path) -> None:
    with pytest.raises(Unexpected, match="exit status 3; it said: boom"):
        run(tmp_path, "echo boom >&2; exit 3")


def test_a_command_that_reads_nothing_still_says_why(tmp_path: Path) -> None:
    with pytest.raises(Unexpected, match="exit status 3; it said: no room"):
        run(tmp_path, "exec <&-; echo no room >&2; exit 3", b"x" * 1_000_000)


def test_much_on_standard_error_stops_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, "yes noise | head -c 1000000 >&2; echo done") == [b"done"]


def test_silence_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(Unreachable, match=r"no answer for 0\.2 s"):
        run(tmp_path, "exec sleep 30", idle=0.2)
    assert time.monotonic() - started < 25


def test_a_command_that_closes_its_output_and_stays_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"did not end in 0\.2 s"):
        run(tmp_path, "exec >&- 2>&- <&-; exec sleep 30", idle=0.2)


def test_closing_ends_the_command(tmp_path: Path) -> None:
    command = Command("echo $$; exec sleep 30")
    running = converse(Endpoint("node", Local(tmp_path)), command, b"")
    pid = int(next(running))
    running.close()
    assert not Path(f"/proc/{pid}").exists()


def test_an_interrupt_here_does_not_reach_the_node(tmp_path: Path) -> None:
    command = Command("echo $$; read word; echo $word")
    running = converse(Endpoint("node", Local(tmp_path)), command, b"unharmed\n")
    pid = int(next(running))
    assert os.getpgid(pid) != os.getpgid(0)
    assert os.getsid(pid) != os.getsid(0)
    assert list(running) == [b"unharmed"]


def test_a_killed_command_is_not_a_short_answer(tmp_path: Path) -> None:
    with pytest.raises(Unexpected, match="its agent was killed"):
        run(tmp_path, f"echo one; kill -{signal.SIGKILL} $$")


def test_a_local_node_does_not_cost_the_import_of_ssh() -> None:
    program = (
        "import sys; from holdfast.transport import bootstrap, session; bootstrap.read();"
        "print(sorted({'fabric', 'paramiko', 'cryptography'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
