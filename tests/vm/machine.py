"""Machine: the virtual machine while it runs, at each boot as it was built."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from vm.image import Image

BOOTS = 300.0  # seconds; every instruction is translated, and others may share the cores


class Machine:
    """Reached as root at 127.0.0.1 and `port`; its guest agent answers at `guest_agent`."""

    def __init__(self, image: Image, *, disks: Sequence[Path] = ()) -> None:
        """`disks` are raw images that it gets beside its own, as /dev/vdb and so on."""
        self._image = image
        self._disks = disks
        self._stack = contextlib.ExitStack()
        self.host_key = image.host_key
        self.key = image.key
        self.port = _free_port()

    def __enter__(self) -> Self:
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="vm")))
        self.guest_agent = self.folder / "guest-agent"
        self.console = self.folder / "console"
        known = f"[127.0.0.1]:{self.port} {self.host_key}\n"
        (self.folder / "known_hosts").write_text(known)
        self._process = subprocess.Popen(self._command())
        self._stack.callback(self._stop)
        try:
            self._wait()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def ssh(self, *words: str) -> list[str]:
        """Return the command that runs a command line in the machine."""
        options = {
            "UserKnownHostsFile": str(self.folder / "known_hosts"),
            "IdentitiesOnly": "yes",
            "BatchMode": "yes",
            "LogLevel": "ERROR",
        }
        given = [f"-o{name}={value}" for name, value in options.items()]
        place = ["-i", str(self.key), "-p", str(self.port), "root@127.0.0.1"]
        return ["ssh", "-F", "none", *given, *place, *words]

    def run(self, line: str, *, limit: float = 1200) -> str:
        """Run a command line that must do well and return what it says."""
        done = subprocess.run(
            self.ssh(line), capture_output=True, text=True, timeout=limit, check=False
        )
        assert done.returncode == 0, f"{line}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def follow(self, line: str) -> str:
        """Run a command line that must do well, showing what it says as it comes; return that."""
        said = []
        with subprocess.Popen(
            self.ssh(line), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as running:
            assert running.stdout is not None
            for each in running.stdout:
                sys.stdout.write(each)
                sys.stdout.flush()
                said.append(each)
        assert running.returncode == 0, f"exit {running.returncode}: see what it said above"
        return "".join(said)

    def bring(self, folder: Path, *names: str, to: str) -> None:
        """Copy files and folders out of a folder into one of the machine."""
        packed = ["tar", "-C", str(folder), "--exclude=__pycache__", "-c", *names]
        with subprocess.Popen(packed, stdout=subprocess.PIPE) as packing:
            unpacking = self.ssh(f"mkdir -p {to} && tar -C {to} -x")
            subprocess.run(unpacking, stdin=packing.stdout, check=True, timeout=300)

    def _command(self) -> list[str]:
        image, forward = self._image, f"hostfwd=tcp:127.0.0.1:{self.port}-:22"
        drives = [f"file={image.disk},format=raw,if=virtio,snapshot=on,cache=unsafe"]
        drives += [f"file={path},format=raw,if=virtio" for path in self._disks]
        return [
            # What newer processors add costs more to emulate than it saves.
            *("qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "Nehalem", "-smp", "2"),
            *("-m", "2048", "-nodefaults", "-display", "none", "-no-reboot"),
            *("-kernel", str(image.kernel), "-initrd", str(image.initrd)),
            *("-append", "root=/dev/vda rw console=ttyS0 mitigations=off"),
            *("-serial", f"file:{self.console}"),
            *(word for drive in drives for word in ("-drive", drive)),
            *("-netdev", f"user,id=net,restrict=on,{forward}"),
            *("-device", "virtio-net-pci,netdev=net,romfile="),
            *("-device", "virtio-rng-pci", "-device", "virtio-serial-pci"),
            *("-chardev", f"socket,id=agent,path={self.guest_agent},server=on,wait=off"),
            *("-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0"),
        ]

    def _wait(self) -> None:
        """Return once a login succeeds and all that boots has booted."""
        end = time.monotonic() + BOOTS
        while True:
            done = subprocess.run(
                self.ssh("systemctl is-system-running --wait"), capture_output=True, check=False
            )
            if done.stdout.strip() in (b"running", b"degraded"):
                return
            assert self._process.poll() is None, "qemu ended"
            assert time.monotonic() < end, f"no login:\n{self.console.read_text()[-2000:]}"
            time.sleep(1)

    def _stop(self) -> None:
        self._process.kill()  # its disk is as it was at the next boot
        self._process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
