"""Whole conversations over real ssh."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from holdfast.transport import archive, bootstrap
from holdfast.transport.bootstrap import Command
from holdfast.transport.identity import KeyText
from holdfast.transport.session import Endpoint, Ssh, ask, converse
from threads import none_left

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hosts.fixtures import MakeHost
    from hosts.host import Host
    from hosts.keys import Pair

pytestmark = pytest.mark.hosts

REQUEST = json.dumps({"protocol": 1, "inventory": "prg", "was": [], "ops": []}).encode()
AGENT = """\
#!/usr/bin/python3
import json, sys
request = json.load(sys.stdin)
print(json.dumps({"type": "hello", "protocol": 1, "agent": "fake", "argv": sys.argv[1:]}))
print(json.dumps({"type": "end", "count": 1}))
"""
HELLO = {"type": "hello", "protocol": 1, "agent": "fake", "argv": ["rpc"]}


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    with none_left():
        yield


def endpoint(host: Host, key: Pair) -> Endpoint:
    identity = KeyText("env/KEY", key.private)
    return Endpoint(host.name, Ssh(host.address, host.host_key, identity=identity))


def install(host: Host, agent: str = AGENT) -> None:
    host.write("/opt/holdfast/holdfast-agent", agent, 0o755)


def test_a_bare_host_is_probed(host: Host, key: Pair) -> None:
    host.set_zone("Europe/Prague")
    host.start_cron()
    (hello,) = ask(endpoint(host, key), bootstrap.read(), REQUEST)
    assert (hello["agent"], hello["zone"], hello["remains"]) == ("absent", "Europe/Prague", False)

    host.path("/etc/holdfast/prg").mkdir()
    (hello,) = ask(endpoint(host, key), bootstrap.read(), REQUEST)
    assert hello["remains"] is True


def test_an_installed_agent_answers(host: Host, key: Pair) -> None:
    install(host)
    assert list(ask(endpoint(host, key), bootstrap.read(), REQUEST)) == [HELLO]


def test_an_agent_is_brought_and_answers(host: Host, key: Pair) -> None:
    agent = AGENT.encode() + b"#" * 600_000
    sha256 = hashlib.sha256(agent).hexdigest()
    for command in (bootstrap.install(sha256, agent), bootstrap.apply(sha256)):
        assert list(ask(endpoint(host, key), command, REQUEST)) == [HELLO]
    assert host.path(f"/opt/holdfast/agents/{sha256}.pyz").read_bytes() == agent


def test_large_requests_and_answers_pass(host: Host, key: Pair) -> None:
    request = b"x" * 9_999 + b"\n"
    answer = list(converse(endpoint(host, key), Command("exec cat"), request * 600))
    assert answer == [request[:-1]] * 600


def test_a_read_only_key_has_its_own_command_answer(host: Host, reader: Pair) -> None:
    install(host)
    forced = 'restrict,command="/opt/holdfast/holdfast-agent rpc --read-only"'
    host.authorize(reader.public, forced)
    for command in (bootstrap.read(), bootstrap.apply("0" * 64)):
        (hello,) = ask(endpoint(host, reader), command, REQUEST)
        assert hello["argv"] == ["rpc", "--read-only"]


def test_the_real_agent_is_brought_and_answers_a_read(host: Host, key: Pair) -> None:
    agent = archive.build()
    read = json.loads(REQUEST) | {"ops": [{"op": "read"}]}
    for command in (
        bootstrap.install(agent.sha256, agent.content),
        bootstrap.apply(agent.sha256),
    ):
        hello, *_ = ask(endpoint(host, key), command, json.dumps(read).encode())
        assert hello["agent"] == agent.sha256


def test_sixteen_at_once(make_host: MakeHost, key: Pair) -> None:
    hosts = [make_host(f"node{number}") for number in range(4)]
    for host in hosts:
        install(host)
    with ThreadPoolExecutor(16) as pool:
        answers = list(
            pool.map(
                lambda host: list(ask(endpoint(host, key), bootstrap.read(), REQUEST)), hosts * 4
            )
        )
    assert answers == [[HELLO]] * 16


def test_a_newcomer_that_a_busy_host_turns_away_comes_again(host: Host, key: Pair) -> None:
    host.start_sshd(host.host_pair, "1:100:1")
    with ThreadPoolExecutor(4) as pool:
        command = Command("exec cat")
        jobs = [
            pool.submit(lambda: list(converse(endpoint(host, key), command, b"x"))) for _ in "123"
        ]
        assert [job.result() for job in jobs] == [[b"x"]] * 3
    assert "past MaxStartups" in host.sshd_log()


def test_closing_in_the_middle_hangs_up(host: Host, key: Pair) -> None:
    running = converse(endpoint(host, key), Command("echo one; exec cat /dev/zero"), b"")
    assert next(running) == b"one"
    running.close()


def test_nothing_of_this_machine_has_a_say(
    host: Host, key: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/config").write_text(f"Host {host.address}\n  Port 1\n  User nobody\n")
    (tmp_path / ".ssh/known_hosts").write_text(f"{host.address} {key.public}\n")
    (tmp_path / ".fabric.yml").write_text("port: 1\nuser: nobody\n")
    assert list(converse(endpoint(host, key), Command("whoami"), b"")) == [b"root"]


def test_no_key_is_seen_from_outside(host: Host, key: Pair) -> None:
    running = converse(endpoint(host, key), Command("echo one; read line"), b"")
    next(running)
    secret = key.private.splitlines()[2].encode()
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        if process.exists():
            assert secret not in process.read_bytes()
    assert secret.decode() not in "".join(host.processes())
    running.close()
