"""Comparing takes bounded time, whatever the texts, and what it finds is always a way from one to the other."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from babble_app.diffs.compare import compare
from babble_app.diffs.merge import merge
from babble_app.diffs.pick import pick
from babble_app.diffs.shared_lines import shared_lines

MOST_SECONDS = 1.5
"""For both ways of one pair, on a machine that does other things too; difflib alone took minutes for some."""


def _every_other(letter: str) -> str:
    return "".join("x\n" if at % 2 else f"{letter}{at}\n" for at in range(1990))


def _shuffled(lines: list[str], seed: int) -> str:
    return "".join(random.Random(seed).sample(lines, len(lines)))  # noqa: S311 -- a test's


def _blocks(size: int) -> str:
    lines = [f"line {at:05}\n" for at in range(16_000)]
    return "".join(
        line for at in range(len(lines), 0, -size) for line in lines[max(0, at - size) : at]
    )


HARD = {
    "every other line": (_every_other("u"), _every_other("v")),
    "few kinds of lines": (_shuffled([f"{n % 5}\n" for n in range(1999)], 1), _shuffled([f"{n % 5}\n" for n in range(1999)], 2)),
    "two kinds of lines": ("a\nb\n" * 990, "b\na\n" * 980 + "c\n" + "a\n" * 10),
    "blocks in reverse": (_blocks(16_000), _blocks(2)),
    "lines shuffled": (_blocks(16_000), _shuffled([f"line {at:05}\n" for at in range(16_000)], 3)),
    "half of the lines": (_blocks(16_000), _blocks(16_000).replace("7", "8")),
}  # fmt: skip


@pytest.mark.parametrize("name", HARD)
def test_the_hardest_texts_are_compared_in_bounded_time(name):
    old, new = HARD[name]
    start = time.thread_time()

    hunks = compare(old, new).hunks
    merged = merge(old, new, old)

    assert time.thread_time() - start < MOST_SECONDS
    assert merged.text == new
    assert pick(old, new, {hunk.number for hunk in hunks}) == new


@given(
    st.lists(st.integers(0, 30), max_size=60),
    st.lists(st.integers(0, 30), max_size=60),
    st.sampled_from([0, 1, 100, 10_000, 1_000_000]),
)
def test_what_is_shared_stands_in_both_in_order(old, new, pairs):
    before, after = [f"{n}\n" for n in old], [f"{n}\n" for n in new]

    found = shared_lines(before, after, pairs)

    for one in found:
        assert one.size > 0
        assert before[one.a : one.a + one.size] == after[one.b : one.b + one.size]
    for one, other in pairwise(found):
        assert one.a + one.size <= other.a
        assert one.b + one.size <= other.b
        assert (one.a + one.size, one.b + one.size) != (other.a, other.b)
