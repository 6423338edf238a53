"""Bech32 (BIP 173) without its limit of 90 characters, as age writes its keys. Strict."""

from __future__ import annotations

from typing import Iterable, List, Tuple

from holdfast.agent.age.errors import BadKeyError

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM = 6


def encode(prefix: str, payload: bytes) -> str:
    """Return the lower-case text of a payload."""
    groups = _to_groups(payload)
    check = _polymod([*_expand(prefix), *groups, *([0] * _CHECKSUM)]) ^ 1
    groups += [check >> 5 * (_CHECKSUM - 1 - place) & 31 for place in range(_CHECKSUM)]
    return prefix + "1" + "".join(_LETTERS[group] for group in groups)


def decode(text: str) -> Tuple[str, bytes]:
    """Return prefix, in the case it came in, and payload; raise BadKeyError for all that is odd."""
    if text not in (text.lower(), text.upper()):
        raise BadKeyError("mixes upper and lower case")
    prefix, one, rest = text.rpartition("1")
    if not one or not prefix or len(rest) < _CHECKSUM:
        raise BadKeyError("is not Bech32")
    if not all("!" <= letter <= "~" for letter in prefix):
        raise BadKeyError("has a letter that no key has")
    groups = [_LETTERS.find(letter) for letter in rest.lower()]
    if -1 in groups:
        raise BadKeyError("has a letter that no key has")
    if _polymod([*_expand(prefix.lower()), *groups]) != 1:
        raise BadKeyError("has a wrong checksum; was it copied whole?")
    return prefix, _to_bytes(groups[:-_CHECKSUM])


def _to_groups(payload: bytes) -> List[int]:
    count = (len(payload) * 8 + 4) // 5
    number = int.from_bytes(payload, "big") << (count * 5 - len(payload) * 8)
    return [number >> 5 * (count - 1 - place) & 31 for place in range(count)]


def _to_bytes(groups: List[int]) -> bytes:
    number = 0
    for group in groups:
        number = number << 5 | group
    padding = len(groups) * 5 % 8
    if padding > 4 or number & ((1 << padding) - 1):  # noqa: PLR2004 - a whole group is no padding
        raise BadKeyError("has bits left over")
    return (number >> padding).to_bytes(len(groups) * 5 // 8, "big")


def _expand(prefix: str) -> List[int]:
    codes = prefix.encode()
    return [*(code >> 5 for code in codes), 0, *(code & 31 for code in codes)]


def _polymod(groups: Iterable[int]) -> int:
    check = 1
    for group in groups:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ group
        for bit, generator in enumerate(_GENERATOR):
            if top >> bit & 1:
                check ^= generator
    return check
