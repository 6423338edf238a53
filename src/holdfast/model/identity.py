"""The inventory's own name: the mark on everything it owns."""

import re
from typing import Annotated

from pydantic import Field

from holdfast.model.scalar import Written, quote
from holdfast.model.strict import Many, Strict
from holdfast.model.wrong import Wrong

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


def inventory_id(text: str) -> str:
    """Return text fit for the name of a file in /etc/cron.d, where cron skips any with a dot."""
    if _ID.fullmatch(text):
        return text
    raise Wrong(f"{quote(text)} is not an inventory id", "1-32 letters, digits, `_`, `-`")


InventoryId = Annotated[
    str, Written(inventory_id, {"type": ["string", "number"], "pattern": f"^{_ID.pattern}$"})
]


class Identity(Strict):
    """Who owns what this inventory makes."""

    id: Annotated[InventoryId, Field(description="stands in every file and folder of ours")]
    was: Annotated[Many[InventoryId], Field(description="its earlier ids")] = ()
