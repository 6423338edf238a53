"""Secrets: files that only root reads. Must not: let a value or its digest leave the node."""

from __future__ import annotations

import os

from holdfast.agent import lines, names, permissions

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.protocol.request import Op
    from holdfast.agent.setup.survey import Survey

_VERSION = ".version"


def read(survey: Survey) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Return the secrets by name, and those that others could read."""
    folder = survey.layout.secrets
    try:
        files = sorted(os.listdir(folder))
    except FileNotFoundError:
        return {}, []
    found: dict[str, object] = {}
    problems = []
    for name in files:
        if not names.is_secret(name):
            continue
        attributes: dict[str, object] = {"present": True}
        attributes["version"] = version(survey.layout, name)
        found[name] = attributes
        status = os.lstat(os.path.join(folder, name))
        if fault := permissions.fault(status, permissions.ALL):
            attributes["permissions"] = fault
            what = "others than root may read its file: " + fault
            hint = "apply closes it to them; whoever has read it still has it: change the secret"
            problems.append(lines.problem("secret", name, what, hint, severity="warning"))
    return found, problems


def matches(layout: Layout, name: str, probe: object) -> bool:
    """Tell whether a probe, HMAC-SHA256 in hex under its salt, was made of the secret here."""
    import hmac  # noqa: PLC0415 - only a read that asks for it pays

    if not isinstance(probe, dict):
        return False
    salt, given = probe.get("salt"), probe.get("hmac")
    if not isinstance(salt, str) or not isinstance(given, str):
        return False
    with open(os.path.join(layout.secrets, name), "rb") as file:
        own = hmac.new(salt.encode(), file.read(), "sha256").hexdigest()
    return hmac.compare_digest(own.encode(), given.encode())


def apply(survey: Survey, op: Op) -> None:
    """Write a secret and its version, or remove both."""
    from holdfast.agent import atomic  # noqa: PLC0415 - a read must not pay for it
    from holdfast.agent.failure import Failed  # noqa: PLC0415
    from holdfast.agent.fields import Fields  # noqa: PLC0415

    folder = survey.layout.secrets
    path = os.path.join(folder, op.name)
    if op.after is None:
        atomic.remove(path)
        atomic.remove(path + _VERSION)
        return
    number = Fields(op.after, "secret " + op.name).whole("version")
    value = op.extra.get("value")
    if not isinstance(value, str):
        raise Failed("its value was not sent")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    os.chmod(folder, 0o700)
    atomic.write(path, value, 0o600)
    atomic.write(path + _VERSION, "%d\n" % number, 0o600)


def version(layout: Layout, name: str) -> int | None:
    """Return the version that was written after the value; None where that did not happen."""
    try:
        with open(os.path.join(layout.secrets, name + _VERSION), "rb") as file:
            return int(file.read())
    except (FileNotFoundError, ValueError):
        return None
