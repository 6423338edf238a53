"""From a request to the reply: which API, who is calling, what fault was ordered.

Must not: know sockets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.lab.loadmaster import access, accessv2, apis, damage
from holdfast.lab.loadmaster.answer import Answer, Refused
from holdfast.lab.loadmaster.call import Call, Draft
from holdfast.lab.loadmaster.commands import COMMANDS, UPLOADS
from holdfast.lab.loadmaster.configuration import Part
from holdfast.lab.loadmaster.firmware import JSON_SINCE
from holdfast.lab.loadmaster.login import login
from holdfast.lab.loadmaster.wire import Ending, Reply, lost, page

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.lab.loadmaster.calls import Received
    from holdfast.lab.loadmaster.device import Device
    from holdfast.lab.loadmaster.wire import Request


@dataclass(frozen=True)
class Exchange:
    """How a device answers; `wait` sleeps, or ends early when the lab stops."""

    device: Device
    wait: Callable[[float], object]

    def reply(self, request: Request) -> Reply:
        """Return the reply to a request, its call noted."""
        device = self.device
        if not device.limit.enter(device.clock()) and device.switches.rate_limit:
            return lost(Ending.DROP)
        draft = self._draft(request)
        if isinstance(draft, Reply):
            return draft
        received = device.calls.begin(device.clock(), draft.interface, draft.command)
        reply = None
        try:
            reply = self._answer(request, draft, received)
        finally:
            device.calls.end(received, device.clock(), reply.status if reply else 0)
        return reply

    def _draft(self, request: Request) -> Draft | Reply:
        """Return the call, or what the web server says before either API sees it."""
        path = request.target.partition("?")[0]
        if path.startswith(accessv2.PATH):
            if self.device.firmware.numbers < JSON_SINCE:
                return page(404)
            if request.method != "POST":
                return page(405)
            try:
                return accessv2.parse(request)
            except Refused as refusal:
                return accessv2.refused(refusal)
        if path.startswith(access.PREFIX) or path == access.LICENCE:
            if len(request.target) > access.LONGEST:
                return lost(Ending.RESET)
            if request.method not in ("GET", "POST"):
                return page(405)
            return access.parse(request, UPLOADS)
        return page(404)

    def _answer(self, request: Request, draft: Draft, received: Received) -> Reply:
        device = self.device
        fault = device.faults.take(draft.command)
        if fault and (spoilt := damage.instead(fault, draft.interface)):
            return spoilt
        if device.booting():
            return page(503, "Service Temporarily Unavailable")
        if not device.is_on("enableapi") and request.target != access.ENABLE:
            return page(404)
        self.wait(device.switches.delays.get(draft.command, 0.0))
        if fault:
            self.wait(damage.delay(fault))
        reply = self._perform(draft, received)
        if draft.command == "restore" and device.switches.drop_after_base and _moved(draft, reply):
            return lost(Ending.RESET)
        return damage.spoil(fault, reply, draft.interface) if fault else reply

    def _perform(self, draft: Draft, received: Received) -> Reply:
        try:
            with self.device.lock:
                user = login(self.device, draft.credentials)
                received.user = user.name
                answer = self._run(Call(draft, user))
        except Refused as refusal:
            return apis.refused(draft.interface, refusal)
        return apis.done(draft.interface, answer, self.device.switches)

    def _run(self, call: Call) -> Answer:
        command = COMMANDS.get(call.draft.command)
        if command is None or not command.exists(self.device.firmware):
            raise Refused(self.device.switches.unknown_command, "Unknown command")
        if command.permissions:
            call.allow(*command.permissions)
        return command.run(self.device, call)


def _moved(draft: Draft, reply: Reply) -> bool:
    """Tell whether a restore took over Base, and with it perhaps another address."""
    parts = draft.arguments.get("type", "0")
    return reply.status == 200 and bool(int(parts) & Part.BASE)  # noqa: PLR2004  # done
