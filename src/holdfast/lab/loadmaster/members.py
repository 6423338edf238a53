"""A configuration as the files of a backup, and back.

The device's own member names are not published; these are made up. Certificates and private keys
are not among them: they have a backup of their own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from holdfast.lab.loadmaster.answer import Refused
from holdfast.lab.loadmaster.configuration import PART_OF, Configuration, Part, Table
from holdfast.lab.loadmaster.user import User

if TYPE_CHECKING:
    from collections.abc import Mapping

PARAMETERS = "base/parameters"
VERSION = "info/version"
_FOLDERS = {Part.BASE: "base", Part.VS: "vs", Part.GEO: "geo", Part.SSO: "sso"}


def files(configuration: Configuration) -> dict[str, bytes]:
    """Return the members that say what is configured, by path."""
    found = {PARAMETERS: _text(configuration.parameters)}
    for name, user in configuration.users.items():
        found[f"base/users/{_safe(name)}"] = _text({"name": name, **user.record()})
    for table, records in configuration.tables.items():
        for name, record in records.items():
            found[f"{_folder(table)}/{_safe(name)}"] = _text({"name": name, "record": record})
    return found


def configuration(members: Mapping[str, bytes]) -> Configuration:
    """Return what the members of a backup say; refuse what no LoadMaster wrote."""
    try:
        found = Configuration(parameters=json.loads(members[PARAMETERS]))
        for path, content in members.items():
            if path.startswith("base/users/"):
                record = json.loads(content)
                found.users[record["name"]] = User.from_record(record)
            for table in Table:
                if path.startswith(_folder(table) + "/"):
                    entry = json.loads(content)
                    found.tables[table][entry["name"]] = entry["record"]
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(422, "Invalid backup file") from error
    return found


def _folder(table: Table) -> str:
    return f"{_FOLDERS[PART_OF[table]]}/{table.value}"


def _safe(name: str) -> str:
    return name.replace("/", "_").replace(":", "_")


def _text(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True).encode() + b"\n"
