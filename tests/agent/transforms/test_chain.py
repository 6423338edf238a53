from __future__ import annotations

import hashlib
import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.transforms.lacking import Lacking
from holdfast.agent.age import file, header, x25519
from holdfast.agent.age.errors import AgeError, BadKeyError
from holdfast.agent.blocks import MIB
from holdfast.agent.failure import Failed
from holdfast.agent.transforms import chain
from holdfast.agent.transforms.available import Available, MissingError
from holdfast.agent.transforms.recipe import COMPRESSIONS, Packing, Recipe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

IDENTITY = x25519.generate()
RECIPIENT = str(x25519.recipient_of(IDENTITY))
CONTENT = b"".join(b"%d\n" % number + bytes(9000) for number in range(400)) + os.urandom(100_000)
HERE = Available()


def blocks(content: bytes, size: int = MIB) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def store(content: Iterable[bytes], recipe: Recipe, node: Available = HERE) -> bytes:
    with chain.outgoing(content, recipe, node) as flow:
        stored = b"".join(flow.blocks)
    assert flow.stored.facts() == facts(stored)
    return stored


def restore(stored: bytes, packing: Packing, key: bytes | None, node: Available = HERE) -> bytes:
    with chain.incoming(blocks(stored), packing, key, node) as flow:
        content = b"".join(flow.blocks)
    assert flow.content.facts() == facts(content)
    assert flow.stored.facts() == facts(stored)
    return content


def facts(content: bytes) -> dict[str, object]:
    return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def key_of(stored: bytes) -> bytes:
    return file.unwrap(header.split([stored])[0], [IDENTITY])


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("recipients", [(), (RECIPIENT,)], ids=["plain", "age"])
@settings(max_examples=8, deadline=None)
@given(
    st.sampled_from([0, 1, 65_536, MIB, 2 * MIB, len(CONTENT)]),
    st.integers(-1, 1),
    st.integers(60_000, 2 * MIB),
)
def test_every_recipe_comes_back(
    compression: str, recipients: tuple[str, ...], size: int, more: int, block: int
) -> None:
    recipe = Recipe(compression, recipients, None)
    content = CONTENT[: max(0, size + more)]
    with chain.outgoing(blocks(content, block), recipe, HERE) as flow:
        stored = b"".join(flow.blocks)
    assert flow.content.facts() == facts(content)
    key = key_of(stored) if recipients else None
    assert restore(stored, recipe.packing, key) == content


def test_the_usual_programs_read_what_is_stored(tmp_path: Path) -> None:
    stored = store(blocks(CONTENT), Recipe("gzip", (RECIPIENT,), None))
    (tmp_path / "identity").write_text(IDENTITY.reveal())
    command = f"age --decrypt --identity {tmp_path}/identity | gzip --decompress"
    opened = subprocess.run(["sh", "-c", command], input=stored, check=True, capture_output=True)
    assert opened.stdout == CONTENT


def test_nothing_of_the_content_can_be_read_when_encrypted() -> None:
    assert b"\n\0\0\0\0" not in store(blocks(CONTENT), Recipe("off", (RECIPIENT,), None))


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_flipped_bit_in_an_encrypted_file_is_refused(compression: str) -> None:
    recipe = Recipe(compression, (RECIPIENT,), None)
    stored = store(blocks(CONTENT), recipe)
    key = key_of(stored)
    for place in range(7, len(stored), len(stored) // 25):
        damaged = bytearray(stored)
        damaged[place] ^= 1
        with pytest.raises(Failed):
            restore(bytes(damaged), recipe.packing, key)


def test_a_missing_key_and_a_needless_key_are_refused() -> None:
    plain = store(blocks(CONTENT), Recipe("gzip", (), None))
    with pytest.raises(AgeError, match="is encrypted"):
        restore(plain, Packing("gzip", encrypted=True), None)
    with pytest.raises(AgeError, match="not encrypted"):
        restore(plain, Packing("gzip", encrypted=False), bytes(16))


def test_a_recipient_that_is_none_is_refused_before_anything_is_read() -> None:
    source = blocks(CONTENT)
    with pytest.raises(BadKeyError, match="checksum"):
        store(source, Recipe("off", (RECIPIENT[:-1] + "q",), None))
    assert next(source) == CONTENT[:MIB]


@pytest.mark.parametrize(
    ("recipe", "lacks"),
    [
        (Recipe("off", (RECIPIENT,), None), ("cryptography",)),
        (Recipe("zstd", (), None), ("zstandard", "zstd program")),
    ],
)
def test_what_a_node_cannot_do_is_refused_and_never_replaced(
    recipe: Recipe, lacks: tuple[str, ...]
) -> None:
    source = blocks(CONTENT)
    with pytest.raises(MissingError, match="install the package"):
        store(source, recipe, Lacking(*lacks))
    assert next(source) == CONTENT[:MIB]


def test_a_limit_holds_for_what_is_stored() -> None:
    with chain.outgoing([CONTENT], Recipe("off", (), 40_000_000), HERE) as flow:
        sizes = [len(block) for block in flow.blocks]
    assert max(sizes) <= MIB
    assert sum(sizes) == flow.stored.size == len(CONTENT)


def test_a_chain_without_encryption_never_loads_the_library() -> None:
    import sys

    program = (
        "import sys\n"
        "from holdfast.agent.transforms import chain\n"
        "from holdfast.agent.transforms.available import Available\n"
        "from holdfast.agent.transforms.recipe import Recipe\n"
        "with chain.outgoing([b'x'], Recipe('gzip', (), None), Available()) as flow:\n"
        "    list(flow.blocks)\n"
        "print('cryptography' in sys.modules)\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert result.stdout == b"False\n"
