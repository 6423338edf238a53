"""JSON Schema of one inventory file, for editors: made from the models that load it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import Field, create_model
from pydantic.json_schema import GenerateJsonSchema

from holdfast.inventory.collect import LISTED, NAMED, SINGLE
from holdfast.model.scalar import Name
from holdfast.model.strict import Many, Strict

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

_WORDS = {
    "inventory": "who owns what this inventory makes; in one of the files",
    "defaults": "what definitions say that do not say otherwise; in one of the files",
    "datacenters": "scopes for servers and nodes, with limits",
    "nodes": "hosts reached over SSH, or trees on this machine that play one",
    "loadmasters": "appliances",
    "servers": "virtual servers and their disks",
    "definitions": "promises: what is backed up where, when, and for how long",
    "locks": "backups that stay",
}


class _Draft07(GenerateJsonSchema):
    """What YAML language servers know, which is draft-07, and null never stands for absent."""

    schema_dialect = "http://json-schema.org/draft-07/schema#"

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - none has one
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        made = super().default_schema(schema)
        if not isinstance(made.get("default"), str | int):
            made.pop("default", None)
        return made

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        made = super().dict_schema(schema)
        if "patternProperties" in made:
            made["additionalProperties"] = False
        return made


def schema() -> dict[str, Any]:
    """Return the JSON Schema of one file; what all files together must hold it cannot ask for."""
    fields: dict[str, Any] = dict(SINGLE)
    fields |= {section: dict[Name, model] for section, model in NAMED.items()}  # type: ignore[valid-type]  # made at run time
    fields |= {section: Many[model] for section, model in LISTED.items()}  # type: ignore[valid-type]  # the same
    described: dict[str, Any] = {
        section: (kind | None, Field(default=None, description=_WORDS[section]))
        for section, kind in fields.items()
    }
    file = create_model("Inventory", __base__=Strict, **described)
    made: dict[str, Any] = file.model_json_schema(
        ref_template="#/definitions/{model}", schema_generator=_Draft07, mode="validation"
    )
    made["definitions"] = made.pop("$defs")
    return {"$schema": _Draft07.schema_dialect} | made | {"title": "Holdfast inventory"}


def text() -> str:
    """Return the schema as the file in schemas/ holds it."""
    return json.dumps(schema(), indent=2) + "\n"
