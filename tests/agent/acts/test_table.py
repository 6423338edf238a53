"""Every act that a request may name has its function, and no function of that form is forgotten."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest

from holdfast.agent import acts
from holdfast.agent.failure import Failed

FORM = ["survey", "asked", "op"]


def test_each_act_is_found() -> None:
    assert all(callable(acts.find(act)) for act in acts.MODULES)
    with pytest.raises(Failed, match="does not know how to fly"):
        acts.find("fly")


def test_no_act_is_forgotten() -> None:
    made = {
        name: path.stem
        for path in Path(acts.__file__).parent.glob("[a-z]*.py")
        for name, function in inspect.getmembers(
            importlib.import_module(f"{acts.__name__}.{path.stem}"), inspect.isfunction
        )
        if function.__module__ == f"{acts.__name__}.{path.stem}"
        and name[0] != "_"
        and list(inspect.signature(function).parameters) == FORM
    }
    assert made == acts.MODULES
