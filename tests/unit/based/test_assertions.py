"""Assertions of tests: patterns take neither all time nor all memory."""

from __future__ import annotations

import time

import pytest

from babble_app.based.assertions import find_failures
from babble_app.schemas.agent_tests import Assertion
from babble_app.schemas.sessions import TraceEvent

SAID = [TraceEvent(type="agent", line=1, text="x" * 3_000)] * 500


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(?:(?:(?:a{300}){300}){300})", "repeats too often"),
        ("x" * 501, "too long"),
        ("(x+x+)+y", "takes too long"),
        ("(x+){1,30}y", "takes too long"),
        ("(", "is not a regular expression"),
        ("^y", "Nothing that the agent says"),
    ],
)
def test_a_pattern_ends_soon_whatever_it_is(pattern: str, words: str) -> None:
    start = time.thread_time()

    (problem,) = find_failures([Assertion(kind="matches", value=pattern)], SAID, "finished", {})

    assert words in problem
    assert time.thread_time() - start < 1
