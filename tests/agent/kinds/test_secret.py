"""Secrets: only root reads them, and only a keyed digest of the asker's own is compared."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

import pytest

from agent.installed import SECRET, Installed, change

if TYPE_CHECKING:
    from pathlib import Path

NAME = "lm-1.api_key"
VALUE = "pa§§word with spaces\n"


@pytest.fixture
def node(tmp_path: Path) -> Installed:
    node = Installed(tmp_path).bring()
    node.apply(
        change("agent", "", None, node.here()),
        change("secret", NAME, None, SECRET, extra={"value": VALUE}),
    )
    return node


def probe(value: str, salt: str = "0123") -> dict[str, str]:
    return {"salt": salt, "hmac": hmac.new(salt.encode(), value.encode(), "sha256").hexdigest()}


def test_a_secret_is_for_root_alone(node: Installed) -> None:
    folder = node.root / "etc/holdfast/prg/secrets"
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
def test_a_probe_tells_whether_it_is_the_same(node: Installed, asked: Any, matches: bool) -> None:  # noqa: FBT001
    lines = node.ask({"op": "read", "secrets": {NAME: asked, "unknown": asked}})
    (told,) = [line for line in lines if line["kind"] == "secret"]
    assert told["matches"] is matches
    assert told["attributes"] == SECRET


def test_nothing_is_told_of_a_match_that_was_not_asked_for(node: Installed) -> None:
    assert all("matches" not in line for line in node.ask({"op": "read"}))


def test_a_secret_that_others_may_read_is_a_problem(node: Installed) -> None:
    (node.root / "etc/holdfast/prg/secrets" / NAME).chmod(0o644)
    problem, told = [line for line in node.ask({"op": "read"}) if line["kind"] == "secret"]
    assert (problem["type"], "mode 644" in problem["what"]) == ("problem", True)
    assert told["attributes"] == SECRET


def test_a_value_without_its_version_is_not_taken_for_done(node: Installed) -> None:
    (node.root / "etc/holdfast/prg/secrets" / f"{NAME}.version").unlink()
    (told,) = [line for line in node.ask({"op": "read"}) if line["kind"] == "secret"]
    assert told["attributes"] == {"present": True, "version": None}
