"""What a test may order of a device beside its APIs: faults, switches, state, events."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from holdfast.lab.loadmaster.configuration import Table
from holdfast.lab.loadmaster.fault import Fault, Kind
from holdfast.lab.loadmaster.parameters import PARAMETERS
from holdfast.lab.loadmaster.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.lab.loadmaster.device import Device


class BadOrder(Exception):
    """An order that makes no sense; the text says why."""


def summary(device: Device) -> dict[str, Any]:
    """Return what a device is."""
    return {
        "name": device.name,
        "sha256": device.identity.sha256,
        "certificate": device.identity.pem,
        "booting": device.booting(),
        "blocked": device.blocked(),
        **device.facts(),
    }


def state(device: Device, _document: dict[str, Any]) -> dict[str, Any]:
    """Return all there is to know, the parameters in clear; users, keys and files only by name."""
    configuration = device.configuration
    return {
        **summary(device),
        "parameters": dict(configuration.parameters),
        "users": {
            user.name: {"permissions": user.permissions, "api_keys": len(user.keys)}
            for user in configuration.users.values()
        },
        "tables": {table.value: records for table, records in configuration.tables.items()},
        "certificates": sorted(device.certificates.services),
        "intermediates": sorted(device.certificates.intermediates),
        "switches": asdict(device.switches),
        "faults": [asdict(fault) for fault in device.faults.listed()],
    }


def change(device: Device, document: dict[str, Any]) -> dict[str, Any]:
    """Change `switches`, `parameters` (null unsets), `tables` (null removes a record), `limit`."""
    for subject, values in document.items():
        if subject not in _CHANGES or not isinstance(values, dict):
            raise BadOrder(f"{subject}: objects of {', '.join(_CHANGES)} can be changed")
        for name, value in values.items():
            _CHANGES[subject](device, name, value)
    return state(device, {})


def add_fault(device: Device, document: dict[str, Any]) -> dict[str, Any]:
    """Order a fault: `kind`, and `command`, `times` (null: always), `seconds`."""
    try:
        fault = Fault(**{**document, "kind": Kind(str(document.get("kind")))})
    except (TypeError, ValueError) as error:
        raise BadOrder(f"{error}; kinds: {', '.join(Kind)}") from error
    device.faults.add(fault)
    return asdict(fault)


def clear_faults(device: Device, _document: dict[str, Any]) -> dict[str, Any]:
    """Forget all faults."""
    device.faults.clear()
    return {}


def calls(device: Device, _document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the calls that came, oldest first."""
    return [asdict(received) for received in device.calls.listed()]


def clear_calls(device: Device, _document: dict[str, Any]) -> dict[str, Any]:
    """Forget the calls that came."""
    device.calls.clear()
    return {}


def change_certificate(device: Device, document: dict[str, Any]) -> dict[str, Any]:
    """Serve a new certificate, good for `days`; negative days make an expired one."""
    device.change_certificate(_number(document, "days", 365))
    return summary(device)


def reboot(device: Device, document: dict[str, Any]) -> dict[str, Any]:
    """Reboot; every call is answered by 503 for `seconds`."""
    device.reboot(_number(document, "seconds", None))
    return summary(device)


def fail_over(device: Device, _document: dict[str, Any]) -> dict[str, Any]:
    """Make the other unit of the pair the active one."""
    if device.pair is None:
        raise BadOrder(f"{device.name} is no unit of a pair")
    device.pair.fail_over()
    return summary(device)


def unblock(device: Device, _document: dict[str, Any]) -> dict[str, Any]:
    """Let users in again who failed to log in too often."""
    device.lockout.unblock()
    return summary(device)


ORDERS: dict[tuple[str, str], Callable[[Device, dict[str, Any]], object]] = {
    ("GET", ""): state,
    ("PATCH", ""): change,
    ("POST", "faults"): add_fault,
    ("DELETE", "faults"): clear_faults,
    ("GET", "calls"): calls,
    ("DELETE", "calls"): clear_calls,
    ("POST", "certificate"): change_certificate,
    ("POST", "reboot"): reboot,
    ("POST", "failover"): fail_over,
    ("POST", "unblock"): unblock,
}


def _switch(device: Device, name: str, value: Any) -> None:
    kinds = {field.name: type(getattr(device.switches, field.name)) for field in fields(Switches)}
    if name not in kinds:
        raise BadOrder(f"switches.{name}: one of {', '.join(kinds)}")
    if type(value) is not kinds[name] and (kinds[name], type(value)) != (float, int):
        raise BadOrder(f"switches.{name}: is a {kinds[name].__name__}")
    setattr(device.switches, name, value)


def _limit(device: Device, name: str, value: Any) -> None:
    if name not in ("calls", "seconds"):
        raise BadOrder(f"limit.{name}: calls or seconds")
    setattr(device.limit, name, value)


def _parameter(device: Device, name: str, value: Any) -> None:
    if name.lower() not in PARAMETERS:
        raise BadOrder(f"parameters.{name}: no such parameter")
    device.configuration.set(name.lower(), value)


def _table(device: Device, name: str, value: Any) -> None:
    if name not in set(Table):
        raise BadOrder(f"tables.{name}: one of {', '.join(Table)}")
    table = device.configuration.tables[Table(name)]
    for key, record in value.items():
        if record is None:
            table.pop(key, None)
        else:
            table[key] = {**table.get(key, {}), **record}


_CHANGES: dict[str, Callable[[Device, str, Any], None]] = {
    "switches": _switch,
    "limit": _limit,
    "parameters": _parameter,
    "tables": _table,
}


def _number(document: dict[str, Any], name: str, otherwise: Any) -> Any:
    value = document.get(name, otherwise)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise BadOrder(f"{name}: is a number")
    return value
