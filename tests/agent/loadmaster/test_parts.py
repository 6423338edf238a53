from __future__ import annotations

import pytest

from holdfast.agent.loadmaster.parts import parse


@pytest.mark.parametrize(
    ("names", "mask"),
    [
        ("base", 1),
        ("vs", 2),
        ("geo", 4),
        ("sso", 8),
        ("base vs", 3),
        ("vs sso geo", 14),
        ("all", 15),
        ("all vs", 15),
        ("certificates", 0),
    ],
)
def test_names_are_bits_and_all_is_fifteen(names: str, mask: int) -> None:
    found = parse(names.split())
    assert found.mask == mask
    assert found.certificates == ("certificates" in names)
    assert found.may_cut_off == bool(mask & 1)


def test_parts_are_told_with_the_certificates_first() -> None:
    assert str(parse(["all", "certificates"])) == "certificates, all"
    assert str(parse(["geo", "base"])) == "base, geo"


def test_what_is_no_part_is_refused_with_all_that_are() -> None:
    with pytest.raises(ValueError, match=r"'disk' is no part: they are base, vs, geo, sso, all"):
        parse(["vs", "disk"])
    with pytest.raises(ValueError, match="no part is named"):
        parse([])
