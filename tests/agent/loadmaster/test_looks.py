"""Looks at many devices: no one keeps another waiting, and what cannot be seen says why."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from holdfast.agent.failure import Malformed
from holdfast.agent.layout import Layout
from holdfast.agent.loadmaster.errors import TimedOut, Unauthorized
from holdfast.agent.loadmaster.look import Look
from holdfast.agent.loadmaster.looks import AT_ONCE, looks

if TYPE_CHECKING:
    from pathlib import Path

SEEN = Look({"enable": False}, {"type": "device", "name": "x"})


def test_each_device_is_told_of_once_whatever_becomes_of_the_others(tmp_path: Path) -> None:
    def one(_layout: Layout, name: str) -> Look:
        if name == "late":
            raise TimedOut(name, "did not answer")
        if name == "closed":
            raise Unauthorized(name, "rejects the login", "who are you?")
        if name == "odd":
            raise Malformed("the device says 'x' of `backupday`")
        return SEEN

    names = ["good", "late", "closed", "odd"]
    found = dict(looks(Layout("x", str(tmp_path)), names, one=one))
    assert found["good"] is SEEN
    assert {name: line["status"] for name, line in found.items() if isinstance(line, dict)} == {
        "late": "timeout",
        "closed": "unauthorized",
        "odd": "failed",
    }
    closed = found["closed"]
    assert isinstance(closed, dict)
    message = str(closed["message"])
    assert message.startswith("rejects the login (it says: who are you?); ")


def test_a_device_that_hangs_is_left_behind(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    hang = threading.Event()
    request.addfinalizer(hang.set)

    def one(_layout: Layout, name: str) -> Look:
        if name.startswith("hangs"):
            hang.wait(60)
        return SEEN

    names = ["good", *(f"hangs{number}" for number in range(AT_ONCE + 5))]
    found = dict(looks(Layout("x", str(tmp_path)), names, budget=0.5, one=one))
    assert found.keys() == set(names)
    assert found["good"] is SEEN
    late = [line for line in found.values() if isinstance(line, dict)]
    assert [line["status"] for line in late] == ["timeout"] * (AT_ONCE + 5)


def test_a_bug_is_not_taken_for_a_device_that_is_silent(tmp_path: Path) -> None:
    def one(_layout: Layout, name: str) -> Look:
        raise KeyError(name)

    with pytest.raises(KeyError):
        list(looks(Layout("x", str(tmp_path)), ["a"], one=one))
