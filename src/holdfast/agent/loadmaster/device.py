"""A device in use: what is asked of it, one call after the other. Must not: outlive its session.

A safe read is tried again when what went wrong may be over in a moment; nothing else ever is.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from typing import TYPE_CHECKING, Callable, Iterable, Iterator, Mapping, Type, TypeVar, Union

from holdfast.agent.loadmaster import patience, transfer, wire, xmlapi
from holdfast.agent.loadmaster.errors import BadAnswer, DeviceError, FirmwareTooOld
from holdfast.agent.loadmaster.firmware import Firmware
from holdfast.agent.loadmaster.jsonapi import JsonApi
from holdfast.agent.loadmaster.values import Value, listed, shown, text
from holdfast.agent.loadmaster.xmlapi import XmlApi

if TYPE_CHECKING:
    from holdfast.agent.loadmaster.login import Login
    from holdfast.agent.loadmaster.patience import Limits, Patience
    from holdfast.agent.loadmaster.served import Served
    from holdfast.agent.loadmaster.target import Target
    from holdfast.agent.loadmaster.turn import Pace
    from holdfast.agent.loadmaster.wire import Order, Reply

_SECRETS = ("password", "ident")  # ends of the names of parameters that hold one
_NOT_FOUND = 404
Api = Union[JsonApi, XmlApi]
Result = TypeVar("Result")


class Device:
    """One device over one of its APIs.

    `served` is the certificate of the last call, `earlier` the fingerprint of the session before.
    """

    def __init__(self, target: Target, login: Login, pace: Pace, patience: Patience) -> None:
        self.target = target
        self.served: Served | None = None
        self.earlier: str | None = None
        self.firmware_seen: Firmware | None = None
        self._login, self._pace, self._patience = login, pace, patience
        self._reply: Reply | None = None
        self._api: Api = JsonApi(login)

    @property
    def name(self) -> str:
        """Its name in the inventory."""
        return self.target.name

    @property
    def interface(self) -> str:
        """Which API is used: `json` or `xml`."""
        return self._api.name

    def use(self, api: Type[Api]) -> None:
        """Use this API from here on."""
        self._api = api(self._login)

    def has_xml(self) -> bool:
        """Tell whether there is an XML API; asked without a login, which a URL would show."""
        with self._call(xmlapi.KNOCK, patience.small(self._patience)) as reply:
            return reply.status != _NOT_FOUND

    def find_firmware(self) -> Firmware:
        """Return its firmware, asked once a session."""
        if self.firmware_seen is None:
            said = self.get("version")
            try:
                self.firmware_seen = Firmware.parse(said)
            except ValueError:
                words = shown(said, self._login)
                raise BadAnswer(self.name, "tells no version of its firmware", words) from None
        return self.firmware_seen

    def require_minimum(self) -> None:
        """Raise FirmwareTooOld unless its firmware is the minimum or later."""
        found, least = self.find_firmware(), self.target.minimum_firmware
        if found.numbers < least.numbers:
            what = "its firmware is %s, the minimum is %s" % (found.text, least.text)
            raise FirmwareTooOld(self.name, what)

    def ask(self, command: str, **arguments: str) -> dict[str, Value]:
        """Return what a command answers that changes nothing."""
        return self._patient(lambda: self._values(command, arguments))

    def get(self, parameter: str) -> str:
        """Return a parameter; empty when it is unset."""
        found = self.ask("get", param=parameter)
        names = {name.lower(): value for name, value in found.items()}
        if parameter.lower() not in names:
            raise BadAnswer(self.name, "answers get of %s without it" % parameter)
        return text(names[parameter.lower()])

    def all(self) -> dict[str, str]:
        """Return all parameters that are set, by their names in lower case; secrets are masked."""
        return {name.lower(): text(value) for name, value in self.ask("getall").items()}

    def count_api_keys(self) -> int:
        """Return how many API keys its user has; the answer shows them, so no word of it stays."""
        try:
            found = self.ask("listapikeys").get("apikeys", "")
        except DeviceError as error:
            raise type(error)(error.device, error.what) from None
        return len(listed(found.get("key") if isinstance(found, dict) else found))

    def set(self, parameter: str, value: str) -> None:
        """Set a parameter, once; an empty value unsets it."""
        secrets = (value,) if parameter.lower().endswith(_SECRETS) else ()
        self._values("set", {"param": parameter, "value": value}, *secrets)

    @contextlib.contextmanager
    def download(self, command: str, **arguments: str) -> Iterator[Iterator[bytes]]:
        """Give the blocks of a file; they end in an error where it was not whole and good.

        What is made of them counts only once they have come to their end.
        """
        with contextlib.ExitStack() as stack:
            blocks = self._patient(lambda: self._opened(command, arguments, stack))
            yield transfer.bounded(self.name, command, blocks)

    def hang_up(self) -> None:
        """Break off the download that goes on in another thread, which gets an error."""
        if self._reply is not None:
            self._reply.hang_up()

    def upload(
        self, command: str, arguments: Mapping[str, str], blocks: Iterable[bytes], size: int
    ) -> None:
        """Send a file of `size` bytes, once, and wait until the device has dealt with it."""
        order = self._api.send(command, arguments, transfer.announced(blocks, size), size)
        with self._call(order, patience.large(self._patience)) as reply:
            self._api.values(reply, *_secrets_in(arguments))

    def _values(
        self, command: str, arguments: Mapping[str, str], *secrets: str
    ) -> dict[str, Value]:
        order = self._api.ask(command, arguments)
        with self._call(order, patience.small(self._patience)) as reply:
            return self._api.values(reply, *secrets, *_secrets_in(arguments))

    def _opened(
        self, command: str, arguments: Mapping[str, str], stack: contextlib.ExitStack
    ) -> Iterator[bytes]:
        """Return a file's blocks, the first of which has come; the stack holds its connection."""
        order = self._api.ask(command, arguments)
        with contextlib.ExitStack() as opening:
            call = self._call(order, patience.large(self._patience))
            reply = opening.enter_context(call)
            blocks = self._api.file(reply, *_secrets_in(arguments))
            first = next(blocks, b"")
            stack.push(opening.pop_all())
        return itertools.chain([first], blocks)

    @contextlib.contextmanager
    def _call(self, order: Order, limits: Limits) -> Iterator[Reply]:
        with contextlib.ExitStack() as stack:
            with self._pace.kept():
                reply = stack.enter_context(wire.exchange(self.target, order, limits))
            self.served, self._reply = reply.served, reply
            yield reply

    def _patient(self, read: Callable[[], Result]) -> Result:
        """Return what a safe read returns, tried again after each pause."""
        for pause in self._patience.pauses:
            try:
                return read()
            except DeviceError as error:
                if not error.passes:
                    raise
            time.sleep(pause)
        return read()


def _secrets_in(arguments: Mapping[str, str]) -> tuple[str, ...]:
    return (arguments["password"],) if "password" in arguments else ()
