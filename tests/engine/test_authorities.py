"""The CA certificates of the control side, and nothing else of their files."""

from __future__ import annotations

import ssl
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from holdfast.engine import authorities
from holdfast.lab.loadmaster.tls import issue, private_pem

if TYPE_CHECKING:
    from pathlib import Path


def pem(name: str) -> tuple[str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = issue(key, name, 10).public_bytes(Encoding.PEM).decode()
    return certificate, private_pem(key).decode()


def inventory(folder: Path, *paths: str) -> Any:
    tls = [SimpleNamespace(tls=SimpleNamespace(ca=path)) for path in (*paths, None)]
    return SimpleNamespace(base=folder, loadmasters=dict(enumerate(tls)))


def test_certificates_alone_are_taken_and_in_one_form(tmp_path: Path) -> None:
    (first, key), (second, _) = pem("one"), pem("two")
    text = "# ours\r\n" + first.replace("\n", "\r\n") + key + second
    (tmp_path / "ca.pem").write_text(text, encoding="utf-8")
    found = authorities.read(inventory(tmp_path, "ca.pem"), {})
    assert found == {"ca.pem": first + second}
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=found["ca.pem"])


def test_what_is_no_certificate_or_not_there_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text(pem("x")[1], encoding="utf-8")
    (tmp_path / "odd.pem").write_bytes(
        b"-----BEGIN CERTIFICATE-----\n\xff*\n-----END CERTIFICATE-----"
    )
    (tmp_path / "folder").mkdir()
    paths = ("key.pem", "odd.pem", "folder", "not-there.pem")
    assert authorities.read(inventory(tmp_path, *paths), {}) == {}
