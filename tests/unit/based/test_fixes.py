"""What is mended mechanically is right afterwards, and nothing else is touched."""

import pytest

from babble_app.based.checker import check
from babble_app.based.fixes import apply_fixes
from tests.unit.based.cases import CASES, OK, handler

FENCED = "Sure, here it is!\n\n```based\n" + OK + "```\n\nTell me what you think.\n"


@pytest.mark.parametrize("code", ["E111", "E112", "W110"])
def test_every_program_that_shows_the_code_is_mended(code):
    for program, _ in CASES[code].failing:
        fixed, findings = apply_fixes(program)

        assert {one.code for one in findings} == {code}
        assert code not in {one.code for one in check(fixed).findings}
        assert check(fixed).ok


def test_one_outer_fence_and_the_prose_around_it_are_taken_off():
    fixed, findings = apply_fixes(FENCED)

    assert fixed == OK
    assert [one.line for one in findings] == [1, 3, 8, 10]


def test_several_mistakes_are_mended_in_one_go():
    program = "```\n" + handler("x = true // once more\nsay(“hi”)") + "```"

    fixed, findings = apply_fixes(program)

    assert {one.code for one in findings} == {"E111", "E112", "E113", "W110"}
    assert fixed.endswith('    x = True # once more\n    say("hi")\n')
    assert check(fixed).ok


@pytest.mark.parametrize(
    "program", [OK, "", "x = (", "```\n```\n```\n", "say('a')\nprose and more prose.\n", "\0"]
)
def test_what_cannot_be_mended_stays(program):
    assert apply_fixes(program) == (program, ())


def test_tabs_do_not_shift_a_fix():
    fixed, _ = apply_fixes('if 1:\n\tsay("größe", // remark\n\t\ttrue)\n' + OK)

    assert fixed == 'if 1:\n\tsay("größe", # remark\n\t\tTrue)\n' + OK
