"""The JSON documents of one folder of an apply's, each read once. Must not: write."""

from __future__ import annotations

import json
import os

from holdfast.agent import lines, permissions

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from typing import Callable

    Found = tuple[dict[str, dict[str, object]], list[dict[str, object]]]


def read(folder: str, kind: str, is_named: Callable[[object], bool]) -> Found:
    """Return the documents by name, in order, and what is wrong with them.

    One that is no JSON object says so as `damaged`; one that others could change, as `permissions`.
    """
    problems: list[dict[str, object]] = []
    try:
        files = sorted(os.listdir(folder))
    except FileNotFoundError:
        return {}, []
    except OSError as error:
        return {}, [lines.problem(kind, "", "%s: %s" % (folder, error.strerror))]
    found = {
        name[:-5]: _document(os.path.join(folder, name), kind, problems)
        for name in files
        if name.endswith(".json") and is_named(name[:-5])
    }
    return found, problems


def _document(path: str, kind: str, problems: list[dict[str, object]]) -> dict[str, object]:
    fault, hint = "", "apply writes it again"
    try:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            status = os.fstat(descriptor)
            content = os.read(descriptor, status.st_size + 1)
        finally:
            os.close(descriptor)
        document = json.loads(content)
    except IsADirectoryError:
        fault = "it is a folder"
        hint = "move %s away: apply does not take a folder's place" % path
    except OSError as error:
        fault = str(error.strerror)
    except ValueError as error:
        fault = "not JSON: %s" % error
    else:
        if isinstance(document, dict):
            if open_to_others := permissions.fault(status, permissions.WRITE):
                document["permissions"] = open_to_others
            return document
        fault = "not a JSON object"
    name = os.path.basename(path)[:-5]
    what = "its file cannot be used: " + fault
    problems.append(lines.problem(kind, name, what, hint, severity="warning"))
    return {"damaged": fault}
