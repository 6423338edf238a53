"""What lies on the node for one inventory, each file read at most once. Must not: write."""

from __future__ import annotations

import os

from holdfast.agent import names
from holdfast.agent.cron import crontable
from holdfast.agent.setup import documents, node

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.layout import Layout


class Survey:
    """A look at a node; make a new one after a write."""

    def __init__(
        self, layout: Layout, former: tuple[str, ...] = (), devices: tuple[str, ...] = ()
    ) -> None:
        self.layout = layout
        self._devices = devices
        self.former = former
        self.node = node.load(layout)
        self.problems: list[dict[str, object]] = []
        self._definitions: dict[str, dict[str, object]] | None = None
        self._cron: crontable.Table | None = None

    @property
    def appliances(self) -> list[str]:
        """The LoadMasters to look at that an apply has made known here; the others are nobody's."""
        folder = self.layout.loadmasters
        return [
            name for name in self._devices if os.path.exists(os.path.join(folder, name + ".json"))
        ]

    @property
    def definitions(self) -> dict[str, dict[str, object]]:
        """The definition files by id, in order; one that is no JSON object says so as `damaged`."""
        if self._definitions is None:
            self._definitions, self.problems = documents.read(
                self.layout.definitions, "definition", names.is_id
            )
        return self._definitions

    @property
    def cron(self) -> crontable.Table:
        """What cron is told of these definitions, compared with what it should be told."""
        if self._cron is None:
            settings = self.node or node.Node({})
            self._cron = crontable.look(self.layout, settings, self.definitions, self.former)
        return self._cron
