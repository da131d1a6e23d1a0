"""Every code has programs that show it, on the right line, and programs beside them that do not."""

# ruff: noqa: E501 -- a program stands on one line

import json
import re
import threading
import time
from pathlib import Path

import pytest

from babble_app.based.checker import check, strip_fence
from tests.unit.based.cases import CASES, END, OK, TALK, handler

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.based"))
FAILING = [(code, number, *one) for code in CASES for number, one in enumerate(CASES[code].failing)]
PASSING = [(code, number, one) for code in CASES for number, one in enumerate(CASES[code].passing)]
PAIRS = {
    frozenset({"E200", "E201"}): "an exit that is not at its place leaves the loop without one",
}


@pytest.mark.parametrize(("code", "number", "program", "line"), FAILING)
def test_a_mistake_is_found_on_its_line_and_nothing_follows_from_it(code, number, program, line):
    findings = check(program).findings
    errors = {one.code for one in findings if one.severity == "error"}

    assert (code, line) in {(one.code, one.line) for one in findings}
    assert check(program).ok is (code[0] == "W")
    if code[0] == "W":
        assert not errors
    else:
        assert len(errors) == 1 or frozenset(errors) in PAIRS


@pytest.mark.parametrize(("code", "number", "program"), PASSING)
def test_a_program_without_the_mistake_has_no_such_finding(code, number, program):
    result = check(program)

    assert code not in {one.code for one in result.findings}
    assert result.ok


@pytest.mark.parametrize("code", CASES)
def test_each_code_has_two_programs_that_show_it_and_two_that_do_not(code):
    assert len(CASES[code].failing) >= 2
    assert len(CASES[code].passing) >= 2


def test_each_finding_can_be_shown_and_acted_on():
    for _, _, program, _ in FAILING:
        for one in check(program).findings:
            assert one.message.endswith(".")
            assert one.hint
            assert one.end_line >= one.line
            assert one.col >= 1
            assert one.source_line or one.code in {"E115", "E116", "W201"}
            assert json.loads(one.model_dump_json())


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_right_program_has_no_errors(path):
    result = check(path.read_bytes().decode())

    assert [one for one in result.findings if one.severity == "error"] == []


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_and_tabs_change_nothing_but_w102(newline):
    for path in PROGRAMS:
        code = path.read_bytes().decode().removeprefix("\ufeff").replace("\r\n", "\n")
        tabs = re.sub(
            r"^(?:    )+", lambda found: "\t" * (len(found.group()) // 4), code, flags=re.M
        )
        wanted = _places(code)

        assert _places(code.replace("\r", "\n").replace("\n", newline)) == wanted, path.stem
        assert _places(tabs) == wanted, path.stem


def _places(code):
    return {(one.code, one.line) for one in check(code).findings if one.code != "W102"}


def test_there_are_many_right_programs():
    assert len(PROGRAMS) >= 30
    assert check(OK).findings == ()


def test_columns_count_characters_of_the_source():
    program = 'größe = "ä"; x = nobody\n' + TALK + 'until "ü":\n\tx = true\n'

    found = {(one.code, one.line, one.col) for one in check(program).findings}

    assert ("W280", 1, 18) in found
    assert ("W110", 5, 6) in found


def test_all_mistakes_come_at_once_those_of_the_syntax_too():
    program = (
        "x = (1,\n"
        'loop:\n    res = talk("You are a friendly helper at a desk.", False\n'
        'until "the user orders"\n    order = res.ask("What?")\n      say("Noted")\n'
        'until user leaves:\n    say("Bye)\n    return retrun\n'
        "import os\ny = 1 +\nreturn\n"
    )

    found = [(one.code, one.line) for one in check(program).findings]

    assert found == [
        ("E100", 1), ("E100", 3), ("E100", 4), ("E209", 5), ("E101", 6), ("E205", 7), ("E100", 8), ("E240", 10),
        ("E100", 11), ("E230", 12),
    ]  # fmt: skip


def test_a_broken_statement_takes_no_other_with_it():
    program = "price = 3 +\n" + TALK + END + 'until "the user asks":\n    say(f"{price}")\n'

    assert [(one.code, one.line) for one in check(program).findings] == [("E100", 1)]


def test_findings_come_in_order_and_at_most_twenty():
    findings = check("import os\n" * 30 + OK).findings

    assert len(findings) == 20
    assert [one.line for one in findings] == list(range(1, 21))


def test_warnings_give_way_to_errors():
    code = "".join(f"a{i} = nobody{i}\n" for i in range(30)) + "import os\n" + OK

    findings = check(code).findings

    assert len(findings) == 20
    assert findings[-1].code == "E240"


T = OK
HOSTILE = {
    "too long": OK + "# " + "x" * 200_000,
    "just short enough": OK * 800,
    "broken in the middle": OK * 400 + "x = (1\n" + OK * 400,
    "many errors": ("x = = 1\n" + OK) * 1400,
    "NUL": "\0" * 199_999,
    "surrogates": "\ud800" * 60_000,
    "parentheses": "(" * 10_000,
    "more parentheses": "(" * 199_000,
    "lists": "[" * 1000 + "]" * 1000,
    "ifs": "".join(" " * i + "if x:\n" for i in range(200)) + " " * 200 + "pass\n",
    "elifs": "if x:\n    pass\n" + "elif x:\n    pass\n" * 3_000,
    "a million lines": "\n" * 1_000_000,
    "as many lines as may be": "\n" * 199_990,
    "a long text": 'x = "' + "a" * 190_000 + '"\n',
    "a long sum": "x = 1" + "+1" * 95_000,
    "a long list": "x = [" + "1," * 30_000 + "]\n",
    "a long chain": "a" + ".a" * 95_000,
    "minus signs": "-" * 199_000,
    "a long number": "x = " + "9" * 190_000,
    "line ends": "\r\n\r\n\r\n\n\r" * 20_000 + "x = (",
    "comments": "# x\n" * 49_000,
    "quotes": "'\n" * 20_000,
    "triple quotes": '"""\n' * 9_999,
    "escaped quotes": '"' + '\\"' * 99_000,
    "closers": ")\n" * 20_000,
    "colons": ":\n" * 20_000,
    "loops": "loop:\n" * 5000,
    "untils": "until:\n" * 5000,
    "braces": "if x {\n" * 8_000,
    "slashes": "// x y\n" * 28_000,
    "fences": "```\n" * 20_000,
    "hunks": "@@ -1 +1 @@\n" * 16_000,
    "typographic": "“\n" * 20_000,
    "sentences": "This is a sentence of the model.\n" * 6000,
    "words": "Aa " * 60_000 + "=",
    "spaces before as": "until x" + " " * 190_000 + "as:\n",
    "tabs": "".join("\t" * i + "if x:\n" for i in range(250)),
    "hash": "#" + " -" * 90_000 + "\n",
    "token": "x='" + "eyJ-" * 45_000 + "'",
    "only comments": "# a\n# b",
    "empty": "",
}


def test_hostile_texts_give_findings_in_time_in_a_thread_too():
    slow: dict[str, float] = {}
    wrong: dict[str, str] = {}

    def run() -> None:
        for name, text in HOSTILE.items():
            start = time.thread_time()
            try:
                result = check(text)
                json.dumps([one.model_dump() for one in result.findings])
                if result.ok and not result.findings and name != "just short enough":
                    wrong[name] = "nothing found"
            except BaseException as error:  # noqa: BLE001 - whatever it is
                wrong[name] = repr(error)[:200]
            slow[name] = time.thread_time() - start

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()

    assert wrong == {}
    assert {name: seconds for name, seconds in slow.items() if seconds > 4} == {}  # measured: 1.2


BAD = [
    "a" + ".a" * 50_000, "f(" * 150 + ")" * 150, "\ufeffsay('x')", "\t \x0c\n", "'''", '"' * 999, "\\", "loop", "until", "loop:",
    "until 'x':", "loop:\nuntil:\n", "loop: talk('x')\nuntil 'a': pass", "if x:\n" * 3, "𝔩oop:\n", "lambda: (yield)", "x = 1e999999",
    "def f():\n" + " " * 4 + "loop:\n" + " " * 8 + "y", "until x as y as z:", "\r\n\r\r\n", "loop:\r\n  talk('x', False)\r\nuntil 'x':\r\n  pass",
    "elif:", "class :", "async def", "0777", "f'{", "f'{x!z}'", "match x:\n  case _: pass", "a = *b", "until (", "loop: {", "}", "until 'x' {",
    "until\\\n'x':\n", "x = '''a\n'''b", "```", "+", "@", "@@", "-", "loop:\n\tuntil:\n \tloop", "\u2028", "x\u2028 = 1", ":", "else:\n" * 20, "until:" * 50,
    "def f(:\n  pass", "x = [\n\nloop:\n  talk('a')", "say('a'))\n(", "{[(", "''' '", "until ''' ':", "$", "?", "a b c d e.", "Sure!\n```", "<<<<<<< a",
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(BAD)))
def test_bad_input_gives_findings_and_never_raises(number):
    result = check(BAD[number])

    assert result.ok or result.findings
    assert all(one.line >= 1 and one.col >= 1 for one in result.findings)


def test_every_part_of_a_program_can_be_checked():
    code = 'say(f"a {1}")\n' + OK + "x = {'a': [1, 2]}  # end\n"

    for length in range(len(code)):
        check(code[:length])
        check(code[length:])


def test_a_thousand_lines_are_checked_in_time():
    code = OK * 250

    start = time.thread_time()
    check(code)

    assert time.thread_time() - start < 0.5  # measured: 0.025 s; the bound is for loaded machines


def test_one_fence_around_the_whole_is_taken_off():
    assert strip_fence("```based\n" + OK + "```") == OK
    assert strip_fence("\n```\r\n" + OK + "```\n\n") == OK
    assert strip_fence("~~~\n" + OK) == OK
    assert strip_fence("text\n```\n" + OK + "```") == "text\n```\n" + OK + "```"
    assert strip_fence(OK) == OK


def test_comments_that_speak_of_code_are_no_placeholders():
    for words in (
        "the code of the customer",
        "rest of the day",
        "the same as before lunch",
        "other codes are in the table",
    ):
        assert check(handler(f"pass  # {words}\n# {words}")).ok, words


def test_every_code_in_the_source_is_in_the_table():
    folder = Path(__file__).parents[3] / "babble_app" / "based"
    sources = [*folder.glob("*.py"), *folder.glob("checks/*.py")]
    codes = {code for path in sources for code in re.findall(r'"([EW]\d{3})"', path.read_text())}

    assert codes == set(CASES)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("if x && y:\n    pass", "`and`"),
        ("x = y || 3", "`or`"),
        ("if x:\n    pass\nelse if y:\n    pass", "`elif`"),
        ("x++", "count += 1"),
        ("const x = 1", "only the name"),
        ("x = y => y + 1", "lambda"),
        ('print "a && b"', "brackets"),
        ("if !x:\n    pass", "`not`"),
        ("x = 'a' === 'b'", "`==`"),
    ],
)
def test_what_other_languages_write_is_told_in_python(line, hint):
    found = [one for one in check(handler(line)).findings if one.severity == "error"]

    assert [one.code for one in found] == ["E100"]
    assert hint in found[0].hint


def test_an_exit_in_the_loops_own_body_is_to_be_outdented():
    found = check(TALK + "    " + END.replace("\n    ", "\n        ")).findings

    assert [(one.code, one.line) for one in found if one.severity == "error"] == [
        ("E200", 1),
        ("E201", 3),
    ]
    assert "indentation of `loop:` itself" in found[-1].hint
