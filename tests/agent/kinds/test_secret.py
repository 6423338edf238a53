"""Secrets: only root reads them, and only a keyed digest of the asker's own is compared."""

from __future__ import annotations

import hmac
import os
from typing import TYPE_CHECKING, Any

import pytest

from agent.installed import SECRET, Installed, change
from holdfast.agent import atomic
from holdfast.agent.kinds import secret
from holdfast.agent.layout import Layout

if TYPE_CHECKING:
    from pathlib import Path

NAME = "lm-1.api_key"
VALUE = "pa§§word with spaces\n"


@pytest.fixture
def holder(node: Installed) -> Installed:
    node.apply(change("secret", NAME, None, SECRET, extra={"value": VALUE}))
    return node


def probe(value: str, salt: str = "0123") -> dict[str, str]:
    return {"salt": salt, "hmac": hmac.new(salt.encode(), value.encode(), "sha256").hexdigest()}


def test_a_secret_is_for_root_alone(holder: Installed) -> None:
    folder = holder.root / "etc/holdfast/prg/secrets"
    assert folder.stat().st_mode & 0o7777 == 0o700
    assert {path.stat().st_mode & 0o7777 for path in folder.iterdir()} == {0o600}
    assert (folder / NAME).read_bytes() == VALUE.encode()


@pytest.mark.parametrize(
    ("asked", "matches"),
    [
        (probe(VALUE), True),
        (probe("other"), False),
        ({**probe(VALUE), "salt": "other"}, False),
        ({"salt": "0123"}, False),
        ({"salt": "0123", "hmac": "é"}, False),
        ("no probe", False),
    ],
)
def test_a_probe_tells_whether_it_is_the_same(tmp_path: Path, asked: Any, matches: bool) -> None:  # noqa: FBT001
    layout = Layout("prg", str(tmp_path))
    atomic.write(os.path.join(layout.secrets, NAME), VALUE)
    assert secret.matches(layout, NAME, asked) is matches


def test_what_was_asked_is_told(holder: Installed) -> None:
    asked = {NAME: probe(VALUE), "unknown": probe(VALUE)}
    lines = holder.ask({"op": "read", "secrets": asked})
    (told,) = [line for line in lines if line["kind"] == "secret"]
    assert (told["matches"], told["attributes"]) == (True, SECRET)


def test_nothing_is_told_of_a_match_that_was_not_asked_for(holder: Installed) -> None:
    assert all("matches" not in line for line in holder.ask({"op": "read"}))


def test_a_secret_that_others_may_read_is_a_problem(holder: Installed) -> None:
    (holder.root / "etc/holdfast/prg/secrets" / NAME).chmod(0o644)
    problem, told = [line for line in holder.ask({"op": "read"}) if line["kind"] == "secret"]
    assert (problem["type"], "mode 644" in problem["what"]) == ("problem", True)
    assert told["attributes"] == {**SECRET, "permissions": "mode 644"}
    assert told["applied"] == SECRET


def test_a_value_without_its_version_is_not_taken_for_done(holder: Installed) -> None:
    (holder.root / "etc/holdfast/prg/secrets" / f"{NAME}.version").unlink()
    (told,) = [line for line in holder.ask({"op": "read"}) if line["kind"] == "secret"]
    assert told["attributes"] == {"present": True, "version": None}
