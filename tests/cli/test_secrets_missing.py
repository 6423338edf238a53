"""Secrets whose value is not at hand are unknown, and nothing goes for want of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from cli.guarded import FOLDER, KEY, UNSEEN, guarded, plan

if TYPE_CHECKING:
    from cli.desk import Desk

__all__ = ["guarded"]

pytestmark = pytest.mark.slow  # each test starts many agents


@pytest.mark.parametrize("value", [None, ""])
def test_a_secret_that_is_not_at_hand_is_unknown_and_stops_nothing(
    guarded: Desk, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    guarded.apply()
    monkeypatch.delenv("LM_KEY")
    if value is not None:
        monkeypatch.setenv("LM_KEY", value)
    guarded.inventory["definitions"][0]["description"] = "new"
    ran = guarded.write().ok("plan")
    assert "? unknown  node/n1/secret/lm1.api_key: env/LM_KEY is not set here" in ran.out
    assert "1 to update" in ran.out
    assert guarded.apply().out.endswith("Apply: 1 done, 0 failed, 0 stale, 0 skipped.\n")
    assert guarded.node(f"{FOLDER}/lm1.api_key").read_text(encoding="utf-8") == KEY
    guarded.ok("drift", *UNSEEN)


def test_a_plan_of_a_job_without_the_secrets_can_be_applied_by_one_that_has_them(
    guarded: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LM_KEY")
    guarded.ok("plan", "-o", "saved.json")
    monkeypatch.setenv("LM_KEY", KEY)
    assert guarded.ok("apply", "saved.json").out.endswith(
        "Apply: 2 done, 0 failed, 0 stale, 0 skipped.\n"
    )
    assert plan(guarded) == {"lm1.api_key": 1}


def test_a_plan_with_a_secret_that_is_gone_meanwhile_is_stale(
    guarded: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded.ok("plan", "-o", "saved.json")
    monkeypatch.delenv("LM_KEY")
    assert guarded.run("apply", "saved.json").code == 13
    assert not guarded.node(f"{FOLDER}/lm1.api_key").exists()


def test_a_move_to_another_connector_leaves_it_until_it_is_there(
    guarded: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded.apply()
    guarded.inventory["loadmasters"]["lm1"]["connector"] = "n2"
    monkeypatch.delenv("LM_KEY")
    ran = guarded.write().ok("plan")
    assert "? unknown  node/n2/secret/lm1.api_key: env/LM_KEY is not set here" in ran.out
    stays = "it stays until node/n2/secret/lm1.api_key is there"
    assert f"? unknown  node/n1/secret/lm1.api_key: {stays}" in ran.out
    guarded.apply()
    left = guarded.node(FOLDER) / "lm1.api_key"
    assert left.read_text(encoding="utf-8") == KEY
    monkeypatch.setenv("LM_KEY", KEY)
    guarded.apply()
    assert os.listdir(guarded.node(FOLDER)) == []
    moved = guarded.node(FOLDER.replace("n1", "n2", 1)) / "lm1.api_key"
    assert moved.read_text(encoding="utf-8") == KEY
