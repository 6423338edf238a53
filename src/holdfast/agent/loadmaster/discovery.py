"""Which API a device has: asked once, then remembered on the node.

A key is put into a URL only where the JSON API is known to be missing, not where all is off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.loadmaster import memory
from holdfast.agent.loadmaster.errors import ApiOff, UnknownCommand
from holdfast.agent.loadmaster.firmware import JSON_SINCE
from holdfast.agent.loadmaster.jsonapi import JsonApi
from holdfast.agent.loadmaster.memory import Memory
from holdfast.agent.loadmaster.xmlapi import XmlApi

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.loadmaster.device import Device


def settle(layout: Layout, device: Device) -> None:
    """Make a device use the API that it has."""
    known = memory.recall(layout, device.target)
    if known is not None:
        device.earlier = known.sha256
        device.use(XmlApi if known.interface == XmlApi.name else JsonApi)
        return
    device.use(JsonApi)
    try:
        device.find_firmware()
    except (ApiOff, UnknownCommand):
        if not device.has_xml():
            raise
        device.use(XmlApi)
        device.find_firmware()


def learn(layout: Layout, device: Device) -> None:
    """Remember what a session has shown of a device."""
    if device.firmware_seen is None or device.served is None:
        return
    if device.interface == XmlApi.name and device.firmware_seen.numbers >= JSON_SINCE.numbers:
        memory.forget(layout, device.name)  # it was updated, or its JSON API is off: look again
        return
    found = Memory(
        device.target.address,
        device.interface,
        device.firmware_seen.text,
        device.served.sha256,
    )
    memory.keep(layout, device.target, found)
