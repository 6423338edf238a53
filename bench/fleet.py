"""A fleet over SSH: ten entries put on every host, and the check that they are there."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bench import fleet_peers, hosts, inventory, peers
from bench.command import Command, CommandError
from bench.contest import OURS, Contest, Goal, Measure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bench.hosts import Host

ENTRIES = 10
GOALS = (Goal(Measure.FASTER, 6, "ansible"), Goal(Measure.FASTER, 1, "pyinfra"))


# What each leaves on a host; to be as new, it goes. The last is its file in /etc/cron.d.
LEAVES = {
    OURS: (
        "opt/holdfast",
        "etc/holdfast",
        "var/lib/holdfast",
        "run/holdfast",
        "backups/.holdfast-storage.json",
        f"etc/cron.d/holdfast-{inventory.ID}",
    ),
    "ansible": ("etc/cron.d/ansible",),
    "pyinfra": ("etc/cron.d/pyinfra",),
    "xargs": ("etc/cron.d/xargs",),
}


def contests(work: Path, fleet: Sequence[Host]) -> tuple[Contest, Contest]:
    """Return the first apply, each time to new hosts, and then the run that changes nothing."""
    folder = work / "fleet"
    shutil.rmtree(folder, ignore_errors=True)
    programs = peers.environment(work)
    apply, plan = ours(folder / OURS, fleet)
    others = {
        "ansible": fleet_peers.ansible(programs, folder / "ansible", fleet),
        "pyinfra": fleet_peers.pyinfra(programs, folder / "pyinfra", fleet),
        "xargs": fleet_peers.xargs(folder / "xargs", fleet),
    }
    first = _checked({OURS: apply, **others}, fleet)
    anew = {
        name: replace(command, prepare=partial(_forget, fleet, LEAVES[name]))
        for name, command in first.items()
    }
    again = _checked({OURS: plan, **others}, fleet)
    return (
        Contest(f"First apply to {len(fleet)} hosts over SSH", anew),
        Contest(f"No-op on {len(fleet)} hosts over SSH", again, GOALS),
    )


def _checked(commands: Mapping[str, Command], fleet: Sequence[Host]) -> dict[str, Command]:
    return {
        name: replace(command, verify=partial(_verify, fleet, LEAVES[name][-1]))
        for name, command in commands.items()
    }


def _forget(fleet: Sequence[Host], paths: Sequence[str]) -> None:
    for host in fleet:
        host.remove(paths)


def _verify(fleet: Sequence[Host], cron_file: str) -> None:
    """Refuse a run after which a host has not exactly the ten entries."""
    for host in fleet:
        found = host.entries(cron_file)
        if found != ENTRIES:
            raise CommandError(f"{host.name}: {found} entries in {cron_file}, wanted {ENTRIES}")


def ours(folder: Path, fleet: Sequence[Host]) -> tuple[Command, Command]:
    """Write the inventory of the fleet; return the apply, and the plan that finds no change."""
    nodes = {host.name: node(host) for host in fleet}
    inventory.write(folder / "inventory", nodes, ENTRIES * len(fleet))
    holdfast = peers.holdfast()
    return (
        Command((holdfast, "apply", "-i", "inventory", "--auto-approve"), folder),
        Command((holdfast, "plan", "-i", "inventory", "--detailed-exitcode"), folder),
    )


def node(host: Host) -> dict[str, object]:
    """Return a host as a node of an inventory."""
    identity = f"file/{hosts.FOLDER}/client_key"
    ssh = {"user": "root", "port": 22, "host_key": hosts.host_key(), "identity": identity}
    return {"address": host.address, "ssh": ssh}
