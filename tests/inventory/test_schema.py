from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from holdfast.inventory.collect import SECTIONS
from holdfast.inventory.schema import schema, text
from inventory.yamlish import read

ROOT = Path(__file__).parents[2]
FOLDERS = ("inventory", "examples", "tests/inventory/sample", "src/holdfast/cli")
SHIPPED = sorted(
    file
    for folder in FOLDERS
    for file in (ROOT / folder).rglob("*.y*ml")
    if "inventory.schema.json" in file.read_text(encoding="utf-8").partition("\n")[0]
)
VALIDATOR = jsonschema.Draft7Validator(schema())


def test_the_committed_schema_is_fresh() -> None:
    committed = (ROOT / "schemas" / "inventory.schema.json").read_text(encoding="utf-8")
    assert committed == text(), "write it anew with `holdfast schema`"


def test_it_is_a_schema_and_knows_every_section() -> None:
    jsonschema.Draft7Validator.check_schema(schema())
    assert set(schema()["properties"]) == set(SECTIONS)


def test_there_is_yaml_to_validate() -> None:
    folders = {file.relative_to(ROOT).parts[0] for file in SHIPPED}
    assert {"inventory", "tests"} <= folders


def test_every_file_of_the_shipped_inventory_points_to_the_schema() -> None:
    for file in (ROOT / "inventory").rglob("*.yaml"):
        first = file.read_text(encoding="utf-8").partition("\n")[0]
        prefix = "# yaml-language-server: $schema="
        assert first.startswith(prefix), file
        assert (file.parent / first.removeprefix(prefix)).resolve().is_file(), file


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_is_shipped_is_right_in_an_editor(file: Path) -> None:
    VALIDATOR.validate(read(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "name",
    [
        "boolean_yes",
        "choice",
        "encrypt_to_off",
        "inventory_id_dot",
        "loadmaster_http",
        "loadmaster_without_login",
        "lock_name",
        "name_slash",
        "no_disks",
        "number_range",
        "retention_unknown",
        "retention_zero",
        "schedule_six_fields",
        "section_is_a_list",
        "selector_unknown_key",
        "size_negative",
        "storage_with_two_places",
        "unknown_key_deep",
        "unknown_section",
        "uuid",
    ],
)
def test_what_a_schema_can_see_is_wrong_in_an_editor_too(name: str) -> None:
    broken = ROOT / "tests" / "invalid" / f"{name}.yaml"
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(read(broken.read_text(encoding="utf-8")))
