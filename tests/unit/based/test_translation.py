"""The Python that a program is translated to."""

import ast
from pathlib import Path

import pytest

from babble_app.based.parser import parse
from babble_app.based.translation import translate
from tests.unit.based.cases import BOOK, OK, TALK, handler

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.based"))


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_every_program_becomes_python_that_compiles(path):
    python = translate(parse(path.read_bytes().decode()))

    compile(python, path.name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    assert (
        "until" not in {line.split(" ")[0] for line in python.split("\n")}
        or path.stem == "soft_keywords"
    )


def test_the_shape_is_that_of_the_reference():
    assert translate(parse(OK)) == (
        "while True:\n"
        "    res = talk('You are a friendly helper at a desk.', False, {}, ['the user says goodbye'])\n"
        "    if res['next'] == 'the_user_says_goodbye':\n"
        "        print('SWITCHED TO the_user_says_goodbye')\n"
        "        say('Bye')\n"
        "        break\n"
    )


def test_the_ways_out_of_a_handler_stay_what_they_are():
    body = (
        "for x in 'ab':\n    if x:\n        return x\nif 1:\n    continue\nif 2:\n    break\nreturn"
    )

    lines = [line.strip() for line in translate(parse(handler(body))).split("\n")]

    assert lines[4:] == [
        "_again = False", "for x in 'ab':", "if x:", "return_to_context(x)", "_again = True", "break", "if _again:",
        "continue", "if 1:", "continue", "if 2:", "break", "continue", "",
    ]  # fmt: skip


def test_a_tool_schema_is_known_by_its_name_and_gives_its_arguments():
    python = translate(parse(f"book = {BOOK}\n" + TALK + "until book as day:\n    pass\n"))

    assert "if res['next'] == 'book':" in python
    assert "day = res['arguments']" in python
    assert "{}, [book])" in python
