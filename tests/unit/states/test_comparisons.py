"""Differences as they are painted."""

from __future__ import annotations

from babble_app.states.comparisons import HunkView, compare_texts, mark_aligned

OLD = "".join(f'say("This is sentence number {number}.", True)\n' for number in range(1, 25))
NEW = OLD.replace("sentence number 3.", "third sentence.").replace("number 20.", "number twenty.")
EXACT = """@@ @@
 say("This is sentence number 2.", True)
-say("This is sentence number 3.", True)
+say("This is third sentence.", True)
"""
# A line of the file is skipped: only an alignment fits.
SKIPPING = """@@ @@
 say("This is sentence number 17.", True)
 say("This is sentence number 18.", True)
-say("This is sentence number 20.", True)
+say("This is sentence number twenty.", True)
 say("This is sentence number 21.", True)
 say("This is sentence number 22.", True)
"""


async def test_a_hunk_has_a_sign_for_each_of_its_lines() -> None:
    found = await compare_texts("a\nb\nc\n", "a\nB\nc\nd\n")

    assert found.hunks == [HunkView(1, 1, 1, 1, 2, 1, " -+ +")]
    assert (found.added, found.removed) == (2, 1)


async def test_equal_texts_have_no_hunks() -> None:
    assert (await compare_texts(OLD, OLD)).hunks == []


async def test_only_what_was_placed_by_alignment_is_marked() -> None:
    hunks = (await compare_texts(OLD, NEW)).hunks

    marked = await mark_aligned(hunks, OLD, NEW, EXACT + SKIPPING)

    assert [hunk.aligned for hunk in marked] == [False, True]


async def test_an_answer_that_does_not_lead_to_the_text_marks_nothing() -> None:
    hunks = (await compare_texts(OLD, NEW)).hunks

    for answer in (SKIPPING, "no diff at all", ""):
        assert await mark_aligned(hunks, OLD, NEW, answer) == hunks
