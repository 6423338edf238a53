"""A guest agent whose socket libvirt holds: asked through virsh, which does the syncing."""

from __future__ import annotations

import json
import subprocess

from holdfast.agent.freeze.guest import Trouble, Unanswered, Unreached

_CONNECT = ["virsh", "--connect", "qemu:///system", "qemu-agent-command"]
_REFUSAL = "unable to execute QEMU agent command"
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
