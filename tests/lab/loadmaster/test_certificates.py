from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from holdfast.lab.loadmaster.certificates import elliptic_certificate, rsa_certificate
from holdfast.lab.loadmaster.sample import ELLIPTIC, INTERMEDIATE, RSA
from lab.loadmaster.raw import WORD

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.device import Device
    from lab.loadmaster.raw import Raw


def lose_all(device: Device) -> None:
    device.certificates.services.clear()
    device.certificates.intermediates.clear()


@pytest.mark.parametrize(
    ("kind", "services", "intermediates"),
    [("full", {RSA, ELLIPTIC}, {INTERMEDIATE}), ("third", set(), {INTERMEDIATE}),
     ("vs", {RSA, ELLIPTIC}, set())],
)  # fmt: skip
def test_a_restore_brings_back_what_its_type_names(
    raw: Raw, device: Device, kind: str, services: set[str], intermediates: set[str]
) -> None:
    blob = raw.get("backupcert", password=WORD).body
    lose_all(device)
    assert raw.post("restorecert", blob, password=WORD, type=kind).status == 200
    assert set(device.certificates.services) == services
    assert set(device.certificates.intermediates) == intermediates


def test_json_has_the_same_with_base64(raw: Raw, device: Device) -> None:
    data = raw.call("backupcert", password=WORD).json["data"]
    lose_all(device)
    answer = raw.call("restorecert", password=WORD, type="full", data=data)
    assert answer.json == {"code": 200, "message": "Command completed ok", "status": "ok"}
    assert RSA in device.certificates.services


def test_the_blob_tells_nothing(raw: Raw) -> None:
    first, second = (raw.get("backupcert", password=WORD).body for _ in range(2))
    assert first != second
    assert RSA.encode() not in first
    assert b"BEGIN" not in first


@pytest.mark.parametrize("word", ["Short1", "x" * 65, "with space1", "bang!1234", "čeština1", ""])
def test_a_passphrase_is_7_to_64_letters_and_digits(raw: Raw, word: str) -> None:
    assert raw.get("backupcert", password=word).status == 422
    assert raw.call("backupcert", password=word).status == 422


def test_the_limits_of_a_passphrase_are_taken(raw: Raw) -> None:
    for word in ("a" * 7, "Z9" * 32):
        assert raw.get("backupcert", password=word).status == 200


def test_what_is_missing_is_400(raw: Raw) -> None:
    assert raw.get("backupcert").status == 400
    blob = raw.get("backupcert", password=WORD).body
    assert raw.post("restorecert", blob, password=WORD).status == 400
    assert raw.post("restorecert", blob, type="full").status == 400
    assert raw.post("restorecert", b"", password=WORD, type="full").status == 400


@pytest.mark.parametrize("word", ["Pass1235", "pass1234"])
def test_a_wrong_passphrase_is_422_and_changes_nothing(raw: Raw, device: Device, word: str) -> None:
    blob = raw.get("backupcert", password=WORD).body
    lose_all(device)
    assert raw.post("restorecert", blob, password=word, type="full").status == 422
    assert device.certificates.services == {}


@pytest.mark.parametrize("spoil", [lambda b: b[:-1], lambda b: b"\x00" + b, lambda _: b"short"])
def test_a_spoilt_blob_is_422(raw: Raw, spoil: object) -> None:
    assert callable(spoil)
    blob = spoil(raw.get("backupcert", password=WORD).body)
    assert raw.post("restorecert", blob, password=WORD, type="full").status == 422


@pytest.mark.parametrize("kind", ["Full", "all", "1"])
def test_a_type_is_lower_case_and_one_of_three(raw: Raw, kind: str) -> None:
    blob = raw.get("backupcert", password=WORD).body
    assert raw.post("restorecert", blob, password=WORD, type=kind).status == 422


def test_the_list_shows_rsa_alone_unless_elliptic_is_switched_on(raw: Raw, device: Device) -> None:
    (entry,) = raw.get("listcert").data.findall("cert")
    assert [child.tag for child in entry] == ["name", "type", "modulus"]
    public = device.certificates.services[RSA].public()
    assert isinstance(public, rsa.RSAPublicKey)
    assert int(entry.findtext("modulus") or "", 16) == public.public_numbers().n
    device.switches.elliptic_certificate = True
    both = raw.call("listcert").json["cert"]
    assert [set(entry) for entry in both] == [
        {"name", "type", "modulus"},
        {"name", "type", "publickey"},
    ]


def test_a_certificate_is_read_as_pem_with_the_expiry_of_choice(raw: Raw, device: Device) -> None:
    device.certificates.services["soon"] = rsa_certificate("soon", days=5)
    pem = raw.call("readcert", cert="soon").json["certificate"]
    assert raw.get("readcert", cert="soon", outform="PEM").tag("certificate") == pem
    left = x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc.timestamp()
    assert 4 < (left - device.clock()) / 86400 <= 5
    assert "PRIVATE" not in pem
    assert raw.get("readcert", cert="nonsense").status == 422


def test_intermediates_are_listed_and_read(raw: Raw) -> None:
    assert raw.call("listintermediate").json["cert"] == [{"name": INTERMEDIATE}]
    read = raw.get("readintermediate", cert=INTERMEDIATE).tag("certificate")
    assert (read or "").startswith("-----BEGIN CERTIFICATE-----")


def test_certificates_are_added_replaced_and_deleted(raw: Raw, device: Device) -> None:
    made = elliptic_certificate("shop", days=30)
    pem = (made.pem + made.key).encode()
    assert raw.post("addcert", pem, cert="shop", replace="1").status == 422
    assert raw.post("addcert", pem, cert="shop", replace="0").status == 200
    assert raw.post("addcert", pem, cert="shop", replace="0").status == 422
    data = base64.b64encode(pem).decode()
    assert raw.call("addcert", cert="shop", replace=1, data=data).status == 200
    other = replace(made, key=elliptic_certificate("other", days=1).key)
    mixed = (other.pem + other.key).encode()
    assert raw.post("addcert", mixed, cert="mixed", replace="0").status == 422
    assert raw.get("delcert", cert="shop").status == 200
    assert raw.get("delcert", cert=RSA).error == "Certificate is in use"
    assert "shop" not in device.certificates.services
