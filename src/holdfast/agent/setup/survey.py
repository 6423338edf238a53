"""What lies on the node for one inventory, each file read at most once. Must not: write."""

from __future__ import annotations

import json
import os

from holdfast.agent import lines, names, permissions
from holdfast.agent.cron import crontable
from holdfast.agent.setup import node

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.layout import Layout


class Survey:
    """A look at a node; make a new one after a write."""

    def __init__(self, layout: Layout, former: tuple[str, ...] = ()) -> None:
        self.layout = layout
        self.former = former
        self.node = node.load(layout)
        self.problems: list[dict[str, object]] = []
        self._definitions: dict[str, dict[str, object]] | None = None
        self._cron: crontable.Table | None = None

    @property
    def definitions(self) -> dict[str, dict[str, object]]:
        """The definition files by id, in order; one that is no JSON object says so as `damaged`."""
        if self._definitions is None:
            self._definitions = dict(self._read_definitions())
        return self._definitions

    @property
    def cron(self) -> crontable.Table:
        """What cron is told of these definitions, compared with what it should be told."""
        if self._cron is None:
            settings = self.node or node.Node({})
            self._cron = crontable.look(self.layout, settings, self.definitions, self.former)
        return self._cron

    def _read_definitions(self) -> list[tuple[str, dict[str, object]]]:
        folder = self.layout.definitions
        try:
            files = sorted(os.listdir(folder))
        except FileNotFoundError:
            return []
        except OSError as error:
            self.problems.append(
                lines.problem("definition", "", "%s: %s" % (folder, error.strerror))
            )
            return []
        return [
            (name[:-5], self._read_definition(folder, name))
            for name in files
            if name.endswith(".json") and names.is_id(name[:-5])
        ]

    def _read_definition(self, folder: str, name: str) -> dict[str, object]:
        try:
            descriptor = os.open(os.path.join(folder, name), os.O_RDONLY)
            try:
                status = os.fstat(descriptor)
                content = os.read(descriptor, status.st_size + 1)
            finally:
                os.close(descriptor)
            document = json.loads(content)
        except IsADirectoryError:
            hint = "move %s away: apply does not take a folder's place" % os.path.join(folder, name)
            return self._damaged(name, "it is a folder", hint)
        except OSError as error:
            return self._damaged(name, str(error.strerror))
        except ValueError as error:
            return self._damaged(name, "not JSON: %s" % error)
        if not isinstance(document, dict):
            return self._damaged(name, "not a JSON object")
        if open_to_others := permissions.fault(status, permissions.WRITE):
            document["permissions"] = open_to_others
        return document

    def _damaged(
        self, name: str, fault: str, hint: str = "apply writes it again"
    ) -> dict[str, object]:
        what = "its file cannot be used: " + fault
        self.problems.append(lines.problem("definition", name[:-5], what, hint, severity="warning"))
        return {"damaged": fault}
