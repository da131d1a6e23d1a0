"""Transcripts side by side."""

from __future__ import annotations

import time

from babble_app.based.transcript import compare


def test_long_transcripts_are_compared_in_bounded_time() -> None:
    recorded = ["hello", *("x" if at % 2 else f"u{at}" for at in range(2_000)), "bye"]
    now = ["hello", *("x" if at % 2 else f"v{at}" for at in range(2_000)), "bye"]
    start = time.thread_time()

    rows = compare(recorded, now)

    assert time.thread_time() - start < 1
    assert [row.recorded for row in rows if row.mark != "added"] == recorded
    assert [row.now for row in rows if row.mark != "removed"] == now
    assert [rows[0].mark, rows[1].mark, rows[-1].mark] == ["same", "changed", "same"]


def test_a_line_that_is_new_moves_no_other() -> None:
    rows = compare(["a", "b", "c"], ["a", "new", "b", "c"])

    assert [row.mark for row in rows] == ["same", "added", "same", "same"]
