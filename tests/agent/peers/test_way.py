"""How another node is reached: what is told of it is typed, and ssh reads nothing else."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING, Any

import pytest

from agent.installed import KEY
from holdfast.agent.failure import Malformed
from holdfast.agent.fields import Fields
from holdfast.agent.layout import Layout
from holdfast.agent.peers import known, way

if TYPE_CHECKING:
    from pathlib import Path

CN01: dict[str, Any] = {
    "me": "bkp01",
    "address": "cn01.example.net",
    "port": 2222,
    "user": "root",
    "host_key": KEY,
}


def typed(**changes: Any) -> known.Known:
    return known.from_fields("cn01", Fields({**CN01, **changes}, "known cn01"))


def test_ssh_reads_no_configuration_and_knows_one_key(tmp_path: Path) -> None:
    layout = Layout("prg", str(tmp_path / "a root"))
    words = way.to(layout, typed()).words
    assert words[:4] == ("ssh", "-F", "/dev/null", "-T")
    given = [word for before, word in itertools.pairwise(words) if before == "-o"]
    options = dict(word.split("=", 1) for word in given)
    assert options["BatchMode"] == options["StrictHostKeyChecking"] == "yes"
    assert options["IdentityFile"] == f'"{layout.identity}"'
    hosts = options["UserKnownHostsFile"].strip('"')
    with open(hosts, encoding="ascii") as file:
        assert file.read() == f"{options['HostKeyAlias']} {KEY}\n"
    assert words[-7:-1] == ("-p", "2222", "-l", "root", "--", "cn01.example.net")


def test_secrets_of_the_environment_stay_here(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", "/tmp/agent")
    assert set(way.to(Layout("prg", str(tmp_path)), typed()).environ) <= {"PATH", "LC_ALL"}
    assert "SSH_AUTH_SOCK" in os.environ


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "-oProxyCommand=id"},
        {"address": "a b"},
        {"address": ""},
        {"user": "-l"},
        {"port": 0},
        {"port": 70_000},
        {"host_key": f"{KEY} comment"},
        {"host_key": "ssh-ed25519\nother"},
        {"me": "../x"},
    ],
)
def test_what_could_be_an_option_or_a_line_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        typed(**changes)
