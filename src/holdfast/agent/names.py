"""Which names may come from outside: they become paths, cron entries and lock names."""

_ALNUM = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_NAME = _ALNUM | frozenset("._-")
_INVENTORY = _ALNUM | frozenset("_-")  # no dot: cron skips files whose name has one
_DATASET = _NAME | {":"}
_DIGITS = frozenset("0123456789")

LONGEST = 32
_LONGEST_SECRET = 96
_LONGEST_DISK = 4
_LONGEST_DATASET = 150  # ZFS allows 255 bytes; a server, a disk and a backup are appended


def is_name(text: object) -> bool:
    """Tell whether text is a name: 1-32 of letters, digits, `.`, `_`, `-`, not led by a sign."""
    return _consists(text, _NAME, LONGEST)


def is_inventory(text: object) -> bool:
    """Tell whether text can be an inventory's id."""
    return _consists(text, _INVENTORY, LONGEST)


def is_secret(text: object) -> bool:
    """Tell whether text can name a secret, such as `lm-prg-1.api_key`."""
    return _consists(text, _NAME, _LONGEST_SECRET) and not str(text).endswith(".version")


def is_dataset(text: object) -> bool:
    """Tell whether text is the name of a ZFS filesystem or volume: never an option or a path."""
    if not isinstance(text, str) or len(text) > _LONGEST_DATASET:
        return False
    parts = text.split("/")
    return text[:1].isalpha() and all(
        part not in {"", ".", ".."} and _DATASET.issuperset(part) for part in parts
    )


def is_id(text: object) -> bool:
    """Tell whether text is a definition's id: `name@server:disk` or `name@loadmaster`.

    One that ends in `.approved` is refused: `<ID>.approved.json` holds the approved names of ID.
    """
    if not isinstance(text, str) or text.endswith(".approved"):
        return False
    name, at, source = text.partition("@")
    server, colon, disk = source.partition(":")
    if not at or not is_name(name) or not is_name(server):
        return False
    return not colon or (0 < len(disk) <= _LONGEST_DISK and _DIGITS.issuperset(disk))


def is_backup(text: object) -> bool:
    """Tell whether text is the full name of a backup: `web01:1/daily-20261121_020000`."""
    if not isinstance(text, str):
        return False
    source, slash, backup = text.rpartition("/")
    name, dash, stamp = backup.rpartition("-")
    return bool(slash and dash) and is_id(name + "@" + source) and is_stamp(stamp)


def is_stamp(text: str) -> bool:
    """Tell whether text is the moment in a backup's name: `20261121_020000`."""
    date, underline, clock = text.partition("_")
    return (len(date), underline, len(clock)) == (8, "_", 6) and _DIGITS.issuperset(date + clock)


def _consists(text: object, letters: "frozenset[str]", longest: int) -> bool:
    if not isinstance(text, str) or not 0 < len(text) <= longest:
        return False
    return text[0] in _ALNUM and letters.issuperset(text)
