"""Signatures of manifests: any altered byte is refused, and so is whoever is not known."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent import keys
from agent.transforms.lacking import Lacking
from holdfast.agent import canonical, sshsig
from holdfast.agent.backups import signature
from holdfast.agent.backups.signature import Altered, Unsigned, Untrusted
from holdfast.agent.failure import Failed
from holdfast.agent.layout import Layout
from holdfast.agent.transforms.available import Available

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT: dict[str, Any] = {
    "backup": "weekly-20261121_033000",
    "sequence": 17,
    "uuid": None,
    "duration": 12.5,
    "content": {"sha256": "aa", "size": 4},
    "note": "žluťoučký",
}
WAYS = (Available(), Lacking("cryptography"))


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    layout = Layout("prg", str(tmp_path_factory.mktemp("node")))
    keys.settle(layout)
    return layout


@pytest.fixture(scope="module")
def key(layout: Layout) -> str:
    return keys.settle(layout)


@pytest.fixture(scope="module")
def signed(layout: Layout, key: str) -> dict[str, object]:
    assert key
    return signature.sign(layout, DOCUMENT)


@pytest.mark.parametrize("way", WAYS)
def test_what_was_signed_is_trusted(signed: dict[str, object], key: str, way: Available) -> None:
    assert {name: signed[name] for name in DOCUMENT} == DOCUMENT
    signature.check(signed, {key}, way)
    signature.check(json.loads(canonical.dumps(signed)), {"ssh-ed25519 other", key}, way)


def test_anybody_can_verify_with_ssh_keygen(
    signed: dict[str, object], key: str, tmp_path: Path
) -> None:
    (tmp_path / "signers").write_text(f"bkp01 {key}\n")
    armored = f"-----BEGIN SSH SIGNATURE-----\n{signed['signature']}\n-----END SSH SIGNATURE-----\n"
    (tmp_path / "sig").write_text(armored)
    words = ["-Y", "verify", "-f", tmp_path / "signers", "-I", "bkp01", "-n", "manifest.holdfast"]
    done = subprocess.run(
        ["ssh-keygen", *words, "-s", tmp_path / "sig"],
        input=canonical.dumps(DOCUMENT).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "change",
    [
        {"sequence": 18},
        {"sequence": 17.0},
        {"sequence": "17"},
        {"uuid": ""},
        {"extra": None},
        {"content": {"sha256": "ab", "size": 4}},
        {"note": "žlutoučký"},
        {"note": "\ud800"},
    ],
)
def test_an_altered_member_is_refused(
    signed: dict[str, object], key: str, way: Available, change: dict[str, object]
) -> None:
    with pytest.raises(Untrusted, match="altered: its manifest is not what was signed"):
        signature.check({**signed, **change}, {key}, way)


@pytest.mark.parametrize("member", DOCUMENT)
def test_a_member_taken_out_is_refused(signed: dict[str, object], key: str, member: str) -> None:
    rest = {name: value for name, value in signed.items() if name != member}
    with pytest.raises(Untrusted, match="altered"):
        signature.check(rest, {key})


def test_an_unsigned_one_is_refused_in_so_many_words(key: str) -> None:
    with pytest.raises(Unsigned, match="unsigned"):
        signature.check(DOCUMENT, {key})
    with pytest.raises(Unsigned, match="unsigned"):
        signature.check({**DOCUMENT, "signature": None}, {key})


def test_a_stranger_is_refused_by_the_fingerprint_of_its_key(key: str, tmp_path: Path) -> None:
    stranger = Layout("prg", str(tmp_path))
    other = keys.settle(stranger, "stranger")
    document = signature.sign(stranger, DOCUMENT)
    with pytest.raises(Untrusted, match="signed by a stranger: SHA256:") as caught:
        signature.check(document, {key})
    with pytest.raises(Altered):  # whoever accepts a stranger's accepts what the stranger signed
        signature.check({**document, "sequence": 18}, {key})
    told = subprocess.run(
        ["ssh-keygen", "-l", "-f", stranger.identity], capture_output=True, text=True, check=True
    )
    assert sshsig.fingerprint(other) == told.stdout.split()[1]
    assert sshsig.fingerprint(other) in str(caught.value)


@pytest.mark.parametrize("way", WAYS)
def test_a_signature_made_for_another_purpose_is_refused(
    layout: Layout, key: str, way: Available
) -> None:
    made = sshsig.sign(layout, "plan.holdfast", canonical.dumps(DOCUMENT).encode())
    with pytest.raises(Untrusted, match="altered"):
        signature.check({**DOCUMENT, "signature": made}, {key}, way)


@pytest.mark.parametrize("value", ["", "x", "AAAA", 7, [], {}, "=" * 9, "ž", "U1NIU0lH"])
def test_what_is_no_signature_is_refused(key: str, value: object) -> None:
    with pytest.raises(Untrusted, match="altered: the signature of its manifest is none"):
        signature.check({**DOCUMENT, "signature": value}, {key})


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_altered_byte_is_refused(
    signed: dict[str, object], key: str, data: st.DataObject
) -> None:
    text = canonical.dumps(signed).encode()
    place = data.draw(st.integers(0, len(text) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != text[place]))
    altered = text[:place] + bytes([byte]) + text[place + 1 :]
    try:
        document = json.loads(altered.decode())
    except ValueError:
        return  # no manifest at all: refused before anybody asks for its signature
    if canonical.dumps(document).encode() == altered:
        with pytest.raises(Untrusted):
            signature.check(document, {key})


def test_a_node_without_a_key_cannot_sign(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"ssh-keygen failed: .*No such file"):
        signature.sign(Layout("prg", str(tmp_path)), DOCUMENT)
