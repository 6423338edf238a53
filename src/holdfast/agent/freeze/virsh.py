"""A guest agent whose socket libvirt holds: asked through virsh, which does the syncing."""

from __future__ import annotations

import json
import subprocess

from holdfast.agent.failure import Failed
from holdfast.agent.freeze.guest import Trouble, Unanswered, Unreached

_VIRSH = ["virsh", "--connect", "qemu:///system"]
_CONNECT = [*_VIRSH, "qemu-agent-command"]
_OFF, _UNKNOWN = "shut off", "failed to get domain"
_REFUSAL = "unable to execute QEMU agent command"
_LONGEST = 10.0  # seconds for what libvirt knows by itself
_OWN_TIME = 5.0  # what virsh takes for itself, generously


class Virsh:
    """The agent of a libvirt domain on this node."""

    def __init__(self, domain: str) -> None:
        self._domain = domain

    def ask(self, command: str, reach: float, limit: float) -> object:
        """Return what the agent returns; whether it is there at all is asked first."""
        try:
            self._ask("guest-ping", reach)
        except Trouble as trouble:
            raise Unreached(str(trouble)) from None
        return self._ask(command, limit)

    def is_running(self) -> bool:
        """Tell whether the domain runs; raise Failed where libvirt cannot say."""
        try:
            done = subprocess.run(
                [*_VIRSH, "domstate", "--domain", self._domain],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_LONGEST,
                check=False,
                encoding="utf-8",
                errors="replace",
            )
        except FileNotFoundError:
            return False  # nor is there libvirt, which would run it
        except subprocess.TimeoutExpired:
            raise Failed("virsh does not say whether %s runs" % self._domain) from None
        if done.returncode == 0:
            return done.stdout.strip() != _OFF
        if _UNKNOWN in done.stderr:
            return False
        said = " ".join(done.stderr.split())[:200]
        raise Failed("virsh does not say whether %s runs: %s" % (self._domain, said))

    def _ask(self, command: str, limit: float) -> object:
        request = json.dumps({"execute": command})
        words = ["--timeout", "%d" % max(1, limit), "--domain", self._domain, "--cmd", request]
        try:
            done = subprocess.run(
                _CONNECT + words,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=limit + _OWN_TIME,
                check=False,
            )
        except FileNotFoundError:
            raise Unreached("virsh is not on this node: install libvirt-clients") from None
        except subprocess.TimeoutExpired:
            raise Unanswered("virsh: no answer to %s within %g s" % (command, limit)) from None
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            words_of_it = said[0][:200] if said else "exit code %d" % done.returncode
            what = "virsh: domain %s: %s: %s" % (self._domain, command, words_of_it)
            # Its code does not tell a refusal of the agent from an answer that did not come.
            raise Trouble(what) if _REFUSAL in words_of_it else Unanswered(what)
        try:
            return json.loads(done.stdout)["return"]
        except (ValueError, LookupError, TypeError):
            raise Unanswered("virsh: no answer to %s that can be read" % command) from None
