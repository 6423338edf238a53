"""Keepers' names that a peer tells become marks on snapshots: they are its own, and plain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.peers.test_door import GRANT
from holdfast.agent import canonical
from holdfast.agent.failure import Failed
from holdfast.agent.fields import Fields
from holdfast.agent.layout import Layout
from holdfast.agent.peers import grant, keeping

if TYPE_CHECKING:
    from pathlib import Path

EVIL = ["x\nzones/other@precious\tholdfast:keeper\tx", "a\tb", "\0", "x" * 257]
OTHER = "nightly@db01:1"


@pytest.mark.parametrize("keeper", ["", *EVIL])
def test_a_name_that_lists_would_break_at_is_none(tmp_path: Path, keeper: str) -> None:
    granted = grant.from_fields("daily@web01:1", Fields({**GRANT, "type": "dataset"}, "a grant"))
    layout = Layout("prg", str(tmp_path))
    assert keeping.of(layout, granted, Fields({"keepers": ["m1"]}, "a claim")) == ("m1",)
    with pytest.raises(Failed):
        keeping.of(layout, granted, Fields({"keepers": ["m1", keeper]}, "a claim"))


@pytest.mark.parametrize("keeper", [*EVIL, OTHER])
def test_a_delivery_is_not_kept_for_another(tmp_path: Path, keeper: str) -> None:
    layout = Layout("prg", str(tmp_path))
    for node, identity in (("bkp01", "daily@web01:1"), ("bkp02", OTHER)):
        path = tmp_path / f"etc/holdfast/prg/peers/{node}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(canonical.dumps({"definitions": {identity: GRANT}}))
    for own in ("", "m1", "daily@web01:1"):
        keeping.refuse_keeper(layout, "bkp01", own)
    with pytest.raises(Failed):
        keeping.refuse_keeper(layout, "bkp01", keeper)
