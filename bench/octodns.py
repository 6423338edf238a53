"""octoDNS's side of a plan: a zone of A records in YAML, synchronised to an equal one in YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.command import Command

if TYPE_CHECKING:
    from pathlib import Path

ZONE = "bench.test."
CONFIGURATION = f"""\
providers:
  source: {{class: octodns.provider.yaml.YamlProvider, directory: source, enforce_order: false}}
  target: {{class: octodns.provider.yaml.YamlProvider, directory: target, enforce_order: false}}
zones:
  {ZONE}: {{sources: [source], targets: [target]}}
"""


def plan(programs: Path, folder: Path, count: int) -> Command:
    """Write `count` records on both sides; return the dry run that finds no change."""
    for side in ("source", "target"):
        (folder / side).mkdir(parents=True, exist_ok=True)
        _write_zone(folder / side / f"{ZONE}yaml", count)
    (folder / "config.yaml").write_text(CONFIGURATION)
    argv = (str(programs / "octodns-sync"), "--config-file", "config.yaml", "--quiet")
    return Command(argv, folder, says="No changes were planned")


def _write_zone(path: Path, count: int) -> None:
    with path.open("w") as file:
        file.write("---\n")
        for number in range(count):
            value = f"10.{number // 62500}.{number // 250 % 250}.{number % 250 + 1}"
            file.write(f"d{number:05}:\n  type: A\n  ttl: {300 + number % 24}\n  value: {value}\n")
