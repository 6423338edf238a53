"""Datacenter: a scope for servers and nodes, with limits."""

from typing import Annotated

from pydantic import Field

from holdfast.model.quantity import Size
from holdfast.model.scalar import Count
from holdfast.model.strict import Strict


class Limits(Strict):
    """What the definitions of one datacenter may ask for; absent is unlimited."""

    definitions_per_server: Annotated[
        Count | None, Field(description="of all its disks together")
    ] = None
    retention: Annotated[Count | None, Field(description="backups of one definition")] = None
    total_size: Annotated[Size | None, Field(description="of all its backups, such as 2TiB")] = None


class Datacenter(Strict):
    """A scope: a server is backed up to nodes of its own datacenter, or of none."""

    limits: Limits = Limits()
