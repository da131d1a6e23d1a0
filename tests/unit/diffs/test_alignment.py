"""The last level: what a model left out, doubled, miscopied or forgot to mark."""

from __future__ import annotations

import pytest

from babble_app.diffs.apply import apply
from babble_app.diffs.errors import DiffError

CLINIC = """\
say("Hello, this is the clinic.")
loop:
    res = talk("You book appointments.", False)
until "the caller names a day":
    day = res.ask(question="Which day?", example={"day": "Monday"})
    # check the day

    say(f"{day['day']}, noted.")
    count = 1
    return
until "the caller leaves":
    say("Goodbye!")
"""
NOTED = """    say(f"{day['day']}, noted.")"""
ASK = """    day = res.ask(question="Which day?", example={"day": "Monday"})"""


def code_of(text: str, answer: str) -> str:
    with pytest.raises(DiffError) as caught:
        apply(text, answer)
    return caught.value.code


def hunk(*lines: str) -> str:
    return "\n".join(("@@ ... @@", *lines, ""))


def test_lines_that_the_model_left_out_are_kept() -> None:
    answer = hunk(f" {ASK}", f"-{NOTED}", '+    say("Noted.")', "     count = 1")

    applied = apply(CLINIC, answer)

    assert applied.text == CLINIC.replace(NOTED, '    say("Noted.")')
    assert (applied.hunks[0].level, applied.hunks[0].confidence) == (5, "aligned")


def test_more_than_two_lines_left_out_are_refused() -> None:
    answer = hunk(' until "the caller names a day":', f"-{NOTED}", "     count = 1")

    assert code_of(CLINIC, answer) == "D_NOT_FOUND"


def test_an_addition_beside_a_line_that_was_left_out_has_no_certain_place() -> None:
    answer = hunk(f" {NOTED}", "+    total = 2", "     return", ' until "the caller leaves":')

    assert code_of(CLINIC, answer) == "D_AMBIGUOUS_INSERT"


def test_an_addition_after_a_removed_line_stays_there_though_the_next_line_was_left_out() -> None:
    answer = hunk(f"-{NOTED}", '+    say("Noted.")', "     return", ' until "the caller leaves":')

    assert apply(CLINIC, answer).text == CLINIC.replace(NOTED, '    say("Noted.")')


def test_an_addition_at_the_edge_of_an_aligned_hunk_is_refused() -> None:
    answer = hunk(f" {ASK}", f" {NOTED}", "     count = 1", "     return", "+    again()")

    assert code_of(CLINIC, answer) == "D_AMBIGUOUS_INSERT"


@pytest.mark.parametrize("lost", ["    total = 3", "     total = 3"])
def test_an_added_line_that_lost_its_sign_is_added(lost: str) -> None:
    answer = hunk(f" {NOTED}", "+    total = 2", lost, "     count = 1")

    assert "total = 2\n    total = 3\n    count = 1\n" in apply(CLINIC, answer).text


def test_a_line_in_place_of_a_removed_one_may_have_lost_its_sign() -> None:
    answer = hunk(f" {NOTED}", "-    count = 1", "    count = 2", "     return")

    assert apply(CLINIC, answer).text == CLINIC.replace("count = 1", "count = 2")


def test_a_strange_line_is_not_added_where_the_file_has_another_one_in_its_place() -> None:
    answer = hunk(f" {NOTED}", "+    total = 2", "     amount = 7", "     return")

    assert code_of(CLINIC, answer) == "D_NOT_FOUND"


def test_a_strange_line_that_touches_no_addition_is_refused() -> None:
    answer = hunk(f" {NOTED}", "     amount = 7", "     count = 1", "     return", "-", "+x")

    assert code_of(CLINIC, answer) == "D_NOT_FOUND"


def test_a_removed_line_must_be_there() -> None:
    answer = hunk(f" {ASK}", f" {NOTED}", "-    counts = 1", "+    count = 2", "     return")

    assert code_of(CLINIC, answer) == "D_NOT_FOUND"


def test_a_slip_in_an_unchanged_line_leaves_the_files_line() -> None:
    slipped = NOTED.replace("noted", "notde")[:-2] + '")'
    answer = hunk(f" {slipped}", "-    count = 1", "+    count = 2", "     return")
    answer = answer.replace("notde", "notedd")

    assert apply(CLINIC, answer).text == CLINIC.replace("count = 1", "count = 2")


def test_another_number_in_an_unchanged_line_is_another_line() -> None:
    text = "first_value = 10\nsecond_value = 20\nthird_value = 30\n"

    answer = hunk(
        " first_value = 11", "-second_value = 20", "+second_value = 21", " third_value = 30"
    )

    assert code_of(text, answer) == "D_NOT_FOUND"


def test_other_space_and_quotes_inside_an_unchanged_line_leave_the_files_line() -> None:
    answer = hunk(" until 'the caller leaves' :", '-    say("Goodbye!")', '+    say("Bye!")')

    assert code_of(CLINIC, answer) == "D_NOT_FOUND"
    answer = hunk("     return", *answer.splitlines()[1:])
    assert apply(CLINIC, answer).text == CLINIC.replace("Goodbye", "Bye")


def test_an_unchanged_line_that_was_written_twice_counts_once() -> None:
    answer = hunk(f" {NOTED}", f" {NOTED}", "-    count = 1", "+    count = 2", "     return")

    assert apply(CLINIC, answer).text == CLINIC.replace("count = 1", "count = 2")


def test_some_lines_without_a_prefix_among_others_with_one() -> None:
    answer = hunk(
        NOTED, "-    count = 1", "+    count = 2", "     return", ' until "the caller leaves":'
    )

    assert apply(CLINIC, answer).text == CLINIC.replace("count = 1", "count = 2")


def test_alignments_that_give_different_texts_are_refused() -> None:
    block = "alpha()\nbeta()\ngamma()\ndelta()\n"
    text = block + "between()\n" * 9 + block

    answer = hunk(" alpha()", "-gamma()", "+changed()", " delta()")

    assert code_of(text, answer) == "D_AMBIGUOUS"


def test_a_hunk_of_frequent_lines_only_is_not_aligned() -> None:
    text = "a = 1\nb = 2\nc = 3\n" * 20

    assert code_of(text, hunk(" a = 1", "-c = 3", "+c = 4")) == "D_NOT_FOUND"


def test_parts_between_elisions_stand_in_order() -> None:
    answer = hunk(
        '-say("Hello, this is the clinic.")',
        '+say("Hi.")',
        " loop:",
        " ...",
        f" {NOTED}",
        "-    count = 1",
    )

    changed = CLINIC.replace("Hello, this is the clinic.", "Hi.").replace("    count = 1\n", "")
    assert apply(CLINIC, answer).text == changed
    assert code_of(CLINIC, hunk("-    count = 1", " ...", "-loop:", "+loop :")) == "D_NOT_FOUND"


def test_what_is_there_already_is_not_aligned_a_second_time() -> None:
    changed = CLINIC.replace(NOTED, f'    say("One moment.")\n{NOTED}')
    answer = hunk("     # check the day", " ", '+    say("One moment.")', f" {NOTED}")

    assert apply(CLINIC, answer).text == changed
    assert code_of(changed, answer) == "D_ALREADY"


def test_an_exact_place_far_away_is_doubted_when_the_hunk_nearly_fits_where_it_says() -> None:
    block = "open_the_door()\nring_the_bell()\n"
    noise = "".join(f"step_{n}()\n" for n in range(30))
    text = f"open_the_door()\n# new\nring_the_bell()\nwait()\n{noise}{block}wait()\n"

    answer = "@@ -1,3 +1,3 @@\n open_the_door()\n-ring_the_bell()\n+knock()\n wait()\n"

    assert code_of(text, answer) == "D_AMBIGUOUS"
