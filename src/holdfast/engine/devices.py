"""What LoadMasters tell of themselves that a person must look at. Pure: their own clock counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from holdfast.agent import timestamp
from holdfast.agent.loadmaster.firmware import Firmware
from holdfast.desired.anew import anew
from holdfast.desired.automated_backup import address, managed
from holdfast.plan.resource import LOADMASTER, NODE, Resource
from holdfast.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from holdfast.engine.observe import Observation
    from holdfast.engine.status import NodeStatus
    from holdfast.inventory.inventory import Inventory
    from holdfast.plan.actual import Actual, Device, Unread
    from holdfast.plan.plan import Unknown
    from holdfast.plan.resource import Address

    Words = tuple[str, str]  # what is wrong, and what to do

SOON = timedelta(days=30)
MOST_KEYS, MANY_KEYS = 16, 14  # of a user; the 17th silently pushes out the oldest

# Affected versions, from the first to before the second; from the CVE records of 2024 and 2026.
CVES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "CVE-2024-1212": (
        ("7.2.48.1", "7.2.48.10"),
        ("7.2.54.0", "7.2.54.8"),
        ("7.2.55.0", "7.2.59.2"),
    ),
    "CVE-2026-8037": (("7.2.45.12", "7.2.54.18"), ("7.2.60.0", "7.2.63.2")),
}


def trusted(inventory: Inventory, answer: Actual) -> Actual:
    """Return an answer with what its node may tell: of its own devices, of managed schedules."""
    devices = inventory.loadmasters.items()
    own = {address(name).far_end for name, each in devices if each.connector == answer.target}
    named = {address(name) for name, _ in managed(inventory, answer.target)}

    def counts(place: Address) -> bool:
        return place.scope == NODE or place in named

    return replace(
        answer,
        resources=tuple(item for item in answer.resources if counts(item.address)),
        applied={place: record for place, record in answer.applied.items() if counts(place)},
        silent=tuple(item for item in answer.silent if item.target in own),
    )


def unread(
    observation: Observation, actual: Iterable[Actual], unknown: Iterable[Unknown]
) -> tuple[Unread, ...]:
    """Return what gave no whole answer: nodes, and LoadMasters whose schedule had to be read."""
    needed = {item.address.far_end for item in unknown}
    silent = (item for answer in actual for item in answer.silent if item.target in needed)
    return tuple(sorted([*observation.unread, *silent], key=lambda item: item.target))


def of_plan(
    inventory: Inventory,
    actual: Iterable[Actual],
    asked: Iterable[Resource],
    unknown: Iterable[Unknown],
) -> Iterator[Problem]:
    """Yield the findings of a plan; a device that an apply reaches anew may well be silent yet."""
    actual = tuple(actual)
    held = {item.address: item.attributes for answer in actual for item in answer.resources}
    fresh = {f"{LOADMASTER}/{name}" for name in anew(inventory, asked, held)}
    yield from findings(inventory, actual, fresh | {item.address.far_end for item in unknown})


def findings(
    inventory: Inventory,
    answers: Iterable[Actual | NodeStatus],
    spared: Collection[str] = frozenset(),
) -> Iterator[Problem]:
    """Yield what is wrong with the LoadMasters, of each in the same order.

    That one of the `spared` is silent is told elsewhere, or is to be expected.
    """
    backed_up = {promise.loadmaster for promise in inventory.promises}
    for answer in answers:
        silent = {item.target: item.reason for item in answer.silent}
        for name, declared in inventory.loadmasters.items():
            if declared.connector != answer.target:
                continue  # nobody else is believed
            far_end = address(name).far_end
            if far_end in silent and far_end not in spared:
                yield Problem(far_end, "", silent[far_end], "", Severity.FINDING)
            if name in answer.devices:
                minimum = declared.minimum_firmware if name in backed_up else ""
                for what, hint in _of(answer.devices[name], minimum):
                    yield Problem(far_end, "", what, hint, Severity.FINDING)


def _of(device: Device, minimum: str) -> Iterator[Words]:
    yield from _firmware(device.firmware, minimum)
    if device.certificate_ends:
        yield from _certificate(device)
    if device.api_keys is not None and device.api_keys > MANY_KEYS:
        used = f"{device.api_keys} of {MOST_KEYS} API keys of its user are in use"
        yield used, "delete those that nobody needs: the 17th silently pushes out the oldest"
    if device.plain_ftp:
        what = "its automated backup sends the configuration and the password in clear, by ftp"
        yield what, "choose sftp or scp"


def _firmware(text: str, minimum: str) -> Iterator[Words]:
    try:
        version = Firmware.parse(text)
    except ValueError:
        yield f"its firmware says {text[:40]!r}, which is no version", "see what answers there"
        return
    if minimum and version.numbers < Firmware.parse(minimum).numbers:
        what = f"its firmware {text} is under {minimum}: backups of it end as apiversion"
        yield what, "update it, or lower `minimum_firmware`"
    for cve, ranges in CVES.items():
        for first, fixed in ranges:
            if Firmware.parse(first).numbers <= version.numbers < Firmware.parse(fixed).numbers:
                what = f"its firmware {text} has {cve}, which lets anybody in who reaches its API"
                yield what, f"update it to {fixed} or later"


def _certificate(device: Device) -> Iterator[Words]:
    ends = timestamp.from_text(device.certificate_ends)
    left = ends - timestamp.from_text(device.read)
    if left < SOON:
        word = "ended" if left < timedelta(0) else "ends"
        what = f"its certificate {word} at {device.certificate_ends}"
        yield what, "renew it on the device, then put the new fingerprint into `tls`"
