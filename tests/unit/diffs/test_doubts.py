"""What a diff seems to say but need not mean: nothing of it is dropped, doubled or put elsewhere without a word."""

from __future__ import annotations

import time

import pytest

from babble_app.diffs.apply import apply
from babble_app.diffs.errors import DiffError

DEF = 'def f():\n    a = 1\n    b = 2\n\nsay("Hello")\nsay("Bye")\n'
HUNK = "@@ ... @@\n-    a = 1\n+    a = 3\n     b = 2\n"


def outcome(text: str, answer: str) -> str:
    """Return the new text, or the code of the refusal."""
    try:
        return apply(text, answer, may_shrink=True).text
    except DiffError as error:
        return error.code


@pytest.mark.parametrize("numbers", ["-{n},1 +1,1", "-1,{n} +1,1", "-1,1 +{n},1"])
def test_numbers_of_thousands_of_digits_are_no_numbers(numbers: str) -> None:
    heading = f"@@ {numbers.format(n='9' * 5000)} @@"

    assert outcome(DEF, f"{heading}\n-    a = 1\n+    a = 3\n") == DEF.replace("a = 1", "a = 3")


@pytest.mark.parametrize("end", ["\n", " \n", "\t\n"])
def test_a_removed_line_after_an_empty_one_is_removed_at_every_level(end: str) -> None:
    text = DEF.replace('say("Hello")\n', f'say("Hello"){end}').replace("b = 2\n", "b = 2\n\n")
    removed = text.replace("a = 1", "a = 3").replace(f'say("Hello"){end}', "")

    for fence in ("", "```\n"):
        assert outcome(text, f'{fence}{HUNK}\n-say("Hello")\n{fence}') == removed


@pytest.mark.parametrize("tail", ['-say("No")', "-", '- say("Hello")', "other = 3", '- say("No")'])
def test_in_a_fence_nothing_is_prose(tail: str) -> None:
    assert outcome(DEF, f"```diff\n{HUNK}\n{tail}\n```\n") == "D_NOT_FOUND"


@pytest.mark.parametrize("tail", ['-say("No")', "-", '- say("Hello")', '- say("No")'])
def test_a_removed_line_that_the_file_lacks_is_never_left_out(tail: str) -> None:
    assert outcome(DEF, f"{HUNK}\n{tail}\n") == "D_NOT_FOUND"


def test_a_bullet_below_prose_is_prose() -> None:
    changed = DEF.replace("a = 1", "a = 3")

    assert outcome(DEF, f"{HUNK}\nWhat I did:\n- changed a\n") == changed


def test_unchanged_lines_without_a_prefix_that_stand_in_the_file_are_no_prose() -> None:
    text = 'def f():\n    return None\n\n\ndef g():\n    return None\t\n\n\nsay("Hello")\n'
    answer = '@@\n    return None\n\n\n+attempts = 1\n\nsay("Hello")\n'

    assert outcome(text, answer) in (
        text.replace("\n\nsay", "\n\nattempts = 1\n\nsay"), "D_NOT_FOUND", "D_AMBIGUOUS_INSERT",
    )  # fmt: skip


def test_an_unchanged_line_that_the_file_changed_is_not_added_beside_its_successor() -> None:
    text = "a = 1\nif x:\n    foo()\n    bar()\n\n    return 5  # by hand\n\n\nend()\n"
    answer = "@@\n if x:\n     foo()\n-    bar()\n-\n     return 5\n \n"

    assert outcome(text, answer) == "D_NOT_FOUND"


def test_lines_added_before_a_removed_one_have_no_certain_place_beside_a_line_that_was_left_out() -> (
    None
):
    text = "if u:\n    loc = 1\n}\n\n// set\nret(enc(loc))\nend\n"
    answer = "@@\n     loc = 1\n+} else {\n+    loc = 2\n-// set\n-ret(enc(loc))\n+ret(loc)\n end\n"

    assert outcome(text, answer) == "D_AMBIGUOUS_INSERT"


def test_empty_lines_before_the_first_added_line_say_where_it_goes() -> None:
    text = 'x = 1\n\n\nMETHODS = {\n    "group": group,\n}\n'
    answer = '@@\n\n\n+def a():\n+    pass\n+\n+\n     "group": group,\n'

    assert outcome(text, answer).startswith("D_")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            'import json\n\nAPI = "u"\nstate = {}\nattempts = 0\n',
            '@@\n-state = {}\n API = "u"\n+print(93)\n attempts = 0\n',
        ),
        (
            "try:\n    a()\nexcept E:\n    print(e)\n    return None\n",
            "@@\n try:\n     a()\n-except E:\n+except F:\n     print(e)\n     return None\n-    print(e)\n",
        ),
    ],
)
def test_a_line_that_the_file_has_right_there_is_not_added_again(text: str, answer: str) -> None:
    assert outcome(text, answer) == "D_NOT_FOUND"


def block(number: int, end: str = "", by_hand: str = "") -> str:
    return (
        f"def f{number}(key):\n    try:\n        r = get(key)\n        return r{end}\n{by_hand}"
        f"    except E as e:\n        print(e){end}\n        return None\n\n"
    )


RETURN = "         return r\n     except E as e:\n"
PRINT = f"{RETURN}-        print(e)\n+        log(e)\n         return None\n"
SAY = f"{RETURN}+        say(1)\n         print(e)\n         return None\n"


def test_places_that_differ_in_trailing_space_only_are_two_places() -> None:
    assert outcome(block(1, "  ") + block(2), f"@@\n{PRINT}") == "D_AMBIGUOUS"


def test_two_hunks_that_name_different_lines_do_not_change_the_same_ones() -> None:
    text = block(1, by_hand="# a\n") + block(2) + block(3, by_hand="# b\n")
    answer = f"@@ -4,4 +4,4 @@\n{PRINT}@@ -20,4 +20,5 @@\n{SAY}"

    assert outcome(text, answer) in ("D_OVERLAP", "D_AMBIGUOUS")


CURLED = "@@\n-say(“Hello”)\n+say({added})\n say(“Bye”)\n"


@pytest.mark.parametrize("added", ["“Grüße — “hi” & <b>2</b>”", "'“quoted”'", "“a ‘b’ c”“"])
def test_curled_quotes_within_a_quoted_text_are_not_turned_into_plain_ones(added: str) -> None:
    assert outcome(DEF, CURLED.format(added=added)) == "D_AMBIGUOUS"


@pytest.mark.parametrize("added", ["“Hi”", "f“{a}”, {“date”: “x”, ”kind”: “y”}"])
def test_curled_quotes_around_texts_are_turned_into_plain_ones(added: str) -> None:
    plain = added.translate(dict.fromkeys(map(ord, "“”"), '"'))

    assert outcome(DEF, CURLED.format(added=added)) == DEF.replace('"Hello"', plain)


def test_added_space_stays_if_some_copied_lines_and_the_file_say_so() -> None:
    text = "one  \ntwo\nthree\n"
    answer = "@@\n one  \n two  \n-three\n+four  \n"

    assert outcome(text, answer.replace(" two  ", " two")) == "one  \ntwo\nfour  \n"


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        (block(1, by_hand="\n") + block(2), "@@ -4,4 +4,4 @@"),
        (block(1, by_hand="\n") + "x = 1\n" * 20 + block(2), "@@ -4,4 +4,4 @@"),
        (
            "a = 1\nb = 2\n" + block(1).replace("print(e)", "print(e, 1)") + "x = 1\n" * 200 + block(2),
            "@@ -6,4 +6,4 @@",
        ),
    ],
)  # fmt: skip
def test_an_exact_place_is_doubted_if_the_stated_line_nearly_fits(text: str, heading: str) -> None:
    assert outcome(text, f"{heading}\n{PRINT}") == "D_AMBIGUOUS"


def test_added_lines_are_never_indented_as_nothing_else_in_the_file() -> None:
    meant = DEF.replace('say("Hello")', 'x = 1\nsay("Hello")')

    assert outcome(DEF, '@@\n+ x = 1\n say("Hello")\n') == meant
    assert outcome(DEF, '@@\n+\tx = 1\n say("Hello")\n').startswith("D_")


@pytest.mark.parametrize(
    "answer",
    [
        "~" * 100_000 + "`\n@@\n-a\n+b\n",
        f"*** Update File: a{' ' * 500_000}b\n@@\n-a\n+b\n",
        "```diff\n" * 100_000,
        f"<<<<<<< SEARCH\n{'a' * 3 + chr(10)}=======\nb\n>>>>>>> REPLACE\n" * 1000,
    ],
)
def test_markers_without_end_are_read_in_linear_time(answer: str) -> None:
    started = time.process_time()

    outcome("a\n", answer)

    assert time.process_time() - started < 1
