"""Keys of peers and the reading key in one block: each kind changes its own lines, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.installed import KEY
from holdfast.agent.layout import Layout
from holdfast.agent.setup import authorized, peerkey, readerkey

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout("prg", str(tmp_path))
    readerkey.put(layout, KEY, [])
    peerkey.put(layout, "bkp01", KEY, ["10.0.0.7"])
    peerkey.put(layout, "bkp02", KEY, [])
    return layout


def test_each_is_let_in_to_its_own_door(layout: Layout) -> None:
    command = 'restrict,command="/opt/holdfast/holdfast-agent peer prg bkp01",from="10.0.0.7"'
    assert peerkey.of(layout, "bkp01") == (f"{command} {KEY} holdfast-prg",)
    assert peerkey.nodes(layout) == ("bkp01", "bkp02")
    assert readerkey.find(layout) == {"key": KEY, "forwards": []}


def test_a_change_of_one_leaves_the_others(layout: Layout) -> None:
    peers = peerkey.lines(layout)
    readerkey.put(layout, "ssh-rsa AAAA", [])
    assert peerkey.lines(layout) == peers
    readerkey.remove(layout)
    assert authorized.find(layout) == peers
    peerkey.remove(layout, "bkp01")
    assert authorized.find(layout) == peers[1:]
    peerkey.remove(layout, "bkp02")
    with open(authorized.path(layout), encoding="ascii") as file:
        assert file.read() == ""


def test_a_name_that_begins_like_another_is_another(layout: Layout) -> None:
    peerkey.put(layout, "bkp0", KEY, [])
    peerkey.remove(layout, "bkp0")
    assert peerkey.nodes(layout) == ("bkp01", "bkp02")


def test_a_line_without_its_command_is_a_stranger_of_the_readers(layout: Layout) -> None:
    with open(authorized.path(layout), encoding="ascii") as file:
        text = file.read()
    with open(authorized.path(layout), "w", encoding="ascii") as file:
        file.write(text.replace('command="/opt/holdfast/holdfast-agent peer prg bkp02"', "pty"))
    assert peerkey.of(layout, "bkp02") == ()
    assert "restrict,pty" in str((readerkey.find(layout) or {})["key"])


@pytest.mark.parametrize("text", ["", "host", '10.0.0.7"', "10.0.0.7,::1", "10.0.0.7 "])
def test_only_a_number_is_an_address(text: str) -> None:
    assert not peerkey.is_address(text)
    assert peerkey.is_address("10.0.0.0/8")
    assert peerkey.is_address("fe80::1")
