"""The certificates: list, read, add, delete. None of these tells when one expires."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from holdfast.lab.loadmaster.answer import Answer, Done, Refused, Tree, Values, Verbatim
from holdfast.lab.loadmaster.certificates import Certificate
from holdfast.lab.loadmaster.commands.command import Command
from holdfast.lab.loadmaster.firmware import ACME_SINCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holdfast.lab.loadmaster.call import Call
    from holdfast.lab.loadmaster.device import Device


def listcert(device: Device, _call: Call) -> Answer:
    """Return the names with a modulus or a public key; elliptic ones only where switched on."""
    listed = [_entry(name, held) for name, held in device.certificates.services.items()]
    if not device.switches.elliptic_certificate:
        listed = [entry for entry in listed if "modulus" in entry]
    return Values({"cert": list(listed)})


def listintermediate(device: Device, _call: Call) -> Answer:
    """Return the names of the intermediates."""
    held = device.certificates.intermediates
    return Values({"cert": [{"name": Verbatim(name)} for name in held]})


def readcert(device: Device, call: Call) -> Answer:
    """Return a certificate as PEM."""
    return _read(device.certificates.services, call)


def readintermediate(device: Device, call: Call) -> Answer:
    """Return an intermediate as PEM."""
    return _read(device.certificates.intermediates, call)


def addcert(device: Device, call: Call) -> Answer:
    """Take a PEM file; `replace` 0 refuses a name that is there, 1 one that is not."""
    name, replace = call.need("cert"), call.get("replace") or "0"
    held = device.certificates.services
    if replace not in ("0", "1") or (replace == "1") != (name in held):
        raise Refused(422, "Certificate already exists" if name in held else "Unknown certificate")
    held[name] = _uploaded(call)
    return Done()


def delcert(device: Device, call: Call) -> Answer:
    """Remove a certificate that the administration does not use."""
    name = call.need("cert")
    if name not in device.certificates.services:
        raise Refused(422, "Unknown certificate")
    if name in (device.value("admincert"), device.value("localcert")):
        raise Refused(422, "Certificate is in use")
    del device.certificates.services[name]
    return Done()


def listacme(device: Device, call: Call) -> Answer:
    """Return an empty list of ACME certificates; later firmware asks which kind is meant."""
    if device.firmware.numbers >= ACME_SINCE and call.need("acmetype") not in ("1", "2"):
        raise Refused(422, "Unknown parameter value")
    return Values({"cert": []})


def _read(held: Mapping[str, Certificate], call: Call) -> Answer:
    name = call.need("cert")
    if name not in held:
        raise Refused(422, "Unknown certificate")
    if (call.get("outform") or "PEM") != "PEM":
        raise Refused(422, "Unknown parameter value")
    return Values({"certificate": Verbatim(held[name].pem)})


def _entry(name: str, held: Certificate) -> dict[str, Tree]:
    public = held.public()
    if isinstance(public, rsa.RSAPublicKey):
        modulus = f"{public.public_numbers().n:X}"
        return {"name": Verbatim(name), "type": "RSA", "modulus": Verbatim(modulus)}
    text = public.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    ).hex()
    # What the key is called in JSON is not known; the same name is used here.
    return {"name": Verbatim(name), "type": "ECC", "publickey": Verbatim(text)}


def _uploaded(call: Call) -> Certificate:
    content = call.upload()
    try:
        certificate = x509.load_pem_x509_certificate(content)
        password = call.get("password")
        secret = password.encode() if password else None
        key = serialization.load_pem_private_key(content, secret)
    except (ValueError, TypeError) as error:
        raise Refused(422, "Invalid certificate file") from error
    if not key.public_key() == certificate.public_key():
        raise Refused(422, "Key does not match the certificate")
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    plain = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return Certificate(pem, plain.decode())


COMMANDS = {
    "listcert": Command(listcert),
    "listintermediate": Command(listintermediate),
    "readcert": Command(readcert, ("certs",)),
    "readintermediate": Command(readintermediate, ("certs", "cert3")),
    "addcert": Command(addcert, ("certs",), uploads=True),
    "delcert": Command(delcert, ("certs",)),
    "listlecert": Command(listacme, until=ACME_SINCE),
    "listacmecert": Command(listacme, since=ACME_SINCE),
}
