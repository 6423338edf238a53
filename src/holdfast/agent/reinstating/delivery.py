"""Sends what is restored to a device, certificates before the configuration, each part once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent.failure import Failed
from holdfast.agent.loadmaster import comeback, given
from holdfast.agent.loadmaster import target as targets
from holdfast.agent.loadmaster.comeback import Candidate
from holdfast.agent.loadmaster.errors import (
    BadAnswer,
    DeviceError,
    Dropped,
    Faulty,
    NotSetUp,
    Rejected,
    TimedOut,
    Untrusted,
)
from holdfast.agent.loadmaster.patience import Patience
from holdfast.agent.loadmaster.session import session
from holdfast.agent.sources.loadmaster import LoadMaster

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.loadmaster.device import Device
    from holdfast.agent.reinstating.order import Order
    from holdfast.agent.reinstating.shipment import Shipment
    from holdfast.agent.sources.loadmaster import Facts

_CUT = (Dropped, TimedOut)
_UNCLEAR = (*_CUT, BadAnswer, Faulty)  # it may have done what it was sent, and may not
_FULL = "full"  # certificates of services, of intermediates, and of the device itself


class Times(NamedTuple):
    """How long the device may take, and when to look whether it has come back."""

    patience: Patience = Patience()
    pauses: tuple[float, ...] = comeback.PAUSES


_USUAL = Times()


class Outcome(NamedTuple):
    """Whose login the device answers to afterwards, empty for none; and what a person must know.

    `confirmed` is whether it said itself that it had taken over what it was sent.
    """

    answered: str
    told: str
    confirmed: bool = True


class Delivery:
    """What goes to one device out of one backup."""

    def __init__(
        self,
        layout: Layout,
        order: Order,
        shipment: Shipment,
        times: Times = _USUAL,
    ) -> None:
        self._shipment = shipment
        self._layout = layout
        self._order = order
        self._times = times
        self._was_told = True

    def prove(self) -> None:
        """Read all that will be sent, once; raise Failed where any of it is not what it was."""
        self._shipment.prove(self._order.parts)
        if self._order.parts.certificates:
            self._passphrase()

    def send(self, seen: Facts) -> Outcome:
        """Send it to the device that was `seen` before, and tell what became of it."""
        with session(self._layout, self._order.loadmaster, self._times.patience) as device:
            if LoadMaster(self._layout, device).facts != seen:
                raise Failed("%s is not as it was a moment ago; nothing was changed" % device.name)
            if self._order.parts.certificates:
                self._send_certificates(device)
            if self._order.parts.mask:
                self._send_archive(device)
        # With the base its login may be another then, with certificates its own one.
        if self._order.parts.may_cut_off or self._order.parts.certificates:
            return self._outcome()
        return Outcome(self._order.loadmaster, "")

    def _send_certificates(self, device: Device) -> None:
        arguments = {"password": self._passphrase(), "type": _FULL}
        size = self._shipment.part.content.size
        try:
            device.upload("restorecert", arguments, self._shipment.certificates(), size)
        except _UNCLEAR as error:
            raise _unclear(error) from error
        except Rejected as error:
            raise Failed(
                "%s; were they backed up with another passphrase? `certificates` of the LoadMaster "
                "must name the one of then" % error
            ) from error

    def _send_archive(self, device: Device) -> None:
        arguments = {"type": str(self._order.parts.mask)}
        if self._order.parts.may_cut_off:
            # With the base come the secrets of then: the next apply writes the wanted ones again.
            given.forget(self._layout, device.name)
        try:
            device.upload("restore", arguments, self._shipment.archive(), self._shipment.size)
        except _UNCLEAR as error:
            if not (self._order.parts.may_cut_off and isinstance(error, _CUT)):
                raise _unclear(error) from error
            self._was_told = False
        except Untrusted as error:
            if not self._order.parts.certificates:
                raise
            raise Failed(
                "%s; its certificates were restored, its configuration was not: put what it serves "
                "now into `tls`, apply, and restore the other parts" % error
            ) from error

    def _outcome(self) -> Outcome:
        target = targets.load(self._layout, self._order.loadmaster)
        found = comeback.wait(self._layout, target, self._candidates(), *self._times)
        told = []
        if not self._was_told:
            told.append(
                "it ended the connection before it said that the restore was done: "
                "look whether it was"
            )
        if found.answered is None:
            told.append("it does not answer as before: %s" % found.reason)
        elif found.answered != target.name:
            told.append(
                "it takes the login of %s now: put that into the inventory" % found.answered
            )
        return Outcome(found.answered or "", "; ".join(told), self._was_told)

    def _candidates(self) -> list[Candidate]:
        """Return the login from before, and that of the device which the backup was made of."""
        found = []
        for name in dict.fromkeys((self._order.loadmaster, self._shipment.made_of.name)):
            try:
                known = targets.load(self._layout, name)
                found.append(Candidate(name, known.login(self._layout)))
            except NotSetUp:
                continue  # of a device that is gone no login is known
        return found

    def _passphrase(self) -> str:
        """Return the passphrase that the certificates of this backup were made with."""
        for name in dict.fromkeys((self._shipment.made_of.name, self._order.loadmaster)):
            try:
                return targets.load(self._layout, name).secret(
                    self._layout, "certificates.passphrase"
                )
            except NotSetUp:
                continue
        raise NotSetUp(self._order.loadmaster, "no passphrase of its certificates is on this node")


def _unclear(error: DeviceError) -> Failed:
    return Failed(
        "%s; what was sent may have been taken over or not, and is not sent again: "
        "look at the device" % error
    )
