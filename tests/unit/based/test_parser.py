"""The parser: soft keywords, lines that stay, conversations."""

import ast

import pytest

from babble_app.based.nodes import Conversation, find_talk, slug
from babble_app.based.parser import parse
from babble_app.based.report import InvalidProgramError

HEAD = 'loop:\n    res = talk("p", False)\n'


def conversations(code):
    return [node for node in ast.walk(parse(code).tree) if isinstance(node, Conversation)]


def test_a_loop_and_its_untils_are_one_node():
    code = "x = 1\n" + HEAD + '\n# note\nuntil "a":\n    pass\nuntil "b":\n    pass\ny = 2\n'

    tree = parse(code).tree

    assert [type(s).__name__ for s in tree.body] == ["Assign", "Conversation", "Assign"]
    assert [(e.lineno, e.condition.value) for e in conversations(code)[0].exits] == [
        (6, "a"),
        (8, "b"),
    ]


def test_lines_and_columns_are_those_of_the_source():
    code = HEAD + 'until "abc":\n    pass\n'

    clause = conversations(code)[0].exits[0]

    assert (clause.condition.lineno, clause.condition.col_offset) == (3, 6)


def test_a_handler_may_hold_nothing_but_a_comment():
    code = HEAD + 'until "a":  # remark\n    # nothing to do\nuntil "b": say("x")\n'

    first, second = conversations(code)[0].exits

    assert isinstance(first.body[0], ast.Pass)
    assert isinstance(second.body[0], ast.Expr)


def test_loop_and_until_are_ordinary_names_elsewhere():
    code = 'loop = 1\nuntil = {"a": loop}\nuntil["b"] = 2\nuntil: dict = {}\nx = loop if until else 3\nloop += 1\nloop\n'

    assert conversations(code) == []


def test_a_condition_may_stand_on_several_lines():
    code = HEAD + 'until (\n    "a: b"  # until it ends:\n    " c"\n) as x:\n    pass\n'

    clause = conversations(code)[0].exits[0]

    assert (clause.condition.value, clause.name, clause.body[0].lineno) == ("a: b c", "x", 7)


def test_keywords_inside_texts_and_brackets_are_left_alone():
    code = 'x = """\nloop:\nuntil "a":\n"""\ny = {\n    1:\n    2}\nsay("loop:")\n'

    assert parse(code).tree.body[0].value.value == '\nloop:\nuntil "a":\n'


@pytest.mark.parametrize("indent", ["\t", "  ", "        "])
def test_any_consistent_indentation_is_taken(indent):
    code = f'loop:\n{indent}res = talk("p", False)\nuntil "a":\n{indent}if 1:\n{indent}{indent}say("""\n\ttab""")\n'

    text = conversations(code)[0].exits[0].body[0].body[0].value.args[0].value

    assert text == "\n\ttab"


def test_tabs_and_spaces_may_meet():
    assert conversations('loop:\n\tres = talk("p")\nuntil "a":\n    x = 1\n\ty = 2\n')


def test_conversations_nest():
    code = (
        HEAD
        + 'until "a":\n    if x:\n        loop:\n            talk("q")\n        until "b":\n            pass\n'
    )

    outer, inner = conversations(code)

    assert find_talk(outer).target == "res"
    assert find_talk(inner).target is None


def test_an_invalid_program_raises_with_its_findings():
    with pytest.raises(InvalidProgramError, match="Line 1: `until` without") as caught:
        parse("until 'x':\n    pass\n")

    assert [f.code for f in caught.value.findings] == ["E201"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("User has provided a valid city", "user_has_provided_a_valid_city"),
        ("User confirms the weather information", "user_confirms_the_weather_info"),
        ("  What?! ", "what"),
        ("до свидания", ""),
    ],
)
def test_slugs_are_those_of_the_reference(text, expected):
    assert slug(text) == expected
