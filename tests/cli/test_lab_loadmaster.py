"""The command, as a process of its own."""

from __future__ import annotations

import hashlib
import json
import signal
import socket
import ssl
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from holdfast.cli.main import USAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

MAIN = "from holdfast.cli.main import main; main()"
PROGRAM = [sys.executable, "-c", MAIN, "lab", "loadmaster"]


@contextmanager
def lab(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    with subprocess.Popen(
        [*PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def served(address: str) -> str:
    url = urlsplit(address)
    assert url.hostname
    assert url.port
    pem = ssl.get_server_certificate((url.hostname, url.port))
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_how_to_be_reached_and_stops_cleanly(number: signal.Signals) -> None:
    with lab() as (process, said):
        for name in ("address", "sha256", "api_key", "user", "password", "control"):
            assert said[name]
        assert served(said["address"]) == said["sha256"]
        # An idle connection does not keep it.
        with socket.create_connection(("127.0.0.1", urlsplit(said["address"]).port)):
            process.send_signal(number)
            out, err = process.communicate(timeout=120)
        assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.slow
def test_login_firmware_port_and_number_are_as_asked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    arguments = ["--port", str(port), "--firmware", "7.2.60", "--user", "lab", "--password", "lab"]
    with lab(*arguments) as (_, said):
        assert said["address"] == f"https://127.0.0.1:{port}"
        assert (said["user"], said["password"]) == ("lab", "lab")


@pytest.mark.slow
def test_two_hundred_devices_live_in_one_process() -> None:
    with lab("--count", "200", "--ha") as (process, said):
        devices = said["devices"]
        assert len({device["address"] for device in devices}) == 202
        assert len({device["sha256"] for device in devices}) == 202
        assert [unit["units"] for unit in said["shared"]] == [["lm-1", "lm-2"]]
        for device in (devices[0], devices[201]):
            assert served(device["address"]) == device["sha256"]
        with open(f"/proc/{process.pid}/status", encoding="utf-8") as file:
            threads = next(line for line in file if line.startswith("Threads:"))
        assert int(threads.split()[1]) < 10


@pytest.mark.slow
def test_no_version_is_a_usage_error() -> None:
    result = subprocess.run(
        [*PROGRAM, "--firmware", "seven"], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout) == (USAGE, "")
    assert "'seven' is no firmware version such as 7.2.63.2" in result.stderr


@pytest.mark.slow
def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = subprocess.run(
            [*PROGRAM, "--port", str(port)], capture_output=True, text=True, check=False
        )
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"port {port} of 127.0.0.1: Address already in use; choose another\n"
