from __future__ import annotations

import pytest

from holdfast.agent.transforms.recipe import COMPRESSIONS, Packing, Recipe

DEFINITION = {"compression": "zstd", "encrypt_to": ["age1x"], "bandwidth_limit": 1000, "name": "x"}


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("recipients", [[], ["age1x"]])
def test_a_file_name_tells_what_was_done(compression: str, recipients: list[str]) -> None:
    recipe = Recipe.of({**DEFINITION, "compression": compression, "encrypt_to": recipients})
    name = "weekly-20261121_033000.img" + recipe.packing.suffix
    assert Packing.of(name) == recipe.packing == Packing(compression, bool(recipients))


def test_the_suffixes_are_those_that_everybody_knows() -> None:
    suffixes = [Packing(compression, encrypted=True).suffix for compression in COMPRESSIONS]
    assert suffixes == [".age", ".gz.age", ".bz2.age", ".xz.age", ".zst.age"]


def test_a_recipe_is_read_from_a_definition() -> None:
    assert Recipe.of(DEFINITION) == Recipe("zstd", ("age1x",), 1000)


@pytest.mark.parametrize("member", ["compression", "encrypt_to"])
def test_nothing_is_plain_by_omission(member: str) -> None:
    with pytest.raises(ValueError, match=member):
        Recipe.of({key: value for key, value in DEFINITION.items() if key != member})


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("compression", "lzo"),
        ("compression", ["gzip"]),
        ("encrypt_to", "age1x"),
        ("encrypt_to", [1]),
        ("bandwidth_limit", 0),
        ("bandwidth_limit", True),
        ("bandwidth_limit", "50MiB/s"),
    ],
)
def test_what_is_no_recipe_is_refused(member: str, value: object) -> None:
    with pytest.raises(ValueError, match=member):
        Recipe.of({**DEFINITION, member: value})
