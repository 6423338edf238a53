"""OpenSSH's ssh-keygen, which is wherever sshd is: it makes keys, signs and verifies."""

from __future__ import annotations

import subprocess

from holdfast.agent.failure import Failed

_LIMIT = 30  # seconds; it takes some thousandths of one
_REFUSED = 255


def run(*words: str, content: bytes = b"") -> bytes:
    """Return what ssh-keygen says; raise Failed with its own words where it fails."""
    done = _done(words, content)
    if done.returncode:
        raise _failure(done)
    return done.stdout


def agrees(*words: str, content: bytes = b"") -> bool:
    """Tell whether ssh-keygen says yes; raise Failed where it says neither yes nor no."""
    done = _done(words, content)
    if done.returncode not in (0, _REFUSED):
        raise _failure(done)
    return done.returncode == 0


def _done(words: tuple[str, ...], content: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["ssh-keygen", *words], input=content, capture_output=True, check=False, timeout=_LIMIT
        )
    except FileNotFoundError:
        hint = "install openssh-client (Debian, Ubuntu) or openssh (RHEL)"
        raise Failed("ssh-keygen is not on this node: " + hint) from None
    except subprocess.TimeoutExpired:
        raise Failed("ssh-keygen did not end within %d s" % _LIMIT) from None


def _failure(done: subprocess.CompletedProcess[bytes]) -> Failed:
    said = (done.stderr or done.stdout).decode(errors="replace").splitlines()
    last = next((line.strip() for line in reversed(said) if line.strip()), "it gave no reason")
    return Failed("ssh-keygen failed: " + last)
