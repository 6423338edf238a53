"""Target: where a LoadMaster is, how it proves itself, how we log in; as an apply installed it.

It never comes with a request: whoever may only read must not send a node's key elsewhere.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent import fields, names, permissions, regular
from holdfast.agent.failure import Malformed
from holdfast.agent.loadmaster.errors import NotSetUp
from holdfast.agent.loadmaster.firmware import Firmware
from holdfast.agent.loadmaster.login import API_KEY, PASSWORD, Login

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields
    from holdfast.agent.layout import Layout

_HIGHEST_PORT = 65535
_HTTPS, _USUAL_PORT = 443, ":443"


class Target(NamedTuple):
    """One device; `sha256` or `ca` (PEM) proves it, the other is None."""

    name: str
    host: str
    port: int
    sha256: str | None
    ca: str | None
    login_by: str
    user: str | None
    minimum_firmware: Firmware
    certificates: bool

    @property
    def address(self) -> str:
        """HOST:PORT; an IPv6 address in brackets."""
        return "%s:%d" % ("[%s]" % self.host if ":" in self.host else self.host, self.port)

    @property
    def authority(self) -> str:
        """What a request calls the device: the address, without the port where it is the usual."""
        return self.address[: -len(_USUAL_PORT)] if self.port == _HTTPS else self.address

    def secret(self, layout: Layout, path: str) -> str:
        """Return a secret of the device, such as `certificates.passphrase`, from this node."""
        name = "%s.%s" % (self.name, path)
        try:
            return regular.read(os.path.join(layout.secrets, name), "secret " + name).decode()
        except FileNotFoundError:
            raise NotSetUp(self.name, "its secret %s is not on this node" % name) from None
        except UnicodeDecodeError:
            raise NotSetUp(self.name, "its secret %s is no text" % name) from None

    def login(self, layout: Layout) -> Login:
        """Return the login, its secret read from this node."""
        return Login(self.user, self.secret(layout, self.login_by))


def parse(name: str, given: Fields) -> Target:
    """Return the target that attributes describe; raise Malformed for what is none."""
    tls = given.inner("tls")
    sha256 = tls.text("sha256") if "sha256" in tls.document else None
    ca = tls.text("ca") if sha256 is None else None
    if sha256 is not None and not re.fullmatch("[0-9a-f]{64}", sha256):
        raise tls.refusal("sha256", "64 hexadecimal digits")
    login_by = given.one_of("login", API_KEY, PASSWORD)
    host, port = given.text("host"), given.whole("port", 1)
    if not re.fullmatch(r"(?!-)[A-Za-z0-9_.:-]{1,253}", host) or port > _HIGHEST_PORT:
        raise given.refusal("host", "a host name or an IP address, with a port")
    user = given.text_or_none("user")
    if (user is None) != (login_by == API_KEY):
        raise given.refusal("user", "there with a password, and only with one")
    try:
        minimum = Firmware.parse(given.text("minimum_firmware"))
    except ValueError:
        raise given.refusal("minimum_firmware", "a version such as 7.2.62") from None
    certificates = given.truth("certificates")
    return Target(name, host, port, sha256, ca, login_by, user, minimum, certificates)


def load(layout: Layout, name: str) -> Target:
    """Return a device that this node knows; raise NotSetUp or Malformed."""
    if not names.is_name(name):
        raise Malformed("no LoadMaster has such a name: %r" % name[:80])
    path = os.path.join(layout.loadmasters, name + ".json")
    found = fields.load(path, "LoadMaster " + name)
    if found is None:
        raise NotSetUp(name, "this node does not know it")
    # Whoever could write there could have had the key sent elsewhere.
    if open_to_others := permissions.fault(os.lstat(path), permissions.WRITE):
        raise NotSetUp(name, "others could have changed its file (%s)" % open_to_others)
    return parse(name, found)
