"""Who is let in, and whom we trust."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from holdfast.errors import SecretError, Unauthorized, Unreachable
from holdfast.transport.bootstrap import Command
from holdfast.transport.identity import KeyAgent, KeyFile, KeyText
from holdfast.transport.session import Endpoint, Ssh, Timeouts, converse
from hosts.keys import Pair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hosts.fixtures import MakeHost
    from hosts.host import Host

pytestmark = pytest.mark.hosts


def place(host: Host, key: Pair) -> Ssh:
    return Ssh(host.address, host.host_key, identity=KeyText("env/KEY", key.private))


def hail(place: Ssh) -> list[bytes]:
    """Return the host's name, as it says itself."""
    timeouts = Timeouts(connect=2, idle=5)
    return list(converse(Endpoint("node", place, timeouts), Command("hostname"), b""))


def fingerprint(public: str) -> str:
    done = subprocess.run(
        ["ssh-keygen", "-lf", "-"], input=public, capture_output=True, text=True, check=True
    )
    return done.stdout.split()[1]


@pytest.mark.parametrize("kind", [Pair.ed25519, Pair.ecdsa, Pair.rsa])
def test_a_pinned_host_key_of_each_kind_is_trusted(
    make_host: MakeHost, key: Pair, kind: Callable[[], Pair]
) -> None:
    host = make_host("sure", kind())
    assert hail(place(host, key)) == [b"sure"]


@pytest.mark.parametrize("kind", [Pair.ed25519, Pair.ecdsa, Pair.rsa])
def test_another_host_key_is_refused_with_both_fingerprints(
    host: Host, key: Pair, kind: Callable[[], Pair]
) -> None:
    pinned = kind().public
    with pytest.raises(Unauthorized) as caught:
        hail(replace(place(host, key), host_key=pinned))
    assert str(caught.value) == (
        f"node: root@{host.address}:22 offers the host key {fingerprint(host.host_key)},"
        f" but pinned is {fingerprint(pinned)}: not trusted, nothing was sent"
    )
    assert "Accepted" not in host.sshd_log()


@pytest.mark.parametrize("pinned", ["", "ssh-ed25519", "ssh-ed25519 !", "ssh-new AAAA", "a b c"])
def test_a_pin_that_is_no_key_trusts_nobody(host: Host, key: Pair, pinned: str) -> None:
    with pytest.raises(Unauthorized, match="is no public key"):
        hail(replace(place(host, key), host_key=pinned))


def test_a_key_from_a_file_opens(host: Host, key: Pair, tmp_path: Path) -> None:
    (tmp_path / "id").write_text(key.private)
    assert hail(replace(place(host, key), identity=KeyFile(f"{tmp_path}/id"))) == [b"node"]


@pytest.mark.parametrize("kind", [Pair.ecdsa, Pair.rsa])
def test_a_login_key_of_each_kind_opens(host: Host, kind: Callable[[], Pair]) -> None:
    pair = kind()
    host.authorize(pair.public)
    assert hail(place(host, pair)) == [b"node"]


def test_a_key_that_the_host_does_not_know_is_refused(host: Host) -> None:
    stranger = Pair.ed25519()
    with pytest.raises(Unauthorized) as caught:
        hail(place(host, stranger))
    assert str(caught.value) == (
        f"node: root@{host.address}:22 refuses the key {fingerprint(stranger.public)}:"
        " Authentication failed."
    )


def test_a_key_that_cannot_be_read_is_not_offered(host: Host) -> None:
    with pytest.raises(SecretError, match="has a passphrase"):
        hail(place(host, Pair.ed25519("secret")))
    assert host.sshd_log().count("Connection from") == 0


@contextmanager
def ssh_agent(folder: Path, *pairs: Pair) -> Iterator[str]:
    """Yield the socket of a real ssh-agent that holds keys."""
    path = f"{folder}/agent"
    with subprocess.Popen(["ssh-agent", "-D", "-a", path], stdout=subprocess.PIPE) as agent:
        try:
            assert agent.stdout is not None
            agent.stdout.readline()
            for pair in pairs:
                command = ["ssh-add", "-q", "-"]
                environment = {**os.environ, "SSH_AUTH_SOCK": path}
                subprocess.run(command, input=pair.private.encode(), env=environment, check=True)
            yield path
        finally:
            agent.terminate()


def test_the_ssh_agent_opens_when_it_is_asked_for(
    host: Host, key: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ssh_agent(tmp_path, Pair.ed25519(), key) as socket:
        monkeypatch.setenv("SSH_AUTH_SOCK", socket)
        assert hail(replace(place(host, key), identity=KeyAgent())) == [b"node"]
        with pytest.raises(Unauthorized, match="refuses the key SHA256"):
            hail(place(host, Pair.ed25519()))


def test_an_ssh_agent_that_does_not_open_is_named(
    host: Host, key: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = replace(place(host, key), identity=KeyAgent())
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with pytest.raises(Unauthorized, match="refuses the keys of the ssh-agent: No authentication"):
        hail(asked)
    strangers = [Pair.ed25519() for _ in range(8)]
    with ssh_agent(tmp_path, *strangers) as socket:
        monkeypatch.setenv("SSH_AUTH_SOCK", socket)
        with pytest.raises(Unauthorized, match="refuses the keys of the ssh-agent"):
            hail(asked)


def behind(jump: Host, target: Host, key: Pair) -> Ssh:
    return replace(place(target, key), jump=place(jump, key))


def test_a_node_is_reached_through_a_jump_host(make_host: MakeHost, key: Pair) -> None:
    jump, target = make_host("jump"), make_host("target")
    assert hail(behind(jump, target, key)) == [b"target"]
    assert f"Connection from {jump.address}" in target.sshd_log()
    assert f"Connection from {jump.address}" not in jump.sshd_log()


def test_two_jumps_are_one_after_the_other(make_host: MakeHost, key: Pair) -> None:
    first, second, target = (make_host(name) for name in ("first", "second", "target"))
    route = replace(place(target, key), jump=behind(first, second, key))
    assert hail(route) == [b"target"]
    assert f"Connection from {first.address}" in second.sshd_log()
    assert f"Connection from {second.address}" in target.sshd_log()


def test_both_host_keys_of_a_jump_are_checked(make_host: MakeHost, key: Pair) -> None:
    jump, target = make_host("jump"), make_host("target")
    other = Pair.ed25519().public
    false_jump = replace(place(jump, key), host_key=other)
    with pytest.raises(Unauthorized, match=f"jump host root@{jump.address}:22 offers the host key"):
        hail(replace(place(target, key), jump=false_jump))
    with pytest.raises(Unauthorized, match=f"node: root@{target.address}:22 offers the host key"):
        hail(replace(behind(jump, target, key), host_key=other))


def test_a_node_that_its_jump_host_cannot_reach_is_unreachable(
    make_host: MakeHost, key: Pair
) -> None:
    jump, target = make_host("jump"), make_host("target")
    with pytest.raises(Unreachable, match=r"no connection to root@.*:1: Connect failed"):
        hail(replace(behind(jump, target, key), port=1))


def test_a_port_where_nobody_listens_is_unreachable(host: Host, key: Pair) -> None:
    with pytest.raises(Unreachable, match=r"no connection to root@.*:1: Connection refused"):
        hail(replace(place(host, key), port=1))


def test_a_name_that_does_not_exist_is_unreachable(host: Host, key: Pair) -> None:
    with pytest.raises(Unreachable, match=r"no connection to root@no-such\.invalid:22: "):
        hail(replace(place(host, key), address="no-such.invalid"))
