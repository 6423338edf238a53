"""The device's own backup schedule in canonical form: equal values for equal meaning. Pure.

What a device answers depends on its API: `yes`, `1`, true; `"4"`, 4; an unset text is absent.
`backupsecure` is left out: it cannot say sftp, and one was seen to say `yes` of plain FTP. The
password and the key are never read: all that a device shows of them is asterisks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Mapping, NamedTuple

from holdfast.agent.failure import Malformed

if TYPE_CHECKING:
    Value = object  # of a JSON document, or the text of an XML one
    Attributes = Mapping[str, object]

ENABLE = "enable"
DAYS = ("daily", "mon", "tue", "wed", "thu", "fri", "sat", "sun")  # 0 to 7 in the device's words
METHODS = ("ftp", "scp", "sftp")
_DEVICE_FTP = "wput"  # the program behind it
_TRUE = frozenset({"yes", "y", "1", "true", "on"})
_FALSE = frozenset({"no", "n", "0", "false", "off"})
_MOST_DIGITS = 6


class Parameter(NamedTuple):
    """One readable parameter: its name on the device, ours, what it is when unset, both ways."""

    name: str
    field: str
    unset: object
    parse: Callable[[str], object]
    write: Callable[[object], str]

    def read(self, value: Value) -> object:
        """Return the canonical value; raise Malformed for one that has no meaning here."""
        text = _text(value)
        if not text:
            return self.unset
        found = self.parse(text)
        if found is None:
            raise Malformed("the device says %s of `%s`" % (repr(text)[:80], self.name))
        return found


def _text(value: Value) -> str:
    """Return a value as the one text that all spellings of it share, where that can be told."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ",".join(_text(item) for item in value)  # JSON makes lists of commas
    return str(value).strip()


def _truth(text: str) -> object:
    word = text.lower()
    return True if word in _TRUE else False if word in _FALSE else None


def _whole(most: int) -> Callable[[str], object]:
    def parse(text: str) -> object:
        fits = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
        return int(text) if fits and int(text) <= most else None

    return parse


def _day(text: str) -> object:
    number = _whole(len(DAYS) - 1)(text)
    return DAYS[number] if isinstance(number, int) else None


def _method(text: str) -> object:
    word = text.lower()
    word = "ftp" if word == _DEVICE_FTP else word
    return word if word in METHODS else None


def _yes(value: object) -> str:
    return "yes" if value else "no"


def _plain(value: object) -> str:
    return "" if value is None else str(value)  # an empty value unsets


# In the order in which they are written: what the device logs in with comes before when it does.
PARAMETERS = (
    Parameter(
        "backupmethod", "method", "ftp", _method, lambda v: {"ftp": "wput"}.get(str(v), str(v))
    ),
    Parameter("backuphost", "host", None, str, _plain),
    Parameter("backupuser", "user", None, str, _plain),
    Parameter("backuppath", "path", None, str, _plain),
    Parameter("backupday", "day", "daily", _day, lambda v: str(DAYS.index(str(v)))),
    Parameter("backuphour", "hour", 0, _whole(23), str),
    Parameter("backupminute", "minute", 0, _whole(59), str),
    Parameter("backupnetstat", "netstat", unset=True, parse=_truth, write=_yes),
    Parameter("backuptop", "top", unset=False, parse=_truth, write=_yes),
    Parameter("backupenable", ENABLE, unset=False, parse=_truth, write=_yes),
)
BY_FIELD = {parameter.field: parameter for parameter in PARAMETERS}
# Whose absence means nothing: a device shows no unset text. The others it always shows.
TEXTS = ("host", "user", "path")


def canonical(shown: Mapping[str, Value]) -> dict[str, object]:
    """Return the readable fields of a device's parameters, whatever the case of their names."""
    by_name = {name.lower(): value for name, value in shown.items()}
    return {each.field: each.read(by_name.get(each.name)) for each in PARAMETERS}


def missing(shown: Mapping[str, Value]) -> list[str]:
    """Return the parameters that an answer should have told of and did not.

    Half an answer must not pass for an automated backup that is off.
    """
    told = {name.lower() for name in shown}
    return [each.name for each in PARAMETERS if each.field not in TEXTS and each.name not in told]
