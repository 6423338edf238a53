"""YAML as an editor reads it: numbers, booleans and null by YAML 1.2, everything else text."""

from __future__ import annotations

import re
from typing import ClassVar

import yaml


class Editor(yaml.SafeLoader):
    """The core schema of YAML 1.2, which YAML language servers use."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[object]]] = {}


_KINDS = {
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?[0-9]+", "-+0123456789"),
    "float": (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+0123456789."),
    "null": (r"null|Null|NULL|~|", ["n", "N", "~", ""]),
}
for _kind, (_pattern, _first) in _KINDS.items():
    Editor.add_implicit_resolver(
        f"tag:yaml.org,2002:{_kind}", re.compile(f"^(?:{_pattern})$"), list(_first)
    )


def read(text: str) -> object:
    """Return what an editor makes of a text; keys are text, as in JSON."""
    return _keyed(yaml.load(text, Loader=Editor))  # noqa: S506 - it constructs plain values only


def _keyed(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _keyed(each) for key, each in value.items()}
    return [_keyed(each) for each in value] if isinstance(value, list) else value
