"""The reading key in somebody's authorized_keys: ours changes, theirs stays byte for byte."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.installed import KEY
from holdfast.agent.failure import Failed
from holdfast.agent.layout import Layout
from holdfast.agent.setup import authorized, readerkey

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout("prg", str(tmp_path))


def put_there(layout: Layout, content: bytes) -> None:
    os.makedirs(os.path.dirname(authorized.path(layout)), exist_ok=True)
    with open(authorized.path(layout), "wb") as file:
        file.write(content)


def what_is_there(layout: Layout) -> bytes:
    with open(authorized.path(layout), "rb") as file:
        return file.read()


def test_the_key_may_only_read(layout: Layout) -> None:
    assert readerkey.find(layout) is None
    readerkey.put(layout, KEY, [])
    assert readerkey.find(layout) == {"key": KEY, "forwards": []}
    options = 'restrict,command="/opt/holdfast/holdfast-agent rpc --read-only"'
    line = f"{options} {KEY} holdfast-prg"
    text = f"# BEGIN holdfast-prg\n{line}\n# END holdfast-prg\n"
    assert what_is_there(layout) == text.encode()
    path = authorized.path(layout)
    assert os.stat(path).st_mode & 0o7777 == 0o600
    assert os.stat(os.path.dirname(path)).st_mode & 0o7777 == 0o700


def test_the_mode_stays(layout: Layout) -> None:
    put_there(layout, b"")
    os.chmod(authorized.path(layout), 0o640)
    readerkey.put(layout, KEY, [])
    assert os.stat(authorized.path(layout)).st_mode & 0o7777 == 0o640


def test_a_line_with_more_rights_is_told_whole(layout: Layout) -> None:
    readerkey.put(layout, KEY, [])
    edited = what_is_there(layout).replace(b"restrict,", b"")
    put_there(layout, edited)
    assert str((readerkey.find(layout) or {})["key"]).startswith('command="')


def test_half_a_block_is_left_alone(layout: Layout) -> None:
    half = b"ssh-rsa AAAA me\n# BEGIN holdfast-prg\n"
    put_there(layout, half)
    for step in (readerkey.find, readerkey.remove):
        with pytest.raises(Failed, match="authorized_keys: line 2"):
            step(layout)
    assert what_is_there(layout) == half


@given(st.binary(max_size=200).filter(lambda content: b"holdfast-" not in content))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_foreign_keys_stay(layout: Layout, content: bytes) -> None:
    put_there(layout, content)
    readerkey.put(layout, KEY, [])
    assert readerkey.find(layout) == {"key": KEY, "forwards": []}
    assert what_is_there(layout).endswith(content)
    readerkey.remove(layout)
    assert what_is_there(layout) == content


@pytest.mark.parametrize(
    "text",
    ["", KEY + " comment", "ssh-rsa", "ssh-rsa ", "ssh-dss AAAA", "ssh-rsa A\nB", 'ssh-rsa A"'],
)
def test_what_is_no_plain_key_is_refused(text: str) -> None:
    assert not authorized.is_key(text)
    assert authorized.is_key(KEY)


def test_a_jump_host_lets_the_key_through_to_what_is_behind_it_and_no_further(
    tmp_path: Path,
) -> None:
    layout = Layout("prg", str(tmp_path))
    places = ["10.0.0.7:22", "[fe80::1]:2222"]
    readerkey.put(layout, KEY, places)
    assert readerkey.find(layout) == {"key": KEY, "forwards": places}
    with open(authorized.path(layout), encoding="ascii") as file:
        line = file.read().splitlines()[1]
    assert line.startswith('restrict,command="/opt/holdfast/holdfast-agent rpc --read-only",')
    assert ',port-forwarding,permitopen="10.0.0.7:22",permitopen="[fe80::1]:2222" ' in line


@pytest.mark.parametrize("text", ["", "host", ":22", "host:", "a b:22", 'a":22', "a,b:22", "a:2x"])
def test_only_a_host_and_a_port_are_a_place(text: str) -> None:
    assert not readerkey.is_place(text)
    assert readerkey.is_place("10.0.0.7:22")
