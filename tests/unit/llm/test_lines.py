"""Bytes into lines, lines into payloads, however the network cuts them."""

from __future__ import annotations

import pytest

from babble_app.errors import ModelAnswerInvalidError
from babble_app.llm.lines import Lines, sse_data
from tests.unit.llm.targets import make_target

STREAM = b': keep-alive\n\ndata: {"a": "\xc3\xa9"}\r\n\r\nevent: message\nid: 4\ndata:{"b": 2}\n\ndata: [DONE]\n\n'
PAYLOADS = [b'{"a": "\xc3\xa9"}', b'{"b": 2}', b"[DONE]"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 16, 1000])
def test_payloads_are_the_same_however_the_bytes_are_cut(size):
    lines = Lines(make_target(), 1000)
    payloads: list[bytes] = []

    for start in range(0, len(STREAM), size):
        payloads += sse_data(make_target(), lines.feed(STREAM[start : start + size]))
    payloads += sse_data(make_target(), lines.end())

    assert payloads == PAYLOADS


def test_a_last_line_without_an_end_counts():
    lines = Lines(make_target(), 1000)

    assert lines.feed(b'data: {"a"') == []
    assert lines.feed(b": 1}") == []
    assert lines.end() == [b'data: {"a": 1}']
    assert lines.end() == []


def test_a_line_without_end_is_stopped():
    lines = Lines(make_target(), 10)

    with pytest.raises(ModelAnswerInvalidError):
        lines.feed(b"data: 0123456789")


@pytest.mark.parametrize("line", [b"<html>", b"\x00\xff", b'{"a": 1}'])
def test_what_is_no_event_stream_is_refused(line):
    with pytest.raises(ModelAnswerInvalidError):
        list(sse_data(make_target(), [line]))
