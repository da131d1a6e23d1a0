"""Some hunks of a difference: what is chosen is exactly as in the new text, the rest exactly as in the old one."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from babble_app.diffs.apply import apply
from babble_app.diffs.compare import compare
from babble_app.diffs.pick import pick
from tests.unit.diffs.test_properties import distinct_pairs, text

OLD = "".join(f"line {n}\n" for n in range(1, 31))
NEW = OLD.replace("line 3\n", "third\n").replace("line 15\n", "").replace("line 28\n", "28\n28b\n")


@settings(max_examples=100, deadline=None)
@given(text, text)
def test_all_hunks_give_the_new_text_and_none_the_old(old: str, new: str):
    numbers = range(1, len(compare(old, new).hunks) + 1)

    assert pick(old, new, set(numbers)) == new
    assert pick(old, new, set()) == old


@settings(max_examples=100, deadline=None)
@given(distinct_pairs(), st.randoms(use_true_random=False))
def test_it_agrees_with_applying_the_chosen_hunks_as_a_diff(pair: tuple[str, str], random: Random):
    old, new = pair
    diff = compare(old, new)
    chosen = {hunk.number for hunk in diff.hunks if random.random() < 0.5} or {1}

    parts = diff.unified.split("@@ -")
    answer = parts[0] + "".join("@@ -" + parts[number] for number in sorted(chosen))

    assert pick(old, new, chosen) == apply(old, answer, may_shrink=True).text


def test_each_hunk_alone_changes_its_own_place_only():
    assert [hunk.number for hunk in compare(OLD, NEW).hunks] == [1, 2, 3]
    assert pick(OLD, NEW, {1}) == OLD.replace("line 3\n", "third\n")
    assert pick(OLD, NEW, {2}) == OLD.replace("line 15\n", "")
    assert pick(OLD, NEW, {1, 3}) == NEW.replace("line 14\n", "line 14\nline 15\n")


def test_a_change_of_line_endings_alone_can_be_picked():
    new = OLD.replace("line 3\n", "line 3\r\n").removesuffix("\n")

    assert pick(OLD, new, {1}) == OLD.replace("line 3\n", "line 3\r\n")
    assert pick(OLD, new, {2}) == OLD.removesuffix("\n")
