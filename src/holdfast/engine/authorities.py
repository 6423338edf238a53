"""The CA certificates that LoadMasters prove themselves by, from files of the control side."""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING

from holdfast.engine.credentials import home

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holdfast.inventory.inventory import Inventory

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----")


def read(inventory: Inventory, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the certificates by the path that the inventory writes, as PEM in one form.

    Whatever else a file holds, a private key above all, is left out; a file that is not here, or
    holds no certificate, is too.
    """
    found = {}
    for device in inventory.loadmasters.values():
        if device.tls.ca is not None and device.tls.ca not in found:
            try:
                content = (inventory.base / home(device.tls.ca, environ)).read_bytes()
                found[device.tls.ca] = "".join(map(_same, _CERTIFICATE.findall(content)))
            except (OSError, ValueError, binascii.Error):
                continue
    return {path: pem for path, pem in found.items() if pem}


def _same(pem: bytes) -> str:
    """Return one certificate, its lines as long as everywhere."""
    import ssl  # noqa: PLC0415 - few LoadMasters prove themselves by a CA

    return ssl.DER_cert_to_PEM_cert(ssl.PEM_cert_to_DER_cert(pem.decode("ascii")))
