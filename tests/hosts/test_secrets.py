"""A canary in each secret: it must be found on the node, in one file, and nowhere else."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

from hosts.tree import tree

if TYPE_CHECKING:
    from hosts.estate import Done, Estate
    from hosts.host import Host

pytestmark = [pytest.mark.hosts, pytest.mark.slow]

FOLDER = "/etc/holdfast/prg/secrets"


class Watch:
    """Looks all the while at what every process shows of itself to others."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.seen: set[bytes] = set()

    def _look(self) -> None:
        here, there = Path("/proc"), self._host.path("/proc")
        while not self._over.wait(0.002):
            shown = [*here.glob("[0-9]*/cmdline"), *there.glob("[0-9]*/cmdline")]
            for path in [*shown, *there.glob("[0-9]*/environ")]:
                try:
                    self.seen.add(path.read_bytes())
                except (FileNotFoundError, ProcessLookupError):
                    continue  # it has just ended

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


# Nobody is at the addresses of the LoadMasters, which is a finding.
AGAIN = ("plan --detailed-exitcode", "drift --exclude loadmaster/*", "status")


@pytest.fixture
def canaries(estate: Estate) -> dict[str, str]:
    """Return the canary of each secret by its name, with two LoadMasters that need them."""
    names = ("api.api_key", "pw.password", "pw.certificates.passphrase")
    canaries = {name: secrets.token_hex(16) for name in names}
    tls = {"sha256": "9f" * 32}
    one = {"address": "https://10.0.0.5", "connector": "n1", "api_key": "env/KEY", "tls": tls}
    two = {"address": "https://10.0.0.6", "connector": "n1", "user": "bal", "tls": tls}
    two |= {"password": "file/secret", "certificates": {"passphrase": "env/PASS"}}
    estate.others["loadmasters"] = {"api": one, "pw": two}
    fill_in(estate, canaries)
    return canaries


def fill_in(estate: Estate, canaries: dict[str, str]) -> None:
    """Put the values where the inventory refers to; with what a shell or printf would act on."""
    estate.environ["KEY"] = f"{canaries['api.api_key']} \"'$x%s\\"
    estate.environ["PASS"] = canaries["pw.certificates.passphrase"]
    (estate.folder / "secret").write_text(canaries["pw.password"] + "\n")


def test_secrets_are_in_one_file_of_the_node_and_nowhere_else(
    estate: Estate, canaries: dict[str, str]
) -> None:
    host, earlier = estate.hosts["n1"], [*canaries.values()]
    with Watch(host) as watch:
        done = [estate.run(f"plan --format {form}") for form in ("human", "json", "markdown")]
        done.append(estate.run("plan -o saved.json"))
        done.append(estate.run("apply saved.json"))
        assert [each.code for each in done] == [0] * 5, done[-1].said
        expect_each_in_its_file(host, canaries)
        done += [estate.run(each) for each in AGAIN]
        assert [each.code for each in done] == [0] * 8, done[-3].said
        change(canaries)
        fill_in(estate, canaries)
        done.append(failing_apply(estate))
        estate.settle()
    expect_each_in_its_file(host, canaries)

    said = "".join(each.said for each in done)
    kept = b"".join(
        path.read_bytes()
        for path in estate.folder.rglob("*")
        if path.is_file() and path.name != "secret"
    )
    assert any(b"holdfast-agent" in shown and b"rpc" in shown for shown in watch.seen)
    for canary in (*earlier, *canaries.values()):
        assert canary not in said
        assert canary.encode() not in kept
        assert not [shown for shown in watch.seen if canary.encode() in shown]
    for canary in earlier:
        assert not holding(canary, host)


def holding(canary: str, host: Host) -> list[tuple[str, int]]:
    """Return path and mode of each file of a host that has a canary in it."""
    found = tree(host).items()
    return [(path, mode) for path, (mode, content) in found if canary.encode() in content]


def expect_each_in_its_file(host: Host, canaries: dict[str, str]) -> None:
    for name, canary in canaries.items():
        assert holding(canary, host) == [(f"{FOLDER}/{name}", 0o600)]
    assert tree(host)[f"{FOLDER}/"][0] == 0o700


def change(canaries: dict[str, str]) -> None:
    canaries.update({name: secrets.token_hex(16) for name in canaries})


def failing_apply(estate: Estate) -> Done:
    """Return an apply of changed secrets of which the first cannot be written."""
    host = estate.hosts["n1"]
    host.run("mount", "--bind", FOLDER, FOLDER)
    host.run("mount", "-o", "remount,ro,bind", FOLDER)
    done = estate.apply()
    assert done.code == 3, done.said
    assert "failed   ~ update   node/n1/secret/api.api_key: " in done.err
    assert "Read-only file system" in done.err
    host.unmount(FOLDER)
    return done
