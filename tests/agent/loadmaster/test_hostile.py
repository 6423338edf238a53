"""Whatever a device answers, it is read or refused; it never crashes us nor tells our secrets."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.loadmaster import hostile
from agent.loadmaster.hostile import APIS, check, reply, response
from holdfast.agent.loadmaster import jsontext
from holdfast.agent.loadmaster.errors import DeviceError, Dropped

BITS = st.sampled_from(
    [
        *("{", "}", "[", "]", ":", ",", '"', '"data"', '"code"', '"status"', '"ok"', "200", "422"),
        *(
            '"data":"',
            "H4sI",
            "====",
            "\\/",
            "\\u002b",
            "\\",
            "\\u",
            "\\ud800",
            "true",
            "NaN",
            "-1e999",
        ),
        *(
            "<Response ",
            'stat="200" ',
            'code="ok"',
            ">",
            "<Success>",
            "<Data>",
            "</Data>",
            "</Success>",
        ),
        *(
            "</Response>",
            "<Error>",
            "</Error>",
            "<a>",
            "</a>",
            "<!DOCTYPE x [",
            "<!ENTITY a 'b'>",
            "]>",
        ),
        *("&a;", "&#0;", "&#x1F600;", "<![CDATA[", "]]>", "<?xml version='1.0' encoding='utf-8'?>"),
        *(
            "<?xml version='1.0' encoding='utf-16'?>",
            "<<KEY>>",
            "<<PASS>>",
            "unknown command",
            "\x00",
            "é",
        ),
    ]
)
BODIES = st.binary(max_size=200) | st.lists(BITS, max_size=20).map(
    lambda bits: "".join(bits).encode("utf-8", "surrogatepass")
)
KINDS = st.sampled_from(
    ["text/xml", "text/html", "application/json", "application/octet-stream", ""]
)
STATUSES = st.sampled_from([200, 200, 200, 302, 400, 401, 403, 404, 405, 422, 500, 503])
HEADS = st.sampled_from([seed.partition(b"\r\n\r\n")[0] for seed in hostile.SEEDS])


@given(BODIES, STATUSES, KINDS)
def test_any_body(body: bytes, status: int, kind: str) -> None:
    check(response(body, status, kind))


@given(st.binary(max_size=200) | st.tuples(HEADS, BODIES).map(b"\r\n\r\n".join))
@example(b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n{}")
@example(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}")
@example(b"HTTP/1.1 999999999 OK\r\n\r\n")
@example(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 70_000)
@example(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n")
@example(b"HTTP/1.1 100 Continue\r\n\r\n" * 2000)
@example(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n{}")
@example(b"HTTP/1.1 302 Found\r\nLocation: http://203.0.113.66/\r\n\r\n")
@example(b"HTTP/1.1 200 OK\r\nContent-Type: \xff\xfe\r\n\r\n{}")
def test_any_bytes_at_all(raw: bytes) -> None:
    check(raw)


@pytest.mark.parametrize("seed", hostile.SEEDS)
@given(edits=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=4))
@settings(max_examples=25)
def test_good_answers_a_little_spoilt(seed: bytes, edits: list[tuple[int, int]]) -> None:
    raw = bytearray(seed)
    for place, byte in edits:
        raw[place % len(raw)] = byte
    check(bytes(raw))


BILLION = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b']><Response stat="200" code="ok"><Success><Data>&j;</Data></Success></Response>'
)
EXTERNAL = b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><Response/>'


@pytest.mark.parametrize(
    "content",
    [
        BILLION,
        EXTERNAL,
        b"<a>" * 100_000,
        b"<Response>" + b"<a/>" * 300_000 + b"</Response>",
        b'<Response a="' + b"x" * (9 << 20) + b'"/>',
        b'{"a":' * 100_000,
        b"[" * 100_000,
        b'{"a":' + b"9" * (1 << 20) + b"}",
        b'{"data":"' + b"A" * 3,
        b"\x1f\x8b" + b"\0" * 100,
    ],
    ids=lambda content: content[:12].decode("latin-1"),
)
def test_bombs_are_refused_at_once(content: bytes) -> None:
    started = time.monotonic()
    check(response(content, 200, "text/xml"))
    assert time.monotonic() - started < 60


@pytest.mark.parametrize("size", [9 << 20, 200 << 20])
def test_an_answer_without_end_is_not_taken_in(size: int) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n"
    for api in APIS:
        with pytest.raises(DeviceError, match="more than"):
            api.values(reply(head + bytes(size)))


def test_a_chunk_without_an_end_is_not_read_to_the_end() -> None:
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n{}"
    for api in APIS:
        with pytest.raises(Dropped):
            api.values(reply(raw))


def test_numbers_and_flags_are_texts_and_no_number_is_computed() -> None:
    big = "9" * 100_000
    content = json.dumps({"t": True, "f": False, "n": None, "s": " x\n", "l": [1, "2"]})[:-1]
    found = jsontext.parse(f'{content}, "big": {big}, "real": 1.50}}'.encode())
    assert found == {
        "t": "yes",
        "f": "no",
        "n": "",
        "s": "x",
        "l": ["1", "2"],
        "big": big,
        "real": "1.50",
    }
