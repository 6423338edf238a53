"""Acts on the backups of a station, and what they leave on its pools."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

from agent.acts.counter import Line, act, asked
from agent.zfs.pools import zfs
from agent.zfs.station import files
from holdfast.agent.backups import stock
from holdfast.agent.setup.survey import Survey

if TYPE_CHECKING:
    from agent.zfs.station import Station

_NUMBERS = itertools.count(1)


def request(station: Station, what: str, backup: str, **arguments: object) -> bytes:
    """Return the request for an act on a backup of the station's disk."""
    storage = str(arguments.pop("storage", "zones"))
    given = json.loads(asked(station.desk, what, f"web01:{station.number}/{backup}", **arguments))
    given["ops"][0]["storage"] = storage
    return json.dumps(given).encode()


def do(station: Station, what: str, backup: str, **arguments: object) -> Line:
    """Act on a backup of the station's disk; return the last line of the answer."""
    return act(station.desk, request(station, what, backup, **arguments))


def over(station: Station, **changes: object) -> Line:
    """Return the arguments of a restore over the server's own dataset."""
    goal = {"kind": "dataset", "place": station.disk, "destroys": station.disk}
    rest = {"guest_agent": None, "file_key": None, "base_key": None, "accept": None}
    return {**goal, **rest, **changes}


def new(dataset: str, **changes: object) -> Line:
    """Return the arguments of a restore to a new dataset."""
    rest = {"guest_agent": None, "file_key": None, "base_key": None, "accept": None}
    return {"kind": "dataset", "place": dataset, "destroys": None, **rest, **changes}


def brought(station: Station, backup: str, storage: str = "zones") -> dict[str, bytes]:
    """Restore a backup to a new dataset; return the files in it."""
    target = f"{station.source}/brought{next(_NUMBERS)}"
    done = do(station, "restore", backup, storage=storage, **new(target))
    assert done["type"] == "result", done
    with station.opened(target) as folder:
        return files(folder)


def told(station: Station) -> dict[str, tuple[object, ...]]:
    """Return what a list tells of each backup: status, locked, owned."""
    lines = stock.answer(Survey(station.desk.layout))
    return {
        str(line["name"]): (line["status"], line["locked"], line["owned"])
        for line in lines
        if line["type"] == "backup"
    }


def below(dataset: str) -> list[str]:
    """Return the datasets of a dataset, itself included."""
    return zfs("list", "-H", "-o", "name", "-r", dataset).split()
