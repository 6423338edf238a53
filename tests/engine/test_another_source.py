"""Plans note what it means for a chain of snapshots that its definition reads another dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cases.make import answers
from engine.test_bases import CHAIN, ID, OTHERS, SAID, plan, source, wishes
from holdfast.engine import decode
from holdfast.engine.observe import Observation
from holdfast.engine.propose import propose
from holdfast.plan.scope import Scope

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("changed", "note"),
    [
        (
            {"dataset": "tank/new"},
            ("tank/new", "tank/web01", "it is the same dataset under another name"),
        ),
        (
            {"home": "n2"},
            ("tank/web01 on n2", "tank/web01 on n1", "it was moved there with its snapshots"),
        ),
        ({"scope": ", recursive: true"}, None),
        ({"active": "false"}, None),
    ],
)
def test_another_source_is_noted_once(
    tmp_path: Path, changed: dict[str, str], note: tuple[str, str, str] | None
) -> None:
    before = wishes(tmp_path / "x")
    found = plan(before, wishes(tmp_path / "x", **changed), CHAIN, source(OTHERS))
    notes = [
        f"{ID} reads {new} instead of {old}: unless {unless}, "
        "its next backup is a new full one and the chain so far is set aside"
        for new, old, unless in ([note] if note else [])
    ]
    assert list(found.effects) == notes
    # Of a base that is gone already another dataset knows nothing.
    warned = sum(SAID in problem.what for problem in found.problems)
    assert warned == ("scope" in changed)


def test_another_machine_with_another_dataset_is_both(tmp_path: Path) -> None:
    before = wishes(tmp_path / "x")
    found = plan(before, wishes(tmp_path / "x", uuid="e", dataset="tank/new"))
    assert [note.split(": ")[0] for note in found.effects] == [
        ID,
        f"{ID} reads tank/new instead of tank/web01",
    ]


def test_a_source_that_somebody_edited_by_hand_is_only_taken_back(tmp_path: Path) -> None:
    there = wishes(tmp_path / "x")
    edited = {"source": {"kind": "dataset", "place": "tank/other", "node": "n1"}}
    edits = {"n1": {"resources": {f"definition/{ID}": {"attributes": edited}}}}
    told = answers(there, edits)
    actual = tuple(decode.actual(node, told[node]) for node in ("n1", "n2"))
    found = propose(there, Observation(actual), Scope())
    assert len(found.changes) == 1
    assert found.effects == ()
