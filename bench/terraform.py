"""Terraform's side of a plan: a `terraform_data` block a definition, and the state of its apply.

The state is written as an apply leaves it (plan then says "No changes"): a real first apply of
10,000 blocks takes an hour, and planning from its state costs the same.
"""

from __future__ import annotations

import json
import os
import uuid
from typing import TYPE_CHECKING

from bench.command import Command, run
from bench.inventory import fields

if TYPE_CHECKING:
    from pathlib import Path

SAYS = "No changes."
QUIET = {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull, "TF_IN_AUTOMATION": "1"}
PROVIDER = 'provider["terraform.io/builtin/terraform"]'


def plan(program: str, folder: Path, count: int) -> Command:
    """Write configuration and state of `count` blocks; return the plan that finds no change."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_configuration(folder / "main.tf", count)
    _write_state(folder / "terraform.tfstate", count)
    run(Command((program, "init", "-input=false", "-no-color"), folder, environment=QUIET))
    options = ("-input=false", "-lock=false", "-no-color", "-detailed-exitcode")
    return Command((program, "plan", *options), folder, says=SAYS, environment=QUIET)


def _write_configuration(path: Path, count: int) -> None:
    with path.open("w") as file:
        for number in range(count):
            values = "".join(
                f"    {key} = {json.dumps(value)}\n" for key, value in fields(number).items()
            )
            file.write(
                f'resource "terraform_data" "d{number:05}" {{\n  input = {{\n{values}  }}\n}}\n'
            )


def _write_state(path: Path, count: int) -> None:
    head = {
        "version": 4,
        "terraform_version": "1.0.0",
        "serial": 1,
        "lineage": str(uuid.uuid5(uuid.NAMESPACE_DNS, "bench")),
        "outputs": {},
        "check_results": None,
    }
    with path.open("w") as file:
        file.write(json.dumps(head)[:-1] + ', "resources": [\n')
        for number in range(count):
            comma = "," if number else ""
            file.write(comma + json.dumps(_resource(number)) + "\n")
        file.write("]}\n")


def _resource(number: int) -> dict[str, object]:
    name, values = f"d{number:05}", fields(number)
    value = {
        "value": values,
        "type": ["object", {key: _type(each) for key, each in values.items()}],
    }
    attributes = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)),
        "input": value,
        "output": value,
        "triggers_replace": None,
    }
    return {
        "mode": "managed",
        "type": "terraform_data",
        "name": name,
        "provider": PROVIDER,
        "instances": [{"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}],
    }


def _type(value: object) -> object:
    """Return the type that Terraform gives a literal: a list in it is a tuple."""
    if isinstance(value, list):
        return ["tuple", [_type(each) for each in value]]
    return "number" if isinstance(value, int) else "string"
