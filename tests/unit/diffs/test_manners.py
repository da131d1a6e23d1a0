"""Manners of writing a diff that are not the plain one, and what they do to added lines."""

from __future__ import annotations

import json

import pytest

from babble_app.diffs.apply import apply
from babble_app.diffs.errors import DiffError

BAKERY = """\
say("Hello, this is the bakery.")
loop:
    res = talk("You take <cake> orders & more.", False)
until "the customer names a cake":
    if res is None:
        say("Which?")
    return
"""
TALK = 'res = talk("You take <cake> orders & more.", False)'
CHANGED = BAKERY.replace('        say("Which?")', '        say("Which?")\n        say("Cake?")')
PLAIN = (
    '@@ ... @@\n     if res is None:\n         say("Which?")\n+        say("Cake?")\n     return\n'
)


def code_of(text: str, answer: str) -> str:
    with pytest.raises(DiffError) as caught:
        apply(text, answer, may_shrink=True)
    return caught.value.code


def set_in(answer: str, margin: str) -> str:
    return "".join(margin + line for line in answer.splitlines(keepends=True))


@pytest.mark.parametrize(
    "answer",
    [
        PLAIN,
        set_in(PLAIN, "    "),
        f"As a list:\n\n1. this\n\n{set_in(PLAIN, '   ')}",
        json.dumps({"diff": PLAIN}),
        f"```json\n{json.dumps({'changes': [{'patch': PLAIN}]}, indent=2)}\n```\n",
        json.dumps(PLAIN),
        f'The line at fault:\n\n```python\nsay("Which?")\n```\n\nSo:\n\n```diff\n{PLAIN}```\n',
        f"```diff\n{PLAIN.split(chr(10), 1)[1]}```\n",
        f"diff --git a/x.based b/x.based\nindex 83db48f..bf2a3c1 100644\n--- a/x.based\n+++ b/x.based\n{PLAIN}",
        f"Index: x.based\n{'=' * 67}\n--- x.based\t(old)\n+++ x.based\t(new)\n{PLAIN}",
        f"Sure.\n\n{PLAIN}\nThis asks about cake.\n\n- Added a line\n- Nothing else\n",
        PLAIN.replace("@@ ... @@", "@@ -5,3 +5,4 @@ until something:"),
        "@@\n5:     if res is None:\n6:         say(\"Which?\")\n+        say(\"Cake?\")\n7:     return\n",
        "@@\n 5 |     if res is None:\n 6 |         say(\"Which?\")\n+7 |         say(\"Cake?\")\n 7 |     return\n",
    ],
)  # fmt: skip
def test_one_change_in_many_wrappings_gives_the_same_text(answer: str) -> None:
    assert apply(BAKERY, answer).text == CHANGED


def test_an_escaped_diff_is_unescaped_with_what_it_adds() -> None:
    escaped = TALK.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    answer = f"@@\n loop:\n-    {escaped}\n+    {escaped.replace('orders', 'requests')}\n"

    assert apply(BAKERY, answer).text == BAKERY.replace("orders", "requests")


def test_entities_that_the_file_has_stay() -> None:
    text = BAKERY.replace("&", "&amp;")

    answer = "@@\n loop:\n-    " + TALK.replace("&", "&amp;") + "\n+    x = '&lt;'\n"

    assert "    x = '&lt;'\n" in apply(text, answer).text


def test_a_space_after_every_sign_is_taken_off() -> None:
    answer = (
        '@@\n     if res is None:\n-         say("Which?")\n+         say("What?")\n     return\n'
    )

    assert apply(BAKERY, answer).text == BAKERY.replace("Which?", "What?")


def test_tabs_for_spaces_are_turned_back_in_added_lines() -> None:
    answer = '@@\n \tif res is None:\n \t\tsay("Which?")\n+\t\tsay("Cake?")\n \treturn\n'

    assert apply(BAKERY, answer).text == CHANGED
    tabbed = BAKERY.replace("    ", "\t")
    assert apply(tabbed, PLAIN).text == CHANGED.replace("    ", "\t")


def test_another_width_of_step_is_believed_at_two_depths_only() -> None:
    answer = '@@\n   if res is None:\n     say("Which?")\n+    say("Cake?")\n   return\n'

    assert apply(BAKERY, answer).text == CHANGED
    assert code_of(BAKERY, "@@\n   return\n+    x\n") == "D_NOT_FOUND"


def test_typographic_quotes_are_turned_back_in_added_lines_when_the_copies_show_them() -> None:
    answer = '@@\n-say("Hello, this is the bakery.")\n+say("Hi – it’s us.")\n'

    curly = answer.replace('"', "”")

    assert apply(BAKERY, curly).text == BAKERY.replace(
        "Hello, this is the bakery.", "Hi – it’s us."
    )
    assert 'say("„Hi“")' in apply(BAKERY, answer.replace("Hi – it’s us.", "„Hi“")).text


def test_space_at_line_ends_is_taken_off_added_lines_when_the_copies_have_it() -> None:
    spaced = PLAIN.replace("\n", "  \n")

    assert apply(BAKERY, spaced).text == CHANGED
    assert 'say("Cake?")  \n' in apply(BAKERY, PLAIN.replace('Cake?")', 'Cake?")  ')).text


def test_a_hunk_that_only_adds_is_indented_as_the_file_is() -> None:
    off_by_one = (
        '@@\n    if res is None:\n        say("Which?")\n+       say("Cake?")\n    return\n'
    )

    assert apply(BAKERY, off_by_one).text == CHANGED


def test_a_fence_that_ends_with_a_signature_of_git_mail() -> None:
    assert apply(BAKERY, f"{PLAIN}-- \n2.40.1\n").text == CHANGED


@pytest.mark.parametrize(
    "added", ["def area(self) -> float:\n+    ...", 'class A:\n+    """Nothing."""\n+    ...']
)
def test_the_dots_of_a_stub_are_no_placeholder(added: str) -> None:
    assert apply(BAKERY, f"@@\n+{added}\n loop:\n").text
    assert code_of(BAKERY, "@@\n loop:\n+    ...\n") == "D_LAZY"


def test_prose_after_a_hunk_with_lost_prefixes_is_not_added_to_the_file() -> None:
    answer = '@@\n    if res is None:\n-        say("Which?")\n     return\n\nThis is all.\n'

    assert apply(BAKERY, answer).text == BAKERY.replace('        say("Which?")\n', "")


def test_a_removed_line_after_an_empty_one_is_not_taken_for_prose() -> None:
    text = f'{BAKERY}until "the customer leaves":\n\n    say("Goodbye!")\n'
    answer = '@@\n     return\nuntil "the customer leaves":\n\n-    say("Goodbye!")\n'

    assert apply(text, answer).text == f'{BAKERY}until "the customer leaves":\n\n'
