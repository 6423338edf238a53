"""A raw tree → a model, or what is wrong with it in YAML's words and not in pydantic's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from holdfast.inventory.finding import Finding, meant
from holdfast.model.scalar import noun
from holdfast.model.wrong import Wrong

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from holdfast.inventory.path import Path

M = TypeVar("M", bound=BaseModel)

_SHAPES = {"model_type": "a mapping", "dict_type": "a mapping", "tuple_type": "a list"}


def typed(model: type[M], raw: object, path: Path, findings: list[Finding]) -> M | None:
    """Return raw as the model, or None after adding everything that is wrong to the findings."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            findings.extend(_finding(model, raw, detail, path))
    return None


def _finding(
    model: type[BaseModel], raw: object, detail: ErrorDetails, path: Path
) -> Iterator[Finding]:
    kind, value = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        told = detail["loc"][-1] == "<<"
    else:
        told = value is None or (kind == "too_short" and len(value) > 0)
    if not told:  # by the reading of the file, or by what is wrong with the items
        yield Finding((*path, *_written(raw, detail["loc"])), *_words(model, detail))


def _written(raw: Any, where: tuple[int | str, ...]) -> Path:
    """Return the part of pydantic's place that the file has, or could have."""
    path: Path = ()
    for part in where:
        if isinstance(raw, str):
            break  # `14` is read as `{last: 14}`
        if str(part)[:1] in ("[", "<"):
            continue  # `[key]` and `<tag>` are pydantic's own
        path = (*path, part)
        raw = raw.get(part) if isinstance(raw, dict) else raw[int(part)]
    return path


def _words(model: type[BaseModel], detail: ErrorDetails) -> tuple[str, str]:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    *parents, last = detail["loc"] or ("",)
    if kind == "value_error":
        return _said(context["error"])
    if kind in _SHAPES:
        # Not which value: it may be a secret that belongs one level deeper.
        got = "a single value" if isinstance(value, str) else noun(value)
        return f"must be {_SHAPES[kind]}, got {got}", ""
    if kind == "missing":
        return "required", _fields(model, parents)[str(last)].description or ""
    if kind == "extra_forbidden":
        return f"unknown key `{last}`", meant(str(last), _fields(model, parents))
    if kind == "literal_error":
        words = context["expected"].replace("'", "")
        return f"must be {words}, got {noun(value)}", ""
    if kind == "too_short":
        return "is empty", _fields(model, parents)[str(last)].description or ""
    return detail["msg"], ""


def _said(error: ValueError) -> tuple[str, str]:
    return (error.what, error.hint) if isinstance(error, Wrong) else (str(error), "")


def _fields(model: type[BaseModel], parents: list[int | str]) -> Mapping[str, FieldInfo]:
    """Return the fields of the model at a place below another."""
    models = [model]
    for part in map(str, parents):
        if part.startswith("<"):
            models = [each for each in models if part[1:-1] in each.model_fields]
        elif field := models[0].model_fields.get(part):
            models = list(_models(field.annotation)) or models
    return models[0].model_fields


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    """Return the models that a type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
