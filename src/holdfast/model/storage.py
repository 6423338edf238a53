"""Storage: a named place on a node where backups are put."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from holdfast.model.location import Dataset, Path
from holdfast.model.scalar import Bool
from holdfast.model.strict import Strict

_PLACES = ("dataset", "path")


def _one_place(schema: dict[str, Any]) -> None:
    schema["oneOf"] = [{"required": [key]} for key in _PLACES]


class Storage(Strict, json_schema_extra=_one_place):
    """A ZFS parent dataset, or a directory: NFS and SMB mounts included."""

    dataset: Annotated[Dataset | None, Field(description="ZFS parent dataset")] = None
    path: Annotated[Path | None, Field(description="directory")] = None
    offsite: Annotated[Bool, Field(description="lies in another building")] = False

    shared: Annotated[
        Bool, Field(description="nodes that name it so keep backups at one and the same place")
    ] = False

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        self.exactly_one(_PLACES)
        return self

    @property
    def kind(self) -> str:
        """`dataset` or `directory`, as it is said on the node."""
        return "dataset" if "dataset" in self.model_fields_set else "directory"

    @property
    def place(self) -> str:
        """The dataset's name or the directory's path; nothing where it is written empty."""
        return self.dataset or self.path or ""
