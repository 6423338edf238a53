"""LoadMasters of one connector, all due at once: from cron's entries to the manifests, and by curl.

The plain loop asks each device for its backup and keeps the answer as it is: no proof, no
encryption, no digest, no rotation, one after the other.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bench import inventory, node, peers
from bench.command import Command, CommandError, run
from bench.contest import OURS, Contest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SLOTS = 4
KEY = "BENCH_LM_KEY_"
_STATE = f"var/lib/holdfast/{inventory.ID}"
# As cron does it: all that is due in a minute is started in that minute.
_FIRE = "while read -r ids; do {agent} run {id} $ids --due & done <entries; wait"
_LOOP = (
    "while read -r name url key; do "
    'curl -sSk -o "out/$name" -d "{\\"cmd\\":\\"backup\\",\\"apikey\\":\\"$key\\"}" '
    '"$url/accessv2"; '
    "done <devices"
)


@dataclass(frozen=True)
class Site:
    """A simulated device."""

    name: str
    address: str
    sha256: str
    api_key: str


@contextmanager
def up(count: int) -> Iterator[Sequence[Site]]:
    """Simulate so many devices in one process beside the bench."""
    words = (peers.holdfast(), "lab", "loadmaster", "--count", str(count))
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            told = json.loads(line)["devices"]
            yield [Site(*(d[f] for f in ("name", "address", "sha256", "api_key"))) for d in told]
        finally:
            process.terminate()


def contest(work: Path, sites: Sequence[Site]) -> Contest:
    """Apply a definition of all devices, and set the loop up beside it."""
    folder = work / "loadmasters"
    shutil.rmtree(folder, ignore_errors=True)
    commands = {OURS: _ours(folder / OURS, sites), "curl loop": _curl(folder / "curl", sites)}
    return Contest(f"{len(sites)} LoadMasters due in one minute", commands)


def _ours(folder: Path, sites: Sequence[Site]) -> Command:
    here = node.make(folder)
    (folder / "inventory").mkdir()
    document = _inventory(here.root, peers.recipient(folder), sites)
    (folder / "inventory/inventory.yaml").write_text(json.dumps(document))
    keys = {KEY + str(number): site.api_key for number, site in enumerate(sites)}
    words = (peers.holdfast(), "apply", "-i", "inventory", "--auto-approve")
    run(Command(words, folder, environment=keys))
    (folder / "entries").write_text(_entries(here.root))
    agent = f"{node.PYTHON} -IS {here.inside(node.AGENT)}"
    return Command(
        ("bash", "-c", _FIRE.format(agent=agent, id=inventory.ID)),
        folder,
        environment={"HOLDFAST_ROOT": str(here.root)},
        prepare=partial(_renew, here.root),
        verify=partial(_all_made, here.root, len(sites)),
    )


def _entries(root: Path) -> str:
    """Return the IDs of each entry that cron was told of."""
    told = (root / "etc/cron.d" / f"holdfast-{inventory.ID}").read_text()
    start, end = f" run {inventory.ID} ", " --due"
    found = [line.partition(start)[2] for line in told.splitlines() if start in line]
    return "".join(ids.removesuffix(end) + "\n" for ids in found)


def _inventory(root: Path, recipient: str, sites: Sequence[Site]) -> dict[str, object]:
    connector = {
        "transport": "local",
        "root": str(root),
        "slots": SLOTS,
        "storages": {"pool": {"path": "/backups"}},
    }
    devices = {
        site.name: {
            "address": site.address,
            "connector": "here",
            "api_key": f"env/{KEY}{number}",
            "tls": {"sha256": site.sha256},
        }
        for number, site in enumerate(sites)
    }
    definition = {
        "name": "each",
        "sources": [site.name for site in sites],
        "storage": "pool",
        "schedule": "* * * * *",
        "retention": 3,
        "encrypt_to": [recipient],
    }
    return {
        "inventory": {"id": inventory.ID},
        "nodes": {"here": connector},
        "loadmasters": devices,
        "definitions": [definition],
    }


def _curl(folder: Path, sites: Sequence[Site]) -> Command:
    folder.mkdir()
    lines = (f"{site.name} {site.address} {site.api_key}\n" for site in sites)
    (folder / "devices").write_text("".join(lines))
    return Command(
        ("bash", "-c", _LOOP),
        folder,
        prepare=partial(_empty, folder / "out"),
        verify=partial(_all_there, folder / "out", len(sites)),
    )


def _renew(root: Path) -> None:
    for name in ("served", "runs", "sequences"):
        shutil.rmtree(root / _STATE / name, ignore_errors=True)
    for path in (root / "backups").iterdir():
        if path.is_dir():
            shutil.rmtree(path)


def _all_made(root: Path, count: int) -> None:
    """Refuse a round in which not each device has its one good run."""
    told = [json.loads(path.read_text()) for path in (root / _STATE / "runs").glob("*/*.json")]
    good = sum(each["status"] == "success" for each in told)
    if good != count or len(told) != count:
        raise CommandError(f"{good} good runs of {len(told)}, wanted {count}")


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def _all_there(folder: Path, count: int) -> None:
    good = sum(json.loads(path.read_text())["status"] == "ok" for path in folder.iterdir())
    if good != count:
        raise CommandError(f"curl has {good} backups, wanted {count}")
