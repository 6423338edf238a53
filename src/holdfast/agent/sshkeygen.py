"""OpenSSH's ssh-keygen, which is wherever sshd is: it makes keys, and it signs with them."""

from __future__ import annotations

import subprocess

from holdfast.agent.failure import Failed

_LIMIT = 30  # seconds; it takes some thousandths of one


def run(*words: str, content: bytes = b"") -> bytes:
    """Return what ssh-keygen says; raise Failed with its own words where it fails."""
    try:
        done = subprocess.run(
            ["ssh-keygen", *words], input=content, capture_output=True, check=False, timeout=_LIMIT
        )
    except FileNotFoundError:
        hint = "install openssh-client (Debian, Ubuntu) or openssh (RHEL)"
        raise Failed("ssh-keygen is not on this node: " + hint) from None
    except subprocess.TimeoutExpired:
        raise Failed("ssh-keygen did not end within %d s" % _LIMIT) from None
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").split("\n")
        words_of_it = next((line.strip() for line in reversed(said) if line.strip()), "no reason")
        raise Failed("ssh-keygen failed: " + words_of_it)
    return done.stdout
