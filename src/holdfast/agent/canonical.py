"""One way to write a JSON value down, so that equal values have equal bytes and digests."""

import json


def dumps(value: object) -> str:
    """Return the canonical JSON text of a value: sorted keys, no spaces, UTF-8 unescaped."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value: object) -> str:
    """Return the SHA-256 of the canonical text, in hex; of None, the text `absent`."""
    if value is None:
        return "absent"
    import hashlib  # noqa: PLC0415 - the most expensive import of those who only write

    return hashlib.sha256(dumps(value).encode()).hexdigest()
