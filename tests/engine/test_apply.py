"""Applying a plan to nodes that fail, lie, or are interrupted."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from engine.samples import HELLO, ORDER, Line, done, outcome, plan
from holdfast.engine.apply import apply
from holdfast.engine.report import Outcome, Status
from holdfast.errors import Locked, RemoteError, SecretError, Unauthorized, Unexpected, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.engine.apply import Send
    from holdfast.engine.report import Report
    from holdfast.plan.plan import Plan


def run(subject: Plan, send: Send, parallelism: int = 4) -> tuple[Report, list[Outcome]]:
    told: list[Outcome] = []
    return apply(subject, ORDER, send, told.append, parallelism), told


def statuses(report: Report, node: str) -> list[str]:
    return [o.status.value for o in report.outcomes if o.change.address.target == node]


def test_all_is_done_and_told() -> None:
    report, told = run(plan("n1", "n2"), done)
    assert report.exit_code == 0
    assert report.counts == Counter({Status.DONE: 4})
    assert Counter(map(str, told)) == Counter(map(str, report.outcomes))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Unreachable("n1", "no route"), 3),
        (Unexpected("n1", "noise"), 3),
        (Unauthorized("n1", "wrong key"), 12),
        (Locked("n1", "by ci"), 11),
        (SecretError("env/X: is not UTF-8 text"), 12),
    ],
)
def test_a_node_that_fails_does_not_hinder_the_others(error: Exception, code: int) -> None:
    def send(node: str, request: bytes) -> Iterator[Line]:
        if node == "n1":
            raise error
        yield from done(node, request)

    report, _ = run(plan("n1", "n2", "n3"), send)
    assert statuses(report, "n1") == ["failed", "skipped"]
    assert statuses(report, "n2") == statuses(report, "n3") == ["done", "done"]
    assert report.exit_code == code
    reason = error.message if isinstance(error, RemoteError) else str(error)
    assert report.outcomes[0].message.startswith(reason)


def test_a_cable_cut_in_the_middle_leaves_what_was_done_done() -> None:
    def send(_node: str, _request: bytes) -> Iterator[Line]:
        yield outcome("s1")
        raise Unreachable("n1", "cut")

    report, _ = run(plan("n1"), send)
    assert [o.status.value for o in report.outcomes] == ["done", "failed"]
    assert report.exit_code == 3


LIES: dict[str, list[Line]] = {
    "nothing": [],
    "too few": [outcome("s1")],
    "another": [outcome("s2"), outcome("s1")],
    "another kind": [outcome("s1", kind="agent")],
    "no name": [{"type": "outcome", "status": "done"}],
    "odd status": [outcome("s1", status="wonderful")],
    "odd message": [outcome("s1", message=["x"])],
}


@pytest.mark.parametrize("lie", LIES)
def test_what_an_agent_does_not_say_was_not_done(lie: str) -> None:
    report, _ = run(plan("n1", "n2"), lambda n, r: iter(LIES[lie]) if n == "n1" else done(n, r))
    assert len(report.outcomes) == 4
    assert "failed" in statuses(report, "n1")
    assert statuses(report, "n2") == ["done", "done"]
    assert report.exit_code == 3


def test_more_than_was_asked_for_is_no_traceback() -> None:
    report, _ = run(plan("n1"), lambda *_: iter([outcome(name) for name in ("s1", "s2", "s3")]))
    assert statuses(report, "n1") == ["done", "done"]


def test_stale_stops_the_node_with_its_own_code() -> None:
    lines = [outcome("s1", "stale", message="edited"), outcome("s2", "skipped")]
    report, _ = run(plan("n1"), lambda *_: iter(lines))
    assert statuses(report, "n1") == ["stale", "skipped"]
    assert report.exit_code == 13


def test_the_request_carries_what_was_planned_against() -> None:
    seen: list[Any] = []

    def send(node: str, request: bytes) -> Iterator[Line]:
        seen.append(json.loads(request))
        yield from done(node, request)

    run(plan("n1"), send)
    (request,) = seen
    assert (request["protocol"], request["inventory"], request["was"]) == (1, "lab", [])
    assert request["by"] == {"user": "ci", "host": "runner", "url": "", "commit": ""}
    assert [(op["op"], op["name"], op["before"]) for op in request["ops"]] == [
        ("apply", "s1", "absent"),
        ("apply", "s2", "absent"),
    ]


def test_an_interrupt_finishes_the_nodes_in_hand_and_skips_the_rest() -> None:
    begun: list[str] = []

    def send(node: str, _request: bytes) -> Iterator[Line]:
        begun.append(node)
        yield HELLO
        yield outcome("s1")
        if len(begun) == 1:
            os.kill(os.getpid(), signal.SIGINT)
            threading.Event().wait(0.3)  # the main thread sees it meanwhile
        yield outcome("s2")

    report, told = run(plan("n1", "n2", "n3"), send, parallelism=1)
    assert begun == ["n1"]
    assert report.interrupted
    assert report.exit_code == 130
    assert statuses(report, "n1") == ["done", "done"]
    assert statuses(report, "n2") == statuses(report, "n3") == ["skipped", "skipped"]
    assert len(told) == 6


def test_an_error_while_interrupted_is_still_130() -> None:
    def send(_node: str, _request: bytes) -> Iterator[Line]:
        os.kill(os.getpid(), signal.SIGINT)
        threading.Event().wait(0.3)
        raise Unreachable("n1", "cut")
        yield

    report, _ = run(plan("n1", "n2"), send, parallelism=1)
    assert report.exit_code == 130
    assert statuses(report, "n1") == ["failed", "skipped"]


def test_no_more_nodes_are_in_hand_than_allowed() -> None:
    lock, now, most = threading.Lock(), 0, 0

    def send(node: str, request: bytes) -> Iterator[Line]:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        threading.Event().wait(0.02)
        yield from done(node, request)
        with lock:
            now -= 1

    report, _ = run(plan(*(f"n{i}" for i in range(8))), send, parallelism=3)
    assert report.exit_code == 0
    assert most == 3
