"""Every error has a program that shows it and one beside it that does not."""

import time

import pytest

from babble_app.based.checker import check, strip_fence

TALK = 'loop:\n    res = talk("You are a friendly helper at a desk.", False)\n'
END = 'until "the user says goodbye":\n    say("Bye")\n'
OK = TALK + END


def in_handler(body: str) -> str:
    return (
        TALK
        + 'until "the user says goodbye":\n'
        + "".join(f"    {line}\n" for line in body.splitlines())
    )


def loop(body: str) -> str:
    return "loop:\n" + "".join(f"    {line}\n" for line in body.splitlines()) + END


# code: (failing program, line of the finding, passing program)
CASES = {
    "E100": ("x = (1,\n" + OK, 1, "x = (1,)\n" + OK),
    "E100 colon": (TALK + 'until "the user leaves"\n    say("x")\n', 3, OK),
    "E100 else": (OK + "else:\n    say('x')\n", 6, OK),
    "E101": ("if 1:\nsay('x')\n" + OK, 2, "if 1:\n    say('x')\n" + OK),
    "E101 dedent": ("if 1:\n        x = 1\n    y = 2\n" + OK, 3, "if 1:\n    x = 1\n" + OK),
    "E102": ("x = " + "-" * 300 + "1\n" + OK, 1, "x = " + "-" * 20 + "1\n" + OK),
    "E103": ("say('a\0b')\n" + OK, 1, "say('ab')\n" + OK),
    "E103 surrogate": (OK + "# \ud800\n", 5, OK + "# \u00e4\n"),
    "E111": ('say("x", // the greeting\n    True)\n' + OK, 1, 'say("http://a.b//c", True)  # //\n' + OK),
    "E112": ("say(“hello”)\n" + OK, 1, 'say("“hello”")\n' + OK),
    "E113": ("```based\n" + OK + "```\n", 1, 'say("""\n```\n""")\n' + OK),
    "E113 prose": ("Here is the program you asked for:\n" + OK, 1, "# Here is the program you asked for:\n" + OK),
    "E114": ("@@ -1,2 +1,3 @@\n" + OK, 1, "# @@ -1,2 +1,3 @@\n" + OK),
    "E115": (" \n\n", 1, OK),
    "E116": (OK + "# " + "x" * 200_000, 1, OK + "# " + "x" * 1000),
    "E117": ("while True:\n    res = talk('You are helpful, always.')\n", 1, "while False:\n    x = 1\n" + OK),
    "E118": ('loop until ("the user leaves") {\n    talk("x")\n}\n', 1, OK),
    "E118 until": (TALK + 'until "the user leaves" {\n    say("x")\n}\n', 3, TALK + END),
    "E119": (OK + "# ... rest of the code\n", 5, OK + "# the rest is silence\n"),
    "E119 ellipsis": (in_handler("..."), 4, in_handler("pass")),
    "E119 angle": (in_handler("x = <api request>"), 4, in_handler('x = "<api request>"')),
    "E200": (TALK + "x = 1\n", 1, OK),
    "E201": (END, 1, OK),
    "E201 apart": (TALK + END + "x = 1\n" + END, 6, TALK + END + "\n# note\n" + 'until "else":\n    pass\n'),
    "E202": (loop('x = 1\nres = talk("You are a friendly helper.")'), 2, OK),
    "E202 say": (loop('say("hi")'), 2, OK),
    "E202 empty": ("loop:\n    # nothing\n" + END, 1, OK),
    "E202 target": (loop('a, b = talk("You are a friendly helper.")'), 1, loop('talk("You are a friendly helper.")')),
    "E203": ("res = talk('You are a friendly helper.')\n" + OK, 1, OK),
    "E204": ("def f():\n    loop:\n        talk('You are a friendly helper.')\n    until 'bye':\n        pass\n" + OK, 2,
             "def f():\n    return 1\n" + OK),
    "E205": (TALK + "until 42:\n    pass\n", 3, OK),
    "E205 empty": (TALK + 'until "":\n    pass\n', 3, OK),
    "E205 bare": (TALK + "until:\n    pass\n", 3, OK),
    "E205 two": (TALK + 'until "a", "b":\n    pass\n', 3, OK),
    "E205 name": (TALK + "until user_leaves:\n    pass\n", 3,
                  'user_leaves = {"name": "a"}\n' + TALK + "until user_leaves:\n    pass\n"),
    "E206": (loop("res = talk()"), 2, OK),
    "E206 keyword": (loop('res = talk("You are a friendly helper.", temperature=1)'), 2,
                     loop('res = talk(prompt="You are a friendly helper.", first=True)')),
    "E207": (loop('res = talk("You are a friendly helper.", "False")'), 2,
             loop('res = talk("You are a friendly helper.", 1 > 2)')),
    "E208": (in_handler('x = res.ask(example="a")'), 4, in_handler('x = res.ask("What?", "a")')),
    "E208 alone": (in_handler('x = ask("What?", example="a")'), 4, in_handler('x = "t".ask("What?", example="a")')),
    "E209": (in_handler('x = res.ask("What?")'), 4, in_handler('x = res.ask("What?", schema={"type": "string"})')),
    "E210": (TALK + 'until {"description": "x"} as m:\n    pass\n', 3, TALK + 'until {"name": "x"} as m:\n    pass\n'),
    "E210 parameters": (TALK + 'until {"name": "x", "parameters": {"type": "array"}} as m:\n    pass\n', 3,
                        TALK + 'until {"name": "x", "parameters": {"type": "object"}} as m:\n    pass\n'),
    "E210 variable": ('tool = {"parameters": {}}\n' + TALK + "until tool as m:\n    pass\n", 1,
                      'tool = {"name": "t"}\n' + TALK + "until tool as m:\n    pass\n"),
    "E211": (TALK + 'until {"name": "x"} as res:\n    pass\n', 3, TALK + 'until {"name": "x"} as m:\n    pass\n'),
    "E212": (OK + 'until "The user  says goodbye":\n    pass\n', 5, OK + 'until "the user wants more":\n    pass\n'),
    "E213": (in_handler("extract(key, 1)"), 4, in_handler('extract("key", 1)')),
    "E213 underscore": (in_handler('extract("_key", 1)'), 4, in_handler('extract("k_", 1)')),
    "E230": ("return\n" + OK, 1, in_handler("return")),
    "E231": ("break\n" + OK, 1, in_handler("break")),
    "E231 continue": ("if 1:\n    continue\n" + OK, 2, "for x in []:\n    continue\n" + OK),
    "E240": ("import os\n" + OK, 1, "import json\n" + OK),
    "E240 from": ("from subprocess import run\n" + OK, 1, "from datetime import date\n" + OK),
    "E240 open": ("x = open('f')\n" + OK, 1, "def open(x):\n    return x\nx = open('f')\n" + OK),
    "E240 eval": ("x = eval('1')\n" + OK, 1, "x = int('1')\n" + OK),
    "E240 dunder": ("x = ().__class__\n" + OK, 1, "x = (1).bit_length()\n" + OK),
    "E240 import": ("x = __import__('os')\n" + OK, 1, OK),
    "E241": ("class A:\n    pass\n" + OK, 1, "a = {}\n" + OK),
    "E240 member": ("from math import nothing\n" + OK, 1, "from math import sqrt, pi\n" + OK),
    "E241 attribute": ("x = {}\nx.y = 1\n" + OK, 2, "x = {}\nx['y'] = 1\n" + OK),
    "E241 with": ("with x as y:\n    pass\n" + OK, 1, OK),
    "E241 yield": ("def f():\n    yield 1\n" + OK, 2, "def f():\n    return [1]\n" + OK),
    "E241 bytes": ("x = b'a'\n" + OK, 1, "x = 'a'\n" + OK),
    "E241 star": ("from json import *\n" + OK, 1, "from json import dumps\n" + OK),
    "E241 decorator": ("@f\ndef g():\n    pass\n" + OK, 2, OK),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_an_error_is_found_at_its_line_and_only_where_it_is(case):
    failing, line, passing = CASES[case]
    code = case.split()[0]

    found = check(failing)
    clean = check(passing)

    errors = [f for f in found.findings if f.severity == "error"]
    assert (code, line) in {(f.code, f.line) for f in errors}
    assert not found.ok
    assert [f for f in clean.findings if f.severity == "error"] == []
    assert clean.ok


@pytest.mark.parametrize("case", CASES)
def test_a_finding_has_a_hint_and_its_source_line(case):
    failing, line, _ = CASES[case]
    code = case.split()[0]

    finding = next(f for f in check(failing).findings if (f.code, f.line) == (code, line))

    assert finding.hint
    assert finding.message.endswith(".")
    assert finding.source_line or code in {"E115", "E116"}


def test_one_mistake_gives_one_error():
    cascades = {}
    for case, (failing, _, _) in CASES.items():
        errors = [f.code for f in check(failing).findings if f.severity == "error"]
        if len(errors) > 1:
            cascades[case] = errors

    assert cascades == {"E113": ["E113", "E113"]}


WARNINGS = {
    "W102": in_handler("if res:\n\tx = 1"),
    "W110": "x = true\n" + OK,
    "W201": "say('hi')\n",
    "W210": "for x in [1]:\n" + "".join(f"    {line}\n" for line in OK.splitlines()),
    "W220": TALK + 'until "the user says goodbye" as x:\n    pass\n',
    "W221": TALK + 'until f"the user says {1}":\n    pass\n',
    "W240": OK + 'until "the user says goodbye!":\n    pass\n',
    "W260": "state = {}\n" + OK,
    "W270": in_handler('x = api.get_req(url="http://a")'),
    "W280": "x = nobody\n" + OK,
    "W290": in_handler('done()\nsay("x")'),
    "W291": TALK + 'until "the user has named a city":\n    pass\n',
    "W292": loop('res = talk("Hi")'),
    "W294": "import requests\n" + in_handler('x = requests.get("http://a")'),
    "W296": 'key = "sk-abcdefghijklmnopqrstuvwx"\n' + OK,
}


@pytest.mark.parametrize("code", WARNINGS)
def test_a_warning_is_given_and_does_not_block(code):
    result = check(WARNINGS[code])

    assert code in {f.code for f in result.findings}
    assert all(f.severity == "warning" for f in result.findings)
    assert result.ok


def test_a_clean_program_has_no_findings():
    assert check(OK).findings == ()


def test_findings_come_all_at_once_in_order_and_at_most_twenty():
    code = "import os\n" * 30 + OK

    findings = check(code).findings

    assert len(findings) == 20
    assert [f.line for f in findings] == list(range(1, 21))


def test_warnings_give_way_to_errors():
    code = "".join(f"a{i} = nobody{i}\n" for i in range(30)) + "import os\n" + OK

    findings = check(code).findings

    assert len(findings) == 20
    assert findings[-1].code == "E240"


BAD = [
    "", "\0" * 10, "\ud800\udfff", "\n" * 1000, "(" * 50_000, "-" * 100_000 + "1", "a" + ".a" * 50_000, "[" * 300 + "]" * 300,
    "f(" * 150 + ")" * 150, "\ufeffsay('x')", "\t \x0c\n", "'''", '"' * 999, "\\", "loop", "until", "loop:", "until:", "until 'x':",
    "loop:\nuntil:\n", "loop: talk('x')\nuntil 'a': pass", "x" * 300_000, "if x:\n" * 3, "𝔩oop:\n", "lambda: (yield)",
    "def f(x, x): pass", "x = 1e999999", "x = " + "9" * 5000, "def f():\n" + " " * 4 + "loop:\n" + " " * 8 + "y", "until x as y as z:",
    "\r\n\r\r\n", "loop:\r\n  talk('x', False)\r\nuntil 'x':\r\n  pass", "elif:", "class :", "async def", "0777", "f'{", "f'{x!z}'",
    "".join("if x:\n" if i == 0 else " " * i + "if x:\n" for i in range(120)), "match x:\n  case _: pass", "nonlocal x", "a = *b",
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(BAD)))
def test_bad_input_gives_findings_and_never_raises(number):
    result = check(BAD[number])

    assert result.ok or result.findings
    assert all(f.line >= 1 and f.col >= 1 for f in result.findings)
    assert all(f.model_dump_json() for f in result.findings)


def test_every_prefix_of_a_program_can_be_checked():
    code = 'say(f"a {1}")\n' + OK + "x = {'a': [1, 2]}  # end\n"

    for length in range(len(code)):
        check(code[:length])


def test_a_thousand_lines_are_checked_in_time():
    code = OK * 250

    start = time.thread_time()
    check(code)

    assert time.thread_time() - start < 0.5  # measured: 0.045 s; the bound is for loaded machines


def test_one_fence_around_the_whole_is_taken_off():
    assert strip_fence("```based\n" + OK + "```") == OK
    assert strip_fence("\n```\r\n" + OK + "```\n\n") == OK
    assert strip_fence("~~~\n" + OK) == OK
    assert strip_fence("text\n```\n" + OK + "```") == "text\n```\n" + OK + "```"
    assert strip_fence(OK) == OK
