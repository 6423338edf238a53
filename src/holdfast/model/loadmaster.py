"""LoadMaster: an appliance, how it is reached and proven, and its own backup schedule."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from holdfast.model.location import HostPort, Https, LocalPath
from holdfast.model.scalar import Bool, Label, Name, Text, Written, quote, whole
from holdfast.model.secret import Secret
from holdfast.model.strict import Many, Strict
from holdfast.model.wrong import Wrong

_TRUST = ("sha256", "ca")
# LoadMaster 360's own minimum for its backups.
MINIMUM_FIRMWARE = "7.2.62"
_FIRMWARE = re.compile(r"[0-9]{1,5}(\.[0-9]{1,5}){2,3}")


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a certificate as 64 lower-case hexadecimal digits."""
    digits = text.replace(":", "").lower()
    if re.fullmatch(r"[0-9a-f]{64}", digits):
        return digits
    raise Wrong(f"{quote(text)} is not a SHA-256 fingerprint", "32 bytes in hexadecimal")


def firmware(text: str) -> str:
    """Return a version of the firmware, of three or four numbers."""
    if _FIRMWARE.fullmatch(text):
        return text
    raise Wrong(f"{quote(text)} is not a firmware version", f"such as {MINIMUM_FIRMWARE}")


def _one_trust(schema: dict[str, Any]) -> None:
    schema["oneOf"] = [{"required": [key]} for key in _TRUST]


def _one_login(schema: dict[str, Any]) -> None:
    schema["oneOf"] = [{"required": ["api_key"]}, {"required": ["user", "password"]}]


Fingerprint = Annotated[
    str, Written(fingerprint, {"type": "string", "pattern": "^([0-9A-Fa-f]{2}:?){32}$"})
]


FirmwareVersion = Annotated[
    str, Written(firmware, {"type": "string", "pattern": f"^{_FIRMWARE.pattern}$"})
]


class Tls(Strict, json_schema_extra=_one_trust):
    """How the appliance proves itself; there is no unverified."""

    sha256: Annotated[Fingerprint | None, Field(description="SHA-256 of its certificate")] = None
    ca: Annotated[LocalPath | None, Field(description="file with the CA's certificate")] = None

    @model_validator(mode="after")
    def _one_trust(self) -> Self:
        self.exactly_one(_TRUST)
        return self


class Certificates(Strict):
    """Back up the certificates too: they are not in the configuration."""

    passphrase: Annotated[Secret, Field(description="of the certificate backup")]


class AutomatedBackup(Strict):
    """The appliance's own schedule."""

    enable: Bool
    day: Literal["daily", "mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "daily"
    hour: Annotated[int, whole(0, 23)] = 0
    minute: Annotated[int, whole(0, 59)] = 0
    method: Literal["sftp", "scp", "ftp"] = "sftp"
    host: Annotated[HostPort | None, Field(description="HOST[:PORT]")] = None
    user: Label | None = None
    password: Secret | None = None
    identity: Annotated[Secret | None, Field(description="SSH private key")] = None
    path: Annotated[Text | None, Field(description="folder on the host")] = None
    netstat: Annotated[Bool, Field(description="netstat output in the backup")] = True
    top: Annotated[Bool, Field(description="top output in the backup")] = False


class LoadMaster(Strict, json_schema_extra=_one_login):
    """An appliance with an address, a proof, a login and a connector."""

    address: Annotated[Https, Field(description="https://HOST[:PORT] of its API")]
    connector: Annotated[Name, Field(description="node that reaches it")]
    tls: Annotated[
        Tls, Field(description="how it proves itself: `sha256` of its certificate, or `ca`")
    ]
    api_key: Secret | None = None
    user: Label | None = None
    password: Secret | None = None
    minimum_firmware: Annotated[
        FirmwareVersion, Field(description="with less it is not backed up: status apiversion")
    ] = MINIMUM_FIRMWARE
    certificates: Certificates | None = None
    labels: dict[Label, Label] = Field(default_factory=dict)
    automated_backup: Annotated[
        AutomatedBackup | None, Field(description="its own schedule; absent is not managed")
    ] = None
    was: Annotated[Many[Name], Field(description="its earlier names")] = ()

    @model_validator(mode="after")
    def _one_login(self) -> Self:
        written = self.model_fields_set & {"api_key", "user", "password"}
        if "api_key" in written and len(written) > 1:
            raise Wrong("has `api_key` and a user or password", "only one of the two logins")
        if "api_key" not in written and len(written) < len(("user", "password")):
            raise Wrong("needs `api_key`, or `user` and `password`")
        return self
