"""References to values: what is not set is None, what cannot be read says so without a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from holdfast.engine.credentials import home, public_half, resolve
from holdfast.errors import SecretError
from holdfast.model.secret import SecretRef

if TYPE_CHECKING:
    from pathlib import Path


def file(name: str) -> SecretRef:
    return SecretRef("file", name)


def test_the_environment_is_asked(tmp_path: Path) -> None:
    assert resolve(SecretRef("env", "A"), tmp_path, {"A": " x\n"}) == " x\n"
    assert resolve(SecretRef("env", "A"), tmp_path, {}) is None
    assert resolve(SecretRef("env", "A"), tmp_path, {"A": ""}) is None


@pytest.mark.parametrize(
    ("content", "value"), [("x", "x"), ("x\n", "x"), ("x\n\n", "x\n"), ("", None), ("\n", None)]
)
def test_one_newline_at_the_end_of_a_file_is_none_of_the_value(
    tmp_path: Path, content: str, value: str | None
) -> None:
    (tmp_path / "key").write_text(content, encoding="utf-8")
    assert resolve(file("key"), tmp_path, {}) == value
    assert resolve(file(str(tmp_path / "key")), tmp_path / "other", {}) == value


def test_a_file_that_is_not_there_is_not_set(tmp_path: Path) -> None:
    assert resolve(file("none/key"), tmp_path, {}) is None


def test_only_a_leading_tilde_is_home(tmp_path: Path) -> None:
    (tmp_path / "a~b").write_text("x", encoding="utf-8")
    assert resolve(file("a~b"), tmp_path, {"HOME": "/nowhere"}) == "x"
    (tmp_path / "key").write_text("y", encoding="utf-8")
    assert resolve(file("~/key"), tmp_path / "x", {"HOME": str(tmp_path)}) == "y"
    assert home("~/key", {}) == "~/key"


def test_what_cannot_be_read_is_told_without_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"canary\xff")
    for reference, environ in ((file("key"), {}), (SecretRef("env", "A"), {"A": "canary\udcff"})):
        with pytest.raises(SecretError, match="is not UTF-8 text") as caught:
            resolve(reference, tmp_path, environ)
        assert "canary" not in str(caught.value)
        assert caught.value.__cause__ is None
    (tmp_path / "folder").mkdir()
    with pytest.raises(SecretError, match="file/folder: cannot be read: Is a directory"):
        resolve(file("folder"), tmp_path, {})


def test_what_is_no_private_key_is_told_without_its_text() -> None:
    with pytest.raises(SecretError) as caught:
        public_half(SecretRef("env", "READ_KEY"), "canary")
    assert "canary" not in str(caught.value)
    assert str(caught.value).startswith("env/READ_KEY: ")
