"""Frames come out the same however their bytes are cut."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from babble_app.sdk.sse import Decoder, Frame

_TEXT = """\ufeffid: r.1
event: delta
data: {"text": "Grüße 🥐"}

: ping

event: without data

data:one
data: two

id: r.9
data: cut"""
_FRAMES = [Frame("delta", '{"text": "Grüße 🥐"}', "r.1"), Frame("message", "one\ntwo", "r.1")]


@given(st.sampled_from(["\n", "\r\n", "\r"]), st.lists(st.integers(0, 150)))
def test_frames_do_not_depend_on_how_their_bytes_are_cut(line_end: str, cuts: list[int]) -> None:
    raw = _TEXT.replace("\n", line_end).encode()
    borders = [0, *sorted(cuts), len(raw)]
    decoder = Decoder()

    frames = [frame for begin, end in pairwise(borders) for frame in decoder.feed(raw[begin:end])]

    assert frames == _FRAMES
