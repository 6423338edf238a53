from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from holdfast.agent.transforms.pipeline import Pipeline
from holdfast.agent.transforms.program import ProgramError, through

BLOCK = bytes(range(256)) * 4096


def test_a_program_turns_blocks_into_others() -> None:
    assert b"".join(through("tr", "a-z", "A-Z")([b"hold", b"", b"fast"])) == b"HOLDFAST"


def test_more_than_any_pipe_holds_passes() -> None:
    assert b"".join(through("cat")([BLOCK] * 20)) == BLOCK * 20


def test_a_program_may_say_everything_at_the_end() -> None:
    assert len(b"".join(through("tac")([BLOCK] * 5))) == len(BLOCK) * 5


def test_a_program_that_fails_is_named_with_its_own_words() -> None:
    with pytest.raises(ProgramError, match="sh failed: out of order"):
        list(through("sh", "-c", "cat; echo out of order >&2; exit 3")([BLOCK]))


@pytest.mark.parametrize(("status", "words"), [(0, "before its input"), (1, "exit status 1")])
def test_a_program_that_ends_before_its_input_is_a_failure(status: int, words: str) -> None:
    with pytest.raises(ProgramError, match=words):
        list(through("sh", "-c", f"exit {status}")(itertools.repeat(BLOCK)))


def test_a_program_is_ended_with_the_pipeline(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    stage = through("sh", "-c", f"echo $$ >{note}; exec cat")
    with Pipeline(itertools.repeat(BLOCK), [stage]) as out:
        next(out)
    assert not Path("/proc", note.read_text().strip()).exists()
