from __future__ import annotations

import ast
import hashlib
import json
import subprocess
import sys
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from holdfast.transport import bootstrap
from holdfast.transport.session import Endpoint, Local, ask, converse

if TYPE_CHECKING:
    from pathlib import Path

REQUEST = json.dumps({"protocol": 1, "inventory": "prg", "was": ["old"], "ops": []}).encode()

# An agent that says how it was called, where it lies and what it was asked.
ECHO = b"""\
import json, sys
print(json.dumps([sys.argv, json.load(sys.stdin)["inventory"]]))
"""
SHA256 = hashlib.sha256(ECHO).hexdigest()


def probe(root: Path) -> dict[str, object]:
    hello, *problems = ask(Endpoint("node", Local(root)), bootstrap.read(), REQUEST)
    assert problems == []
    return hello


def lines(root: Path, command: bootstrap.Command) -> list[list[object]]:
    return [json.loads(line) for line in converse(Endpoint("node", Local(root)), command, REQUEST)]


def test_a_bare_node_is_greeted_for(tmp_path: Path) -> None:
    hello = probe(tmp_path)
    assert hello["agent"] == "absent"
    assert hello["protocol"] == 1
    assert hello["python"] == ".".join(map(str, sys.version_info[:3]))
    assert hello["remains"] is False
    assert list(tmp_path.iterdir()) == []


def test_the_probe_tells_the_zone_of_the_node(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/localtime").symlink_to("/usr/share/zoneinfo/Asia/Tokyo")
    assert probe(tmp_path)["zone"] == "Asia/Tokyo"


@pytest.mark.parametrize(
    "left",
    ["etc/holdfast/prg", "etc/holdfast/old", "var/lib/holdfast/prg", "etc/cron.d/holdfast-prg"],
)
def test_what_an_earlier_agent_left_is_seen(tmp_path: Path, left: str) -> None:
    (tmp_path / left).mkdir(parents=True)
    assert probe(tmp_path)["remains"] is True


def test_what_another_inventory_left_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "etc/holdfast/other").mkdir(parents=True)
    assert probe(tmp_path)["remains"] is False


def test_an_installed_agent_answers_a_read(tmp_path: Path) -> None:
    agent = tmp_path / "opt/holdfast/holdfast-agent"
    agent.parent.mkdir(parents=True)
    agent.write_bytes(ECHO)
    agent.chmod(0o755)
    assert lines(tmp_path, bootstrap.read()) == [[[str(agent), "rpc"], "prg"]]


def test_an_agent_is_brought_and_then_answers(tmp_path: Path) -> None:
    agent = tmp_path / f"opt/holdfast/agents/{SHA256}.pyz"
    answer = [[[str(agent), "rpc"], "prg"]]
    assert lines(tmp_path, bootstrap.install(SHA256, ECHO)) == answer
    assert agent.read_bytes() == ECHO
    assert agent.stat().st_mode & 0o7777 == 0o755
    assert [path.name for path in agent.parent.iterdir()] == [agent.name]

    assert lines(tmp_path, bootstrap.apply(SHA256)) == answer


def test_an_agent_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    lines(tmp_path, bootstrap.install(SHA256, ECHO))
    agent = tmp_path / f"opt/holdfast/agents/{SHA256}.pyz"
    before = agent.stat()
    lines(tmp_path, bootstrap.install(SHA256, ECHO))
    assert agent.stat().st_ino == before.st_ino

    agent.write_bytes(b"damaged")
    lines(tmp_path, bootstrap.install(SHA256, ECHO))
    assert agent.read_bytes() == ECHO


def test_a_large_agent_leaves_the_request_to_be_read(tmp_path: Path) -> None:
    agent = ECHO + b"#" * 3_000_000
    sha256 = hashlib.sha256(agent).hexdigest()
    assert lines(tmp_path, bootstrap.install(sha256, agent))[0][1] == "prg"


@pytest.mark.parametrize(
    ("archive", "size", "words"),
    [
        (ECHO, len(ECHO) + 9, "the agent broke off with 9 bytes missing"),
        (ECHO[:-1] + b"!", len(ECHO), "the agent arrived damaged"),
    ],
)
def test_half_an_agent_is_never_kept(tmp_path: Path, archive: bytes, size: int, words: str) -> None:
    program, sha256, _ = bootstrap.install(SHA256, ECHO).arguments
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, sha256, str(size)],
        input=archive,
        env={"HOLDFAST_ROOT": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr.decode().strip()) == (1, words)
    assert list(tmp_path.iterdir()) == []


def test_carried_programs_are_python_3_9() -> None:
    for name in ("probe", "install"):
        source = resources.files("holdfast.transport.carried").joinpath(f"{name}.py").read_text()
        ast.parse(source, feature_version=(3, 9))


@pytest.mark.parametrize("command", [bootstrap.read(), bootstrap.install(SHA256, ECHO)])
def test_a_python_too_old_says_so(command: bootstrap.Command) -> None:
    program = command.arguments[0]
    # No such Python is at hand: this one claims to be it, and what stands before is its own.
    ast.parse(program, feature_version=(3, 4))
    older = f"import sys; sys.version_info = (3, 6, 8); sys.version = '3.6.8 (default)'\n{program}"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", older], capture_output=True, check=False, text=True
    )
    assert done.returncode == 1
    assert done.stderr == "python3 is 3.6.8; Holdfast needs 3.9 or newer\n"


def test_a_command_does_not_show_the_archive() -> None:
    assert "prologue" not in repr(bootstrap.install(SHA256, ECHO))
