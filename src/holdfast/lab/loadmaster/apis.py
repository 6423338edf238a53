"""What a device sends over either API: its answers and its refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.lab.loadmaster import access, accessv2
from holdfast.lab.loadmaster.call import Interface

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.answer import Answer, Refused
    from holdfast.lab.loadmaster.switches import Switches
    from holdfast.lab.loadmaster.wire import Reply


def done(interface: Interface, answer: Answer, switches: Switches) -> Reply:
    """Return the reply to a call that was done."""
    ok = "OK" if switches.capital_code else "ok"
    if interface is Interface.XML:
        return access.done(answer, ok=ok)
    return accessv2.done(answer, ok=ok, off="" if switches.off_is_empty else False)


def refused(interface: Interface, refusal: Refused, *, status: int | None = None) -> Reply:
    """Return the reply to a call that was refused; `status` is HTTP's, where that is to differ."""
    if interface is Interface.XML:
        return access.refused(refusal, status=status)
    return accessv2.refused(refusal, status=status)
