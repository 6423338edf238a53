from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent.zfs import pools
from hosts import requirements
from hosts.host import Host, wait_until

if TYPE_CHECKING:
    from hosts.fixtures import MakeHost
    from hosts.network import Network

pytestmark = pytest.mark.hosts


def test_this_machine_has_all_that_hosts_need() -> None:
    assert requirements.missing_packages() == []
    assert requirements.obstacle() == ""


def test_what_a_host_writes_stays_on_it(make_host: MakeHost) -> None:
    one, other = make_host("one"), make_host("other")
    one.run("sh", "-c", "echo changed > /etc/hostname; rm /usr/bin/env; echo x > /etc/cron.d/job")
    assert one.path("/etc/hostname").read_text() == "changed\n"
    assert one.run("hostname") == "one\n"
    assert other.run("env", "ls", "/etc/cron.d", "/root", "/opt", "/etc/holdfast").count("job") == 0
    assert Path("/usr/bin/env").exists()
    assert Path("/etc/hostname").read_text() != "changed\n"


def test_a_program_that_fails_is_an_error_with_its_own_words(host: Host) -> None:
    with pytest.raises(RuntimeError, match="no/such"):
        host.run("ls", "/no/such")


def test_a_cut_cable_loses_what_is_sent_until_it_is_mended(host: Host) -> None:
    with socket.create_connection((host.address, 22), timeout=60) as connection:
        assert connection.recv(4) == b"SSH-"
        host.cut()
        connection.settimeout(0.3)
        connection.sendall(b"SSH-2.0-test\r\n")
        connection.recv(100)  # the rest of its greeting
        with pytest.raises(TimeoutError):
            connection.recv(1)
        host.mend()
        connection.settimeout(5)
        assert connection.recv(1)


def test_hosts_reach_each_other(make_host: MakeHost) -> None:
    one, other = make_host("one"), make_host("other")
    probe = f"import socket; print(socket.create_connection(('{other.address}', 22)).recv(3))"
    assert one.run("/usr/bin/python3", "-c", probe) == "b'SSH'\n"


def test_a_small_file_system_is_soon_full(host: Host) -> None:
    host.mount_small("/mnt/nas", "64k")
    with pytest.raises(RuntimeError, match="No space left"):
        host.run("dd", "if=/dev/zero", "of=/mnt/nas/file", "bs=1k", "count=100")
    host.unmount("/mnt/nas")
    assert list(host.path("/mnt/nas").iterdir()) == []


def test_a_host_can_be_without_python(host: Host) -> None:
    host.remove_python()
    with pytest.raises(RuntimeError, match="No such file"):
        host.run("python3", "-c", "pass")


def test_cron_and_sshd_start_and_stop(host: Host) -> None:
    host.set_zone("Asia/Tokyo")
    host.start_cron()
    assert "/usr/sbin/cron" in host.processes()
    host.stop_cron()
    assert "/usr/sbin/cron" not in host.processes()
    assert host.run("date", "+%Z") == "JST\n"


def test_orphans_are_buried_when_they_end(host: Host) -> None:
    host.run("sh", "-c", "sleep 0.05 & echo $! > /tmp/pid")
    pid = host.path("/tmp/pid").read_text().strip()
    wait_until(lambda: not host.path(f"/proc/{pid}").exists())


def test_everything_goes_when_the_test_run_is_killed() -> None:
    program = (
        "import sys; sys.path[:0] = ['tests']\n"
        "from hosts.host import Host\nfrom hosts.network import Network\n"
        "network = Network(); host = Host(network, 'doomed'); host.start_cron()\n"
        "print(host.pid, network._cable, flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        pid, cable = run.stdout.readline().split()
        assert Path(f"/sys/class/net/{cable}").exists()
        os.kill(run.pid, signal.SIGKILL)
    wait_until(lambda: not Path(f"/proc/{pid}").exists())
    wait_until(lambda: not Path(f"/sys/class/net/{cable}").exists())


def test_a_host_keeps_no_pool_busy(tmp_path: Path, network: Network) -> None:
    with pools.pool(tmp_path, f"hh{os.getpid()}") as pool, Host(network, "node"):
        subprocess.run(["zpool", "export", pool], check=True)
        pools.find(pool, tmp_path)


def test_two_runs_take_different_subnets(make_host: MakeHost, network: Network) -> None:
    assert isinstance(make_host(), Host)
    with type(network)() as other:
        assert other.subnet != network.subnet
