# Everything a developer does here. `just` alone lists it.

set shell := ["bash", "-euo", "pipefail", "-c"]

# Tests start thousands of processes: where they may not keep compiled modules, each compiles all anew.
export PYTHONDONTWRITEBYTECODE := ""

# Most machines hold output back, and what holds it back may fail at a program's end.
export PYTHONUNBUFFERED := ""

export PATH := justfile_directory() / ".venv/bin:" + env("PATH")

_default:
    @just --list --unsorted

# The main story on the embedded lab, each command before its output.
demo:
    @python -m holdfast.lab.demo

# What the tests need of the system: installed where this is root on Debian, else named.
setup:
    @python tests/setup.py

# All tests, real hosts included; a third worker uses the cores while the others wait.
test *ARGS: setup
    pytest -n 3 --dist loadfile --no-loadscope-reorder --max-worker-restart 0 {{ ARGS }}

# The tests that start no programs and are not slow, the properties with few examples.
fast:
    pytest -n 2 --hypothesis-profile quick -m "not slow and not hosts and not programs"

# Fuzz what LoadMasters may answer with, for so many seconds.
fuzz SECONDS="60":
    @pip install -q -e '.[fuzz]'
    python tests/fuzz/loadmaster.py -max_total_time={{ SECONDS }}

# A thousand bits flipped in a pool's own file, one after the other: each found, each refused.
flips: setup
    HOLDFAST_TEST_FLIPS=1000 pytest tests/agent/zfs/test_flips.py

# The virtual machine with OpenZFS, built the first time: the end-to-end tests on its volumes, a real guest agent.
lab-vm *ARGS:
    @python tests/setup.py vm
    pytest -m vm -o faulthandler_timeout=0 {{ ARGS }} tests/vm

# What must hold before a commit.
check: format lint types test fresh

# Is the code formatted?
format:
    ruff format --check .

# Ruff with every rule but the argued ones.
lint:
    ruff check .

# mypy, strict.
types:
    mypy

# Are the generated schemas those of the models?
fresh:
    @holdfast schema | diff - schemas/inventory.schema.json && echo "schemas are fresh"

# Write the schemas anew.
schema:
    holdfast schema > schemas/inventory.schema.json

# Format, and mend what ruff can mend.
fmt:
    ruff format .
    ruff check --fix .

# Ratios against terraform, octodns, ansible, pyinfra and ssh, measured in one run.
bench *ARGS:
    python -m bench {{ ARGS }}
