"""Diffs as models write them, applied or refused."""

from __future__ import annotations

import time

import pytest

from babble_app.diffs.apply import apply
from babble_app.diffs.errors import DiffError
from babble_app.diffs.make import unified

BAKERY = """\
say("Hello, this is the bakery.")

loop:
    res = talk("You take cake orders.", False)
until "the customer names a cake":
    order = res.ask(question="Which cake?", example={"cake": "apple", "count": 1})
    say(f"{order['count']} x {order['cake']}, noted.")
    return
until "the customer leaves":
    say("Goodbye!")
    done()
"""

GREETING = BAKERY.replace("Hello, this is the bakery.", "Good morning!")
HUNK = """\
@@ ... @@
-say("Hello, this is the bakery.")
+say("Good morning!")

 loop:
"""


def refusal(text: str, answer: str, **options: bool) -> DiffError:
    with pytest.raises(DiffError) as caught:
        apply(text, answer, **options)
    return caught.value


@pytest.mark.parametrize(
    "answer",
    [
        HUNK,
        f"```diff\n{HUNK}```",
        f"Here is the change:\n\n```diff\n--- a/agent.based\n+++ b/agent.based\n{HUNK}```\nDone!",
        f"Sure.\n\n--- a/x.based\n+++ b/x.based\n{HUNK}",
        HUNK.replace("@@ ... @@", "@@"),
        HUNK.replace("@@ ... @@", "@@ -1,3 +1,3 @@"),
        HUNK.replace("@@ ... @@", "@@ -40,99 +40,1 @@ def main"),
        HUNK.replace("\n loop", "\nloop"),
        HUNK + "\n\n",
        HUNK.replace("\n", "\r\n"),
        "~~~~diff\n" + HUNK + "~~~~\n",
        "```diff\n" + HUNK,
        "*** Begin Patch\n*** Update File: agent.based\n"
        + HUNK
        + "*** End of File\n*** End Patch\n",
        '<<<<<<< SEARCH\nsay("Hello, this is the bakery.")\n=======\nsay("Good morning!")\n>>>>>>> REPLACE\n',
        'agent.based\n```\n<<<<<<< SEARCH\n\nsay("Hello, this is the bakery.")\n=======\n\nsay("Good morning!")\n'
        ">>>>>>> REPLACE\n```\n",
        '--- agent.based\n+++ agent.based\n-say("Hello, this is the bakery.")\n+say("Good morning!")\n',
        '@@\n-say(“Hello, this is the bakery.”)\n+say("Good morning!")\n',
    ],
)
def test_one_change_in_many_notations_gives_the_same_text(answer: str) -> None:
    assert apply(BAKERY, answer).text == GREETING


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("D_EMPTY_HUNK", "I would not change anything."),
        ("D_EMPTY_HUNK", ""),
        ("D_EMPTY_HUNK", "@@ ... @@\n loop:\n"),
        ("D_EMPTY_HUNK", "<<<<<<< SEARCH\nloop:\n>>>>>>> REPLACE\n"),
        ("D_MULTI_FILE", "--- a/x\n+++ b/x\n@@\n-a\n+b\n--- a/y\n+++ b/y\n@@\n-c\n+d\n"),
        (
            "D_MULTI_FILE",
            "*** Begin Patch\n*** Update File: x\n@@\n-a\n+b\n*** Add File: y\n+c\n*** End Patch\n",
        ),
        ("D_NOT_FOUND", '@@\n-say("Welcome")\n+say("Hi")\n'),
        (
            "D_NOT_FOUND",
            '@@\n loop:\n-    res = talk("Take orders.", False)\n+    res = talk("Take orders!", False)\n',
        ),
        ("D_AMBIGUOUS_INSERT", '@@\n+say("Hi")\n'),
        ("D_AMBIGUOUS_INSERT", '@@ -5,0 +6,1 @@\n+say("Hi")\n'),
        ("D_AMBIGUOUS_INSERT", '@@\n\n+say("Hi")\n\n'),
        (
            "D_AMBIGUOUS_INSERT",
            f"--- /dev/null\n+++ b/agent.based\n@@ -0,0 +1,11 @@\n+{'+'.join(BAKERY.splitlines(True))}",
        ),
        ("D_ALREADY", '@@\n say("Hello, this is the bakery.")\n+\n loop:\n'),
        ("D_ALREADY", '@@\n until "the customer leaves":\n+    say("Goodbye!")\n'),
        ("D_ALREADY", '@@\n-    say("Bye!")\n+    say("Goodbye!")\n     done()\n'),
        (
            "D_OVERLAP",
            '@@\n-    say("Goodbye!")\n+    say("Bye!")\n@@\n-    say("Goodbye!")\n+    say("So long!")\n',
        ),
        (
            "D_OVERLAP",
            '@@\n     say("Goodbye!")\n+    a = 1\n@@\n     say("Goodbye!")\n+    b = 2\n',
        ),
        ("D_NOOP", "@@\n-loop:\n+loop:\n"),
        ("D_LAZY", "@@\n loop:\n+    # ... existing code ...\n"),
        ("D_LAZY", "@@\n loop:\n+    ...\n"),
        (
            "D_LAZY",
            '@@\n-until "the customer leaves":\n-    say("Goodbye!")\n-    done()\n'
            '@@\n-    res = talk("You take cake orders.", False)\n',
        ),
        ("D_TOO_LARGE", "@@\n" * 201 + "-loop:"),
        ("D_TOO_LARGE", "x" * 1_000_001),
    ],
)
def test_each_code_has_its_case(code: str, answer: str) -> None:
    assert refusal(BAKERY, answer).code == code


def test_repeated_lines_are_refused_with_their_places() -> None:
    text = "a = 1\nb = 2\nc = 3\na = 1\nb = 2\n"

    error = refusal(text, "@@\n-b = 2\n+b = 3\n")

    assert error.code == "D_AMBIGUOUS"
    assert "at lines 2 and 5" in str(error)


def test_right_numbers_decide_among_repeated_blocks() -> None:
    text = "a = 1\nb = 2\nc = 3\na = 1\nb = 2\n"

    applied = apply(text, "@@ -4,2 +4,2 @@\n a = 1\n-b = 2\n+b = 3\n")

    assert applied.text == "a = 1\nb = 2\nc = 3\na = 1\nb = 3\n"
    assert applied.hunks[0].level == 0


def test_numbers_that_proved_right_elsewhere_decide_for_a_repeated_block() -> None:
    text = "a = 1\nb = 2\nc = 3\na = 1\nb = 2\nend()\n"
    answer = (
        "@@ -3 +3 @@\n-c = 3\n+c = 4\n@@ -5 +5 @@\n-b = 2\n+b = 3\n@@ -9 +9 @@\n-end( )\n+end()\n"
    )
    assert refusal(text, answer).failures[0].code == "D_NOT_FOUND"

    answer = "@@ -3 +3 @@\n-c = 3\n+c = 4\n@@ -4,2 +4,2 @@\n a = 1  \n-b = 2\n+b = 3\n"
    assert apply(text, answer).text == "a = 1\nb = 2\nc = 4\na = 1\nb = 3\nend()\n"


def test_an_exact_hit_far_from_the_stated_line_is_doubted_when_a_looser_one_stands_there() -> None:
    text = "    start_the_call()\n" + "x = 1\n" * 20 + "start_the_call()\n"

    error = refusal(text, "@@ -1,1 +1,1 @@\n-start_the_call()\n+end_the_call()\n")

    assert error.code == "D_AMBIGUOUS"


def test_a_constant_wrong_indentation_is_shifted_with_the_added_lines() -> None:
    answer = '@@\n-say("Goodbye!")\n-done()\n+if True:\n+    say("Bye!")\n+    done()\n'

    applied = apply(BAKERY, answer)

    assert applied.text.endswith('leaves":\n    if True:\n        say("Bye!")\n        done()\n')
    assert applied.hunks[0].confidence == "tolerant"


def test_indentation_that_is_off_by_different_amounts_is_refused() -> None:
    answer = '@@\n-say("Goodbye!")\n-  done()\n+say("Bye!")\n'

    assert refusal(BAKERY, answer).code == "D_NOT_FOUND"


def test_context_keeps_the_files_own_trailing_space() -> None:
    text = "one   \ntwo\nthree\n"

    assert apply(text, "@@\n one\n-two\n+2\n three\n").text == "one   \n2\nthree\n"


def test_the_files_line_endings_survive() -> None:
    text = BAKERY.replace("\n", "\r\n")

    assert apply(text, HUNK).text == GREETING.replace("\n", "\r\n")


def test_mixed_line_endings_survive_where_nothing_changed() -> None:
    assert apply("a\r\nb\nc\r\nd\n", "@@\n b\n-c\n+C\n+CC\n").text == "a\r\nb\nC\r\nCC\r\nd\n"


def test_a_missing_final_newline_stays_missing() -> None:
    assert apply("a\nb", "@@\n a\n-b\n+c\n").text == "a\nc"
    assert apply("a\nb", "@@\n a\n b\n+c\n").text == "a\nb\nc"


def test_a_note_about_the_final_newline_is_followed() -> None:
    assert apply("a\nb\n", unified("a\nb\n", "a\nb")).text == "a\nb"
    assert apply("a\nb", unified("a\nb", "a\nb\n")).text == "a\nb\n"


def test_an_empty_file_takes_a_hunk_without_context() -> None:
    assert apply("", "@@ -0,0 +1,2 @@\n+a\n+b\n").text == "a\nb\n"


def test_lines_go_to_the_top_or_the_end_when_the_numbers_say_so() -> None:
    assert apply("a\nb\n", "@@ -0,0 +1 @@\n+0\n").text == "0\na\nb\n"
    assert apply("a\nb\n", "@@ -2,0 +3 @@\n+c\n").text == "a\nb\nc\n"


def test_an_added_blank_line_that_lost_its_prefix_is_added() -> None:
    answer = (
        '@@\n loop:\n+    # one\n\n+    # two\n     res = talk("You take cake orders.", False)\n'
    )

    assert "loop:\n    # one\n\n    # two\n    res" in apply(BAKERY, answer).text


def test_a_removed_comment_that_looks_like_a_file_name_is_a_removed_line() -> None:
    text = "select 1\n-- old\nselect 2\n"

    assert (
        apply(text, "@@\n select 1\n--- old\n+++ new\n select 2\n").text
        == "select 1\n++ new\nselect 2\n"
    )


def test_all_hunks_or_none_and_the_good_ones_are_named() -> None:
    bad = '@@\n-    say("Farewell!")\n+    say("Bye!")\n'

    error = refusal(BAKERY, HUNK + bad)

    assert [hunk.number for hunk in error.good] == [1]
    assert [failure.number for failure in error.failures] == [2]


def test_a_failed_hunk_shows_the_nearest_real_lines() -> None:
    answer = (
        '@@\n until "the customer leaves":\n-    say("Good bye!")\n+    say("Bye!")\n     done()\n'
    )

    failure = refusal(BAKERY, answer).failures[0]

    assert (failure.your_line, failure.your_text) == (2, '    say("Good bye!")')
    assert (failure.file_line, failure.file_text) == (10, '    say("Goodbye!")')
    assert failure.nearest_start == 7
    assert failure.nearest[3] == '    say("Goodbye!")'


def test_lines_may_go_when_the_person_asked_for_less() -> None:
    answer = '@@\n-    return\n-until "the customer leaves":\n-    say("Goodbye!")\n-    done()\n+    done()\n'

    assert apply(BAKERY, answer, may_shrink=True).text.endswith('noted.")\n    done()\n')


def test_an_ellipsis_inside_a_sentence_is_no_placeholder() -> None:
    assert apply(BAKERY, "@@\n loop:\n+    # wait...\n").text
    assert apply(
        BAKERY, '@@\n     return\n until "the customer leaves":\n+    say("One moment...")\n'
    ).text


def test_a_change_between_shared_context_lines_is_no_overlap() -> None:
    first = '@@\n-    say("Goodbye!")\n+    say("Bye!")\n     done()\n'
    answer = first + '@@\n     say("Goodbye!")\n-    done()\n+    end()\n'

    assert apply(BAKERY, answer).text.endswith('say("Bye!")\n    end()\n')


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("\n" * 100_000, "@@\n" + "\n" * 50_000 + "+x\n-y\n"),
        ("a\n" * 100_000, "@@\n" + " a\n" * 50_000 + "-b\n+c\n"),
        ("a\n" * 100_000, "@@\n-a\n+c\n" * 200),
        ("a b c\n" * 20_000, "@@\n-a b d\n+c\n" * 200),
        ("".join(f"line {n}\n" for n in range(20_000)), "@@\n-line x y\n+c\n" * 200),
        (
            "a\n" * 2000,
            "<<<<<<< SEARCH\n"
            + "a\n" * 90_000
            + "=======\n"
            + "a\n" * 90_001
            + ">>>>>>> REPLACE\n",
        ),
    ],
)
def test_hostile_sizes_end_in_bounded_time(text: str, answer: str) -> None:
    started = time.process_time()

    refusal(text, answer)

    assert time.process_time() - started < 4


def test_a_fence_in_the_files_own_text_does_not_cut_the_diff() -> None:
    text = "\n```\nexample\n```\nend\n"

    assert (
        apply(text, "@@\n-\n ```\n example\n ```\n-end\n+END\n").text == "```\nexample\n```\nEND\n"
    )
    assert (
        apply(text, "```diff\n@@\n-\n ```\n example\n ```\n-end\n+END\n```\n").text
        == "```\nexample\n```\nEND\n"
    )


@pytest.mark.parametrize("rest", ["-end\n+END\n```\n", "@@\n-end\n+END\n```\n", "@@\n-end\n+END\n"])
def test_a_diff_whose_fence_closes_early_is_refused_and_not_applied_in_part(rest: str) -> None:
    answer = "```diff\n@@\n-one\n+ONE\n```\nexample\n" + rest

    assert refusal("one\n```\nexample\nend\n", answer).code == "D_EMPTY_HUNK"


def test_one_fence_too_many_around_the_diff_does_no_harm() -> None:
    answer = f"```text\nHere it is:\n\n```diff\n{HUNK}```\n```\n\nLet me know if you need more!\n"

    assert apply(BAKERY, answer).text == GREETING
