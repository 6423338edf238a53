"""The main story on the embedded lab, told by the real commands: `just demo`.

Every step names the exit code and the words it must come to; the first that does not ends the demo.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click


@dataclass(frozen=True)
class Step:
    """A command, and what proves that it did what it says."""

    says: str
    command: str
    code: int = 0
    shows: str = ""


IMAGE = ".holdfast/lab/cn01/var/lib/libvirt/images/web01-root.raw"
STORED = ".holdfast/lab/cn01/backup/web01/disk1/daily-*.img"
# The name of its only backup, out of the file that holds it.
APPLIANCE = "lm-2/$(ls .holdfast/lab/cn01/backup/lm-2 | sed -n 's/\\.lm$//p')"
CRON = ".holdfast/lab/cn01/etc/cron.d/holdfast-lab"

STORY = (
    Step("A lab of two nodes and two simulated LoadMasters, from scratch.", "holdfast lab down"),
    Step("", "holdfast lab up", shows="LoadMaster lm-2"),
    Step("A person writes YAML; is it sound?", "holdfast validate", shows="valid: 2 nodes"),
    Step("What would it change?", "holdfast plan", shows="0 to forget; backups lost: 0."),
    Step("Make it so.", "holdfast apply --auto-approve", shows=", 0 failed"),
    Step(
        "Now there is nothing left to do.",
        "holdfast plan --detailed-exitcode",
        shows="No changes",
    ),
    Step("The night comes.", "holdfast lab tick --at 02:00", shows="run lab daily@web01:1 "),
    Step("There are backups.", "holdfast backup list", shows="lm-1/nightly-"),
    Step("Is it the disk, byte for byte?", f"sha256sum {IMAGE} {STORED}"),
    Step("", f"cmp {IMAGE} {STORED}"),
    Step(
        "Somebody edits the crontab by hand,",
        f"sed -i '/daily@web01:1/d' {CRON}",
    ),
    Step(
        "and somebody else a LoadMaster's own backup schedule.",
        "holdfast lab set lm-1 backuphour=5 backupmethod=wput",
    ),
    Step("The nightly check sees the one", "holdfast drift", code=2, shows="daily@web01:1"),
    Step(
        "and the other.",
        "holdfast drift --target 'loadmaster/*'",
        code=2,
        shows='method: "ftp" → "sftp"',
    ),
    Step("And apply repairs both.", "holdfast apply --auto-approve", shows=", 0 failed"),
    Step("", "holdfast drift", shows="No drift"),
    Step(
        "Somebody ruins a LoadMaster; its configuration is brought back.",
        "holdfast lab set lm-2 hostname=ruined",
    ),
    Step(
        "", f"holdfast backup restore {APPLIANCE} --parts base --yes-destroy lm-2", shows="restored"
    ),
    Step("", "holdfast lab get lm-2 hostname", shows="lm-2"),
    Step("What was there before is a backup, too.", "holdfast backup log lm-2", shows="ruined"),
    Step("The lab is put away.", "holdfast lab down", shows="LoadMasters: stopped"),
)


def main() -> int:
    """Tell the story; 0 only if every step came out as it says."""
    for step in STORY:
        if step.says:
            click.echo(f"\n# {step.says}")
        click.echo(f"$ {step.command}")
        result = subprocess.run(
            ["/bin/sh", "-c", step.command],
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        click.echo(result.stdout, nl=False)
        if result.returncode != step.code or step.shows not in result.stdout:
            wanted = f"exit {step.code}" + (f" and {shlex.quote(step.shows)}" if step.shows else "")
            click.echo(f"\nthe demo failed: exit {result.returncode}, wanted {wanted}", err=True)
            return 1
    click.echo("\nThe demo came through: every step did what it says.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
