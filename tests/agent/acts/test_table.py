"""Every act that a request may name has its function, and every file of acts is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.agent import acts
from holdfast.agent.failure import Failed

# What acts share, and what another act calls.
SHARED = {"__init__", "shelf", "stored", "received", "pace", "deliver", "rebuilding", "lockable"}


def test_each_act_is_found() -> None:
    assert all(callable(acts.find(act)) for act in acts.MODULES)
    with pytest.raises(Failed, match="does not know how to fly"):
        acts.find("fly")


def test_no_act_is_forgotten() -> None:
    files = {path.stem for path in Path(acts.__file__).parent.glob("*.py")}
    assert files - SHARED == set(acts.MODULES.values())
