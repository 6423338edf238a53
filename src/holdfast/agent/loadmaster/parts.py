"""What of a LoadMaster is restored: parts of its configuration by name, and its certificates."""

from __future__ import annotations

from typing import Iterable, NamedTuple

# The bits of the device's own `type`. The vendor's PowerShell calls 7 "all", and so misses SSO.
BITS = {"base": 1, "vs": 2, "geo": 4, "sso": 8}
ALL, CERTIFICATES = "all", "certificates"
NAMES = (*BITS, ALL, CERTIFICATES)


class Parts(NamedTuple):
    """The sum of the bits of the configuration's parts, 0 for none of it; and the certificates."""

    mask: int
    certificates: bool

    @property
    def may_cut_off(self) -> bool:
        """Whether address, users and keys may change, so that we may not get in afterwards."""
        return bool(self.mask & BITS["base"])

    def __str__(self) -> str:
        chosen = [CERTIFICATES] if self.certificates else []
        if self.mask == sum(BITS.values()):
            return ", ".join([*chosen, ALL])
        return ", ".join([*chosen, *(name for name, bit in BITS.items() if self.mask & bit)])


def parse(names: Iterable[str]) -> Parts:
    """Return the parts that names ask for; raise ValueError where any is none, or none is named."""
    asked = frozenset(names)
    unknown = sorted(asked.difference(NAMES))
    if unknown or not asked:
        what = "%r is no part" % unknown[0] if unknown else "no part is named"
        raise ValueError("%s: they are %s" % (what, ", ".join(NAMES)))
    bits = BITS if ALL in asked else asked & BITS.keys()
    return Parts(sum(BITS[name] for name in bits), CERTIFICATES in asked)
