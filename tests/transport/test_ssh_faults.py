"""Hosts and lines that fail in the middle: always an error, never a short answer."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from holdfast.errors import Unexpected, Unreachable
from holdfast.transport import bootstrap
from holdfast.transport.bootstrap import Command
from holdfast.transport.identity import KeyText
from holdfast.transport.session import Endpoint, Ssh, Timeouts, ask, converse
from hosts.host import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.transport.answer import Message
    from hosts.fixtures import MakeHost
    from hosts.host import Host
    from hosts.keys import Pair

pytestmark = pytest.mark.hosts

REQUEST = json.dumps({"protocol": 1, "inventory": "prg", "was": [], "ops": []}).encode()


def place(host: Host, key: Pair) -> Ssh:
    return Ssh(host.address, host.host_key, identity=KeyText("env/KEY", key.private))


def endpoint(host: Host, key: Pair, idle: float = 5) -> Endpoint:
    return Endpoint(host.name, place(host, key), Timeouts(connect=1, idle=idle))


def read(host: Host, key: Pair, agent: str, idle: float = 5) -> list[Message]:
    """Return what an agent of these lines of Python answers after its greeting."""
    hello = json.dumps({"type": "hello", "protocol": 1})
    text = f"import os, sys, time\nprint({hello!r}, flush=True)\n{agent}\n"
    host.write("/opt/holdfast/holdfast-agent", text, 0o755)
    return list(ask(endpoint(host, key, idle), bootstrap.read(), REQUEST))


def test_noise_of_the_shell_is_quoted(host: Host, key: Pair) -> None:
    host.write("/root/.bashrc", "echo Have a lot of fun...\n")
    with pytest.raises(Unexpected, match=r"no agent speaks: 'Have a lot of fun\.\.\.' \(the shell"):
        list(ask(endpoint(host, key), bootstrap.read(), REQUEST))


def test_a_shell_that_leaves_is_not_an_empty_node(host: Host, key: Pair) -> None:
    host.write("/root/.bashrc", "exit 0\n")
    with pytest.raises(Unexpected, match="node: answered nothing"):
        list(ask(endpoint(host, key), bootstrap.read(), REQUEST))


def test_half_an_answer_is_an_error(host: Host, key: Pair) -> None:
    with pytest.raises(Unexpected, match="half an answer: it broke off after 1 lines"):
        read(host, key, "")


def test_an_agent_that_dies_is_quoted(host: Host, key: Pair) -> None:
    with pytest.raises(Unexpected, match=r"exit status 1; .* OSError: disk full"):
        read(host, key, "raise OSError('disk full')")


def test_an_agent_that_is_killed_is_an_error(host: Host, key: Pair) -> None:
    with pytest.raises(Unexpected, match="its agent was killed"):
        read(host, key, "os.kill(os.getpid(), 9)")


def test_much_noise_on_standard_error_stops_nothing(host: Host, key: Pair) -> None:
    script = "yes noise | head -c 5000000 >&2; cat"
    assert list(converse(endpoint(host, key), Command(script), b"whole")) == [b"whole"]


def test_a_host_without_python_is_told_how_to_get_it(host: Host, key: Pair) -> None:
    host.remove_python()
    sha256 = "0" * 64
    for command in (
        bootstrap.read(),
        bootstrap.apply(sha256),
        bootstrap.install(sha256, b"#" * 5_000_000),
    ):
        with pytest.raises(Unexpected, match="node: has no python3: install it"):
            list(ask(endpoint(host, key), command, REQUEST))


def test_a_read_only_key_without_an_agent_says_so(host: Host, reader: Pair) -> None:
    forced = 'restrict,command="/opt/holdfast/holdfast-agent rpc --read-only"'
    host.authorize(reader.public, forced)
    with pytest.raises(Unexpected, match=r"exit status 127; it said: .*holdfast-agent: No such"):
        list(ask(endpoint(host, reader), bootstrap.read(), REQUEST))


def test_an_agent_that_goes_silent_is_given_up(host: Host, key: Pair) -> None:
    with pytest.raises(Unreachable, match=r"no answer for 0\.3 s"):
        read(host, key, "time.sleep(60)", idle=0.3)


def test_an_agent_that_is_slow_but_alive_is_waited_for(host: Host, key: Pair) -> None:
    end = json.dumps({"type": "end", "count": 1})
    slow = f"for c in {end!r}: time.sleep(0.02); print(c, end='', flush=True)"
    assert len(read(host, key, slow, idle=0.4)) == 1


def cut_while(host: Host, running: Callable[[], object]) -> float:
    """Cut the cable while something runs, and return how long that took to be noticed."""
    host.cut()
    started = time.monotonic()
    with pytest.raises(Unreachable, match=r"no answer for|connection was lost"):
        running()
    return time.monotonic() - started


def test_a_cable_cut_in_mid_answer_is_noticed(host: Host, key: Pair) -> None:
    script = "echo one; while sleep 0.05; do echo more; done"
    running = converse(endpoint(host, key, idle=0.5), Command(script), b"")
    assert next(running) == b"one"
    assert cut_while(host, lambda: list(running)) < 3


@pytest.mark.parametrize("jumps", [0, 1])
def test_a_cable_cut_while_we_send_is_noticed(make_host: MakeHost, key: Pair, jumps: int) -> None:
    host = make_host("node")
    gate = make_host("gate") if jumps else host
    through = replace(place(host, key), jump=place(gate, key) if jumps else None)
    timeouts = Timeouts(connect=5, idle=0.7)
    script = "touch /tmp/started; exec sleep 60"
    running = converse(Endpoint("node", through, timeouts), Command(script), b"x" * 20_000_000)

    def cut() -> None:
        wait_until(host.path("/tmp/started").exists)
        gate.cut()

    cutter = threading.Thread(target=cut)
    cutter.start()
    started = time.monotonic()
    with pytest.raises(Unreachable, match=r"no answer for 0\.7 s"):
        list(running)
    assert time.monotonic() - started < 25
    cutter.join()


def test_a_host_that_is_cut_off_is_unreachable(host: Host, key: Pair) -> None:
    host.cut()
    with pytest.raises(Unreachable, match=r"no connection to root@.*: (timed out|No route)"):
        list(ask(endpoint(host, key), bootstrap.read(), REQUEST))
    host.mend()
    assert len(list(ask(endpoint(host, key), bootstrap.read(), REQUEST))) > 0


def test_a_server_that_dies_is_a_lost_connection(host: Host, key: Pair) -> None:
    script = "echo one; kill -9 $PPID; sleep 5"
    running = converse(endpoint(host, key), Command(script), b"")
    with pytest.raises(Unreachable, match="connection was lost"):
        list(running)
