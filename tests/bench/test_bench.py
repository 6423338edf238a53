"""The bench: what it generates is valid, what it runs is checked, its arithmetic is right."""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bench import inventory, octodns, plan, table, terraform
from bench.__main__ import parse
from bench.command import Command, CommandError, Sample, run
from bench.contest import OURS, Contest, Goal, Measure, Result, hold
from holdfast.inventory.load import load
from holdfast.inventory.select import promises

if TYPE_CHECKING:
    from pathlib import Path


def result(*goals: Goal) -> Result:
    samples = {
        OURS: [Sample(1, 2, 100), Sample(2, 2, 120), Sample(4, 2, 110)],
        "peer": [Sample(10, 4, 50), Sample(22, 4, 60), Sample(36, 4, 55)],
    }
    return Result(Contest("job", {}, goals), samples)


def test_generated_inventory_loads_with_every_definition(
    tmp_path: Path,
) -> None:
    nodes = {"n0": plan.local(tmp_path / "n0"), "n1": plan.local(tmp_path / "n1")}
    inventory.write(tmp_path / "inventory", nodes, 40)
    loaded = load(tmp_path / "inventory")
    assert len(loaded.definitions) == 40
    assert len(promises(loaded)) == 40
    assert not loaded.warnings


def test_ratio_is_the_median_of_the_rounds_and_not_of_the_medians() -> None:
    assert result().ratio("peer", "wall") == 10
    assert result().median("peer", "wall") / result().median(OURS, "wall") == 11
    assert result().ratio(OURS, "wall", to="peer") == pytest.approx(0.1)
    assert result().ratio("peer", "memory") == 0.5


@pytest.mark.parametrize(
    ("goal", "word"),
    [
        (Goal(Measure.FASTER, 10, "peer"), "reached"),
        (Goal(Measure.FASTER, 10.1, "peer"), "missed"),
        (Goal(Measure.WITHIN, 0.11, "peer"), "reached"),
        (Goal(Measure.WITHIN, 0.09, "peer"), "missed"),
        (Goal(Measure.MEMORY, 110), "reached"),
        (Goal(Measure.MEMORY, 109), "missed"),
    ],
)
def test_goal_is_met_from_its_own_side(goal: Goal, word: str) -> None:
    assert result(goal).met(goal) is (word == "reached")
    assert f"{word}: " in table.human(result(goal))


def test_both_shapes_show_every_contender_and_the_bar() -> None:
    goal = Goal(Measure.FASTER, 6, "peer")
    assert table.markdown(result(goal)).splitlines() == [
        "**job** (medians of 3 rounds)",
        "",
        "|  | wall | times ours | CPU | times ours | peak MiB | times ours |",
        "| --- | --: | --: | --: | --: | --: | --: |",
        "| holdfast | 2.00 s | 1.0 x | 2.00 s | 1.0 x | 110 | 1.0 x |",
        "| peer | 22.0 s | 10 x | 4.00 s | 2.0 x | 55 | 0.50 x |",
        "",
        "- reached: peer takes 10 x our time, to reach 6.0 x",
    ]
    assert "peer takes 10 x our time, to reach 6.0 x" in table.human(result(goal))


@pytest.mark.parametrize(
    ("value", "text"), [(0.923, "0.92 x"), (2.94, "2.9 x"), (26.4, "26 x"), (131.2, "131 x")]
)
def test_times_keeps_two_digits(value: float, text: str) -> None:
    assert table.times(value) == text


def test_a_run_that_did_not_do_its_work_is_no_sample(tmp_path: Path) -> None:
    ends = Command((sys.executable, "-c", "print('done'); raise SystemExit(2)"), tmp_path)
    with pytest.raises(CommandError, match="exit 2, wanted exit 0"):
        run(ends)
    silent = Command((sys.executable, "-c", "print('other')"), tmp_path, says="done")
    with pytest.raises(CommandError, match="other"):
        run(silent)


def test_a_run_that_does_not_end_is_killed(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="exit -9"):
        run(Command(("sleep", "60"), tmp_path), timeout=0.05)


def test_a_sample_counts_cpu_and_memory_of_the_program(tmp_path: Path) -> None:
    program = "x = bytearray(64 << 20); x[::4096] = b'1' * len(x[::4096])"
    sample = run(Command((sys.executable, "-c", program), tmp_path))
    assert sample.memory > 64
    assert sample.cpu > 0
    assert 0 < sample.wall < 60


def test_time_is_counted_until_what_is_to_appear_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "manifests"
    folder.mkdir()
    program = "touch other; mv other manifests/one; sleep 1"
    command = Command(("sh", "-c", program), tmp_path, until=folder)
    assert run(command).wall < 1
    with pytest.raises(CommandError, match="exit -9"):
        run(command, timeout=0.5)
    # Nothing comes: it is the whole run, whose proof is `verify`.
    assert run(Command(("sleep", "0.2"), tmp_path, until=folder)).wall > 0.2


def test_contenders_take_turns_after_a_warm_up(tmp_path: Path) -> None:
    order: list[str] = []
    commands = {
        name: Command(("true",), tmp_path, prepare=partial(order.append, name))
        for name in (OURS, "peer")
    }
    held = hold(Contest("job", commands), 4, budget=60)
    there, back = [OURS, "peer"], ["peer", OURS]
    assert order == there + (back + there) * 2
    assert [len(samples) for samples in held.samples.values()] == [4, 4]


def test_a_spent_budget_leaves_the_fewest_rounds_that_make_a_median(tmp_path: Path) -> None:
    held = hold(Contest("job", {OURS: Command(("true",), tmp_path)}), 9, budget=0)
    assert len(held.samples[OURS]) == 3


def test_synthesised_state_gives_each_block_the_fields_of_a_definition(tmp_path: Path) -> None:
    terraform.plan("true", tmp_path, 12)
    state = json.loads((tmp_path / "terraform.tfstate").read_text())
    inputs = [each["instances"][0]["attributes"]["input"] for each in state["resources"]]
    assert [each["value"] for each in inputs] == [inventory.fields(number) for number in range(12)]
    assert inputs[0]["type"][1]["sources"] == ["tuple", ["string"]]
    assert (tmp_path / "main.tf").read_text().count("resource") == 12


def test_both_zones_of_octodns_hold_the_same_records(tmp_path: Path) -> None:
    octodns.plan(tmp_path, tmp_path, 300)
    source, target = (tmp_path / side / "bench.test.yaml" for side in ("source", "target"))
    assert source.read_bytes() == target.read_bytes()
    assert source.read_text().count("type: A") == 300


@pytest.mark.parametrize("arguments", [["plans"], ["--hosts", "0"], ["--runs", "2"]])
def test_wrong_options_are_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(arguments)
    assert "error" in capsys.readouterr().err
