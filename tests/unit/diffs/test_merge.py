"""Two changes of one text brought together: both in full, or a clash that shows both."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from babble_app.based import checker
from babble_app.diffs.merge import merge
from tests.unit.diffs.test_properties import text

BASE = "".join(f"line {n}\n" for n in range(1, 11))


def changed(number: int, to: str, base: str = BASE) -> str:
    return base.replace(f"line {number}\n", to)


def on_windows(text: str) -> str:
    return text.replace("\n", "\r\n")


def test_changes_of_different_places_are_both_there():
    yours, theirs = changed(2, "two\n"), changed(8, "eight\nand a half\n")

    merged = merge(BASE, yours, theirs)

    assert merged.clashes == ()
    assert merged.text == changed(2, "two\n", theirs)


def test_the_same_change_on_both_sides_is_no_clash():
    both = changed(2, "two\n")

    assert merge(BASE, changed(7, "", both), both).text == changed(7, "", both)


def test_different_changes_of_a_place_are_shown_with_what_was_there():
    merged = merge(BASE, changed(5, "mine\n"), changed(5, "other\nwords\n"))

    (clash,) = merged.clashes
    assert (clash.base, clash.yours, clash.theirs) == ("line 5\n", "mine\n", "other\nwords\n")
    lines = merged.text.splitlines()
    assert lines[clash.line - 1 : clash.line - 1 + clash.lines] == [
        "<<<<<<< yours",
        "mine",
        "||||||| before",
        "line 5",
        "=======",
        "other",
        "words",
        ">>>>>>> newest version",
    ]
    assert lines[: clash.line - 1] == ["line 1", "line 2", "line 3", "line 4"]


def test_a_deletion_and_a_change_of_the_same_line_clash():
    (clash,) = merge(BASE, changed(5, ""), changed(5, "five\n")).clashes

    assert (clash.yours, clash.theirs) == ("", "five\n")


def test_insertions_at_one_place_and_changes_of_neighbouring_lines_clash():
    insertions = merge(BASE, changed(5, "line 5\na\n"), changed(5, "line 5\nb\n"))
    neighbours = merge(BASE, changed(5, "five\n"), changed(6, "six\n"))

    assert len(insertions.clashes) == len(neighbours.clashes) == 1
    assert neighbours.clashes[0].yours == "five\nline 6\n"
    assert neighbours.clashes[0].theirs == "line 5\nsix\n"


def test_a_text_with_a_clash_is_no_valid_program():
    base = 'say("One")\nsay("Two")\nsay("Three")\n'
    merged = merge(base, base.replace("Two", "2"), base.replace("Two", "zwei"))

    assert checker.check(base).ok
    assert not checker.check(merged.text).ok


def test_line_endings_of_windows_survive_and_clash_with_nothing():
    yours, theirs = changed(2, "two\n"), changed(8, "eight\n")
    both = changed(8, "eight\n", yours)

    assert merge(on_windows(BASE), on_windows(yours), on_windows(theirs)).text == on_windows(both)
    # One side's editor changed all endings: that is kept, and the other's change with it.
    assert merge(BASE, on_windows(yours), theirs).text == on_windows(both)
    assert merge(BASE, yours, on_windows(theirs)).text == on_windows(both)
    clashing = merge(on_windows(BASE), on_windows(yours), on_windows(changed(2, "zwei\n")))
    assert clashing.clashes[0].yours == "two\r\n"
    assert clashing.text.count("\n") == clashing.text.count("\r\n")


def test_mixed_endings_and_a_missing_last_newline_are_kept_as_they_are():
    mixed = changed(3, "line 3\r\n").removesuffix("\n")

    assert merge(mixed, changed(5, "five\n", mixed), mixed).text == changed(5, "five\n", mixed)
    assert merge(mixed, mixed + "\n", changed(5, "five\n", mixed)).text == (
        changed(5, "five\n", mixed) + "\n"
    )


@settings(max_examples=150, deadline=None)
@given(text, text)
def test_a_side_that_changed_nothing_leaves_the_other_as_it_is(base: str, other: str):
    assert merge(base, other, base).text == other
    assert merge(base, base, other).text == other
    assert merge(base, other, other).text == other


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=20, max_size=20), st.integers(0, 2**20))
def test_no_line_that_a_side_wrote_is_lost_and_none_it_left_out_comes_back(
    fates: list[int], seed: int
):
    """Each line is left alone, changed by you, changed by them, or by both; every new line names who wrote it."""
    base = [f"line {n}\n" for n in range(20)]
    yours = [
        f"you {n} {seed}\n" if fate in {1, 3} else line
        for n, (line, fate) in enumerate(zip(base, fates, strict=True))
    ]
    theirs = [
        f"they {n} {seed}\n" if fate in {2, 3} else line
        for n, (line, fate) in enumerate(zip(base, fates, strict=True))
    ]

    merged = merge("".join(base), "".join(yours), "".join(theirs))

    written = [line for line in yours + theirs if not line.startswith("line")]
    assert all(merged.text.count(line) == 1 for line in written)
    marked: set[int] = set()
    for clash in merged.clashes:
        marked |= set(range(clash.line - 1, clash.line - 1 + clash.lines))
    plain = [line for at, line in enumerate(merged.text.splitlines(True)) if at not in marked]
    replaced = {line for line, fate in zip(base, fates, strict=True) if fate}
    assert not replaced & set(plain)
