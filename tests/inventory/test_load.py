from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.errors import InventoryError
from holdfast.inventory.load import load
from holdfast.inventory.select import promises
from holdfast.problem import Place, Severity
from inventory.writing import configuration, dataset, file, loaded, node, right

SAMPLE = Path(__file__).parent / "sample"


def problems(directory: Path, **files: dict[str, object]) -> list[str]:
    with pytest.raises(InventoryError) as caught:
        loaded(directory, **files)
    prefix = f"{directory}/inventory/"
    return [str(each).removeprefix(prefix).replace(prefix, "") for each in caught.value.problems]


def test_the_sample_of_the_design_loads() -> None:
    inventory = load(SAMPLE)
    assert [promise.id for promise in promises(inventory)] == [
        "daily@web01:1",
        "nightly@lm-prg-1",
        "weekly@web01:2",
    ]
    (warning,) = inventory.warnings
    assert (warning.path, warning.severity) == ("definitions[1].base_every", Severity.WARNING)
    assert warning.what == "`web01:2` is an image: each backup of it is whole"
    assert inventory.base == SAMPLE.parent
    assert inventory.nodes["bkp01"].storages["nas"].offsite is True
    assert str(inventory.loadmasters["lm-prg-1"].api_key) == "env/LM_PRG_1_KEY"
    assert inventory.datacenters["main"].limits.total_size == 2 * 1024**4


def test_a_promise_says_all_that_a_node_is_told() -> None:
    daily, nightly, weekly = promises(load(SAMPLE))
    assert (daily.node, daily.storage, daily.server, daily.disk) == ("bkp01", "zones", "web01", 1)
    assert (daily.timezone, weekly.timezone) == ("Europe/Prague", "Europe/London")
    assert daily.definition.bandwidth_limit == 50 * 1024**2
    assert (daily.definition.catch_up, daily.definition.timeout) == (21600, 14400)
    assert (nightly.node, nightly.loadmaster, nightly.server, nightly.disk) == (
        "bkp01",
        "lm-prg-1",
        None,
        None,
    )
    assert weekly.place.line == 63


def test_a_place_is_the_nearest_that_is_written(tmp_path: Path) -> None:
    tree = right() | {"definitions": [file("web01:1"), file("web02:1")]}
    inventory = loaded(tmp_path, a={"nodes": tree.pop("nodes")}, b=tree)
    where = str(tmp_path / "inventory")
    assert inventory.place(("nodes", "n1")) == Place(f"{where}/a.yaml", 2, 3)
    assert inventory.place(("nodes", "n1", "ssh", "port")) == Place(f"{where}/a.yaml", 2, 3)
    second = inventory.place(("definitions", 1))
    assert second == promises(inventory)[1].place
    assert second.file == f"{where}/b.yaml"
    assert inventory.place(("definitions", 1, "node")).line == second.line + 2


def test_a_name_in_two_files_is_said_with_both_places(tmp_path: Path) -> None:
    twice = {"nodes": {"n1": node("other")}, "inventory": {"id": "u"}}
    assert problems(tmp_path, a=right(), b=twice) == [
        "b.yaml:2:3: nodes.n1: `n1` is defined twice (also at a.yaml:4:3)",
        "b.yaml:10:1: inventory: written twice (also at a.yaml:1:1)",
    ]


def test_an_index_in_a_message_counts_in_its_own_file(tmp_path: Path) -> None:
    more = {"definitions": [file("web02:1"), file("web07:1")]}
    found = problems(tmp_path, a=right() | {"definitions": [file("web01:1")]}, b=more)
    assert len(found) == 1
    assert ": definitions[1].sources[0]: unknown server `web07`" in found[0]
    assert found[0].startswith("b.yaml:")


def test_a_default_is_for_the_kinds_that_use_it(tmp_path: Path) -> None:
    defaults = {"compression": "zstd", "freeze": "best-effort", "base_every": 7, "retention": 3}
    silent = {"retention": None}
    definitions = [
        dataset("web01:1", **silent),
        file("web02:1", compression="xz", **silent),
        configuration("lm1", **silent),
    ]
    inventory = loaded(tmp_path, a=right() | {"defaults": defaults, "definitions": definitions})
    first, second, third = inventory.definitions
    assert (first.freeze, first.compression, first.base_every) == ("best-effort", "off", 1)
    assert (second.freeze, second.compression, second.base_every) == ("best-effort", "xz", 7)
    assert (third.freeze, third.base_every) == ("off", 7)
    assert {each.retention.most for each in inventory.definitions} == {3}
    assert inventory.defaults.compression == "zstd"


def test_every_field_but_its_own_may_have_a_default(tmp_path: Path) -> None:
    one = file("web01:2")
    defaults = {key: one.pop(key) for key in list(one) if key not in ("name", "sources")}
    inventory = loaded(tmp_path, a=right() | {"defaults": defaults, "definitions": [one]})
    assert [promise.id for promise in promises(inventory)] == ["daily@web01:2"]


def test_a_warning_is_no_error(tmp_path: Path) -> None:
    tree = right() | {"definitions": [file("web01:1", schedule="0 2 13 * fri")]}
    backup = {"enable": "true", "host": "h", "user": "u", "password": "env/P", "method": "ftp"}
    tree["loadmasters"]["lm1"]["automated_backup"] = backup
    inventory = loaded(tmp_path, a=tree)
    assert all(warning.severity is Severity.WARNING for warning in inventory.warnings)
    ftp, either = inventory.warnings
    assert "ftp sends the configuration and the password in clear" in str(ftp)
    assert "warning: day-of-month and day-of-week are both set" in str(either)


def test_problems_come_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    tree = right()
    tree["servers"]["web01"]["node"] = "n9"
    tree["nodes"]["n1"]["slots"] = "many"
    places = [line.split(":")[:2] for line in problems(tmp_path, b=tree, a={"nods": {}})]
    assert [file for file, _ in places] == ["a.yaml", "b.yaml", "b.yaml"]
    assert int(places[1][1]) < int(places[2][1])


def test_the_collector_is_left_as_it_was(tmp_path: Path) -> None:
    assert gc.isenabled()
    load(SAMPLE)
    with pytest.raises(InventoryError):
        load(tmp_path)
    assert gc.isenabled()


def test_loading_imports_nothing_that_it_does_not_need() -> None:
    heavy = ("fabric", "paramiko", "deepdiff", "jinja2", "cryptography", "croniter", "rich")
    program = (
        "import sys\nfrom pathlib import Path\nfrom holdfast.inventory.load import load\n"
        f"load(Path({str(SAMPLE)!r}))\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "fields",
    [
        {"api_key": "hunter2"},
        {"api_key": ["hunter2"]},
        {"api_key": {"hunter2": "hunter2"}},
        {"certificates": "hunter2"},
        {"certificates": {"passphrase": "hunter2"}},
        {"certificates": {"hunter": {"passphrase": "hunter2"}}},
        {"automated_backup": {"enable": "true", "password": "hunter2"}},
        {"tls": "hunter2"},
        {"address": "https://admin:hunter2@lm"},
    ],
)
def test_a_secret_written_in_clear_is_not_repeated(
    fields: dict[str, object], tmp_path: Path
) -> None:
    tree = right()
    tree["loadmasters"]["lm1"] |= fields
    found = problems(tmp_path, a=tree)
    assert found
    assert "hunter2" not in "\n".join(found)
