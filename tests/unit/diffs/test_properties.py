"""What must hold for any text: a diff gives the new text or nothing, and never something else."""

from __future__ import annotations

import re

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from unidiff import PatchSet

from babble_app.diffs.apply import apply
from babble_app.diffs.compare import compare
from babble_app.diffs.errors import DiffError
from babble_app.diffs.make import unified

line = st.one_of(
    st.sampled_from(
        [
            "",
            "a",
            "b",
            "    a",
            "    b",
            "return",
            "until x:",
            "-- a",
            "++ b",
            "@@",
            "```",
            "\\ x",
            "---",
        ]
    ),
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=8),
)
text = st.tuples(st.lists(line, max_size=25), st.sampled_from(["", "\n"])).map(
    lambda t: "\n".join(t[0]) + t[1]
)
DISTINCT = [f"{'    ' * (n % 3)}step_{n}(value_{n})" for n in range(30)]


@st.composite
def distinct_pairs(draw: st.DrawFn) -> tuple[str, str]:
    """Two texts of which every line is unique: the second is an edit of the first."""
    old = DISTINCT[: draw(st.integers(4, 30))]
    new = list(old)
    for n in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(new) - 1))
        fresh = [f"    fresh_{n}_{k}()" for k in range(draw(st.integers(1, 3)))]
        new[at : at + draw(st.integers(0, 1))] = fresh
    assume(len(new) and new != old)
    return "\n".join(old) + "\n", "\n".join(new) + "\n"


def try_apply(old: str, answer: str) -> str | None:
    try:
        return apply(old, answer, may_shrink=True).text
    except DiffError:
        return None


@settings(max_examples=150, deadline=None)
@given(text, text)
def test_a_made_diff_applied_to_the_old_text_gives_the_new_one(old: str, new: str) -> None:
    assume(old != new)
    assume(not re.search(r"(^|\n)\s*(\.{3,}|…)\s*(\n|$)", new))

    result = try_apply(old, unified(old, new))

    assert result == new


@settings(max_examples=100, deadline=None)
@given(distinct_pairs(), st.data())
def test_a_mutated_diff_gives_the_new_text_or_is_refused(
    pair: tuple[str, str], data: st.DataObject
) -> None:
    old, new = pair
    lines = unified(old, new, context=data.draw(st.integers(1, 3))).splitlines()[2:]
    for mutation in data.draw(st.lists(st.sampled_from(MUTATIONS), max_size=3)):
        lines = mutation(lines)

    result = try_apply(old, "\n".join(lines) + "\n")

    assert result in (new, None)


@settings(max_examples=100, deadline=None)
@given(distinct_pairs())
def test_the_usual_sloppiness_does_not_stop_a_diff(pair: tuple[str, str]) -> None:
    old, new = pair
    lines = unified(old, new).splitlines()[2:]
    for mutation in (wrong_numbers, spaces_after, prose_around):
        assert try_apply(old, "\n".join(mutation(lines)) + "\n") == new, mutation.__name__


@settings(max_examples=120, deadline=None)
@given(
    text,
    st.lists(
        st.one_of(line, line.map("+{}".format), line.map("-{}".format), line.map(" {}".format)),
        max_size=30,
    ),
)
def test_any_answer_is_applied_or_refused_and_the_same_each_time(
    old: str, lines: list[str]
) -> None:
    answer = "\n".join(lines)

    assert try_apply(old, answer) == try_apply(old, answer)


@settings(max_examples=120, deadline=None)
@given(text, text)
def test_compare_tells_the_same_as_the_unified_diff(old: str, new: str) -> None:
    diff = compare(old, new)

    assert diff.added == sum(hunk.added for hunk in diff.hunks)
    assert len(re.findall(r"(?m)^@@ -", diff.unified)) >= len(diff.hunks)
    assert all(
        hunk.old_count == sum(line.old_line is not None for line in hunk.lines)
        for hunk in diff.hunks
    )
    assert (old == new) == (not diff.hunks)


@settings(max_examples=60, deadline=None)
@given(distinct_pairs())
def test_other_tools_read_the_made_diff(pair: tuple[str, str]) -> None:
    patch = PatchSet(unified(*pair))

    diff = compare(*pair)

    assert len(patch[0]) == len(diff.hunks)
    assert (patch.added, patch.removed) == (diff.added, diff.removed)
    assert [hunk.source_start for hunk in patch[0]] == [hunk.old_start for hunk in diff.hunks]


def wrong_numbers(lines: list[str]) -> list[str]:
    return ["@@ -7,3 +9,1 @@" if line.startswith("@@") else line for line in lines]


def no_numbers(lines: list[str]) -> list[str]:
    return ["@@ ... @@" if line.startswith("@@") else line for line in lines]


def spaces_after(lines: list[str]) -> list[str]:
    return [line if line.startswith(("+", "@@")) else line + "  " for line in lines]


def prose_around(lines: list[str]) -> list[str]:
    return ["Here you are:", "```diff", *lines, "```", "That is all."]


def bare_context(lines: list[str]) -> list[str]:
    return [line[1:] if line.startswith(" ") else line for line in lines]


def the_last_line_lost(lines: list[str]) -> list[str]:
    return lines[:-1] if lines[-1].startswith(" ") else lines


def a_changed_line(lines: list[str]) -> list[str]:
    return [
        line.replace("step_3(", "stop_3(") if not line.startswith("+") else line for line in lines
    ]


def indented(lines: list[str]) -> list[str]:
    return [
        line if line.startswith("@@") or not line else line[0] + "  " + line[1:] for line in lines
    ]


MUTATIONS = [
    wrong_numbers,
    no_numbers,
    spaces_after,
    prose_around,
    bare_context,
    the_last_line_lost,
    a_changed_line,
    indented,
]
