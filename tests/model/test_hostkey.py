from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from holdfast.model.hostkey import host_key
from holdfast.model.wrong import Wrong

if TYPE_CHECKING:
    from pathlib import Path

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHRjaDfZlmH8hgu6ZhGG4ptK763WfWXCsFZLnMIeWnwI"


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_what_ssh_keygen_writes_is_a_host_key(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "key"
    command = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "root@bkp01", "-f", str(file)]
    subprocess.run(command, check=True)
    written = file.with_suffix(".pub").read_text()
    assert host_key(written) == " ".join(written.split()[:2])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ssh-ed25519",
        "ssh-dss AAAA",
        "ssh-ed25519 not-base64",
        KEY[:-4],
        KEY + "AAAA",
        KEY.replace("ssh-ed25519", "ssh-rsa"),
        "bkp01 " + KEY,
    ],
)
def test_a_key_that_cannot_be_pinned_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        host_key(text)
