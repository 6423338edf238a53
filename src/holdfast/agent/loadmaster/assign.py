"""Writes a device's own backup schedule in the safe order, no more than differs."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Iterator, Mapping

from holdfast.agent.failure import Failed
from holdfast.agent.loadmaster import automated, given, rewrite
from holdfast.agent.loadmaster.errors import DeviceError, Rejected
from holdfast.agent.loadmaster.look import parameters
from holdfast.agent.loadmaster.rewrite import LOGIN, OFF, ON, SECRETS, VERSION, Step

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.loadmaster.device import Device

    Attributes = Mapping[str, object]


def assign(layout: Layout, device: Device, wanted: Attributes) -> None:
    """Make a device's schedule the wanted one; raise DeviceError or Failed."""
    shown = parameters(device)
    before, serial = automated.canonical(shown), shown["serialnumber"]
    known = given.load(layout, device.name, serial)
    renewed = _renewed(before, wanted, known)
    values = {SECRETS[field]: _value(layout, device, field) for field in renewed}
    try:
        _carry_out(device, rewrite.steps(before, wanted, renewed), values, before)
    except DeviceError as error:
        what = "%s; its automated backup may be off until an apply gets through" % error
        raise Failed(what) from None
    given.note(layout, device.name, serial, wanted)


def _renewed(before: Attributes, wanted: Attributes, known: Attributes) -> list[str]:
    """Return the secrets to write: new ones, and all where another login or host is written.

    Whoever changed those by hand may have changed the secrets too, and nobody can read them.
    """
    other_login = any(before[field] != wanted[field] for field in LOGIN)
    return [
        field
        for field in SECRETS
        for version in [VERSION % field]
        if wanted[version] is not None and (other_login or wanted[version] != known[version])
    ]


def _value(layout: Layout, device: Device, field: str) -> str:
    """Return a secret as the device takes it."""
    text = device.target.secret(layout, "automated_backup." + field)
    if not text.strip("*"):
        raise Failed(
            "%s: its %s is nothing but asterisks: a mask, no secret" % (device.name, field)
        )
    if field == "identity":
        return base64.b64encode((text.rstrip("\n") + "\n").encode()).decode()
    return text


def _carry_out(
    device: Device, steps: list[Step], values: Mapping[str, str], before: Attributes
) -> None:
    """Set step by step; firmware that takes these only while it is on is switched on for them."""
    is_on = wanted_on = before[automated.ENABLE] is True
    for step in steps:
        value = values[step.parameter] if step.secret else step.value
        if step in (OFF, ON):
            wanted_on = step == ON
            if is_on != wanted_on:
                device.set(step.parameter, value)
                is_on = wanted_on
            continue
        try:
            device.set(step.parameter, value)
        except Rejected:
            if is_on:
                raise
            is_on = _insist(device, step, value)
    if is_on != wanted_on:
        device.set(*OFF[:2])


def _insist(device: Device, step: Step, value: str) -> bool:
    """Set a parameter while the schedule is on, as the vendor's own PowerShell does."""
    device.set(*ON[:2])
    try:
        device.set(step.parameter, value)
    except DeviceError:
        device.set(*OFF[:2])
        raise
    return True


def typed(name: str, wanted: Attributes) -> Iterator[str]:
    """Yield what is wrong with attributes that are to be written."""
    for field, parameter in automated.BY_FIELD.items():
        value = wanted.get(field)
        try:
            if parameter.read(parameter.write(value)) != value:
                yield "%s: %s cannot be %r" % (name, field, value)
        except (Failed, ValueError):
            yield "%s: %s cannot be %r" % (name, field, value)
    for field in SECRETS:
        value = wanted.get(VERSION % field)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            yield "%s: the version of %s cannot be %r" % (name, field, value)
