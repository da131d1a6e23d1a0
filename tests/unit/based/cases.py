"""For each code: programs that show it, each with the line it must be found on, and programs beside them that do not.

Shared by the tests and by benchmarks/checker.py.
"""

# ruff: noqa: E501 -- a program stands on one line

from __future__ import annotations

from typing import NamedTuple

TALK = 'loop:\n    res = talk("You are a friendly helper at a desk.", False)\n'
END = 'until "the user says goodbye":\n    say("Bye")\n'
OK = TALK + END
BOOK = '{"name": "book", "description": "A day is chosen", "parameters": {"type": "object", "properties": {}}}'
VOICE = 'until "the user hangs up":\n    end_call()\n'
DEEP = "x = " + "-" * 300 + "1\n"
PHONE_ASK = (
    TALK
    + 'until "the user gives a number":\n    n = res.ask("Which?", "5")\n    say("Thanks")\n'
    + VOICE
)
PHONE_SAY = (
    TALK
    + 'until "the user gives a number":\n    say("One moment.")\n    n = res.ask("Which?", "5")\n    say("Thanks")\n'
    + VOICE
)


def indent(text: str, by: int = 4) -> str:
    """Return the lines of a text, indented."""
    return "".join(f"{' ' * by}{line}\n" if line else "\n" for line in text.splitlines())


def handler(body: str) -> str:
    """Return a program whose handler begins on line 4."""
    return TALK + 'until "the user says goodbye":\n' + indent(body)


def loop(body: str) -> str:
    """Return a program whose loop clause has this body, from line 2."""
    return "loop:\n" + indent(body) + END


def talk(arguments: str) -> str:
    """Return a program with this call of talk on line 2."""
    return loop(f"res = talk({arguments})")


def nested(body: str) -> str:
    """Return a program with a conversation in a handler; the body is in its handler, from line 7."""
    inner = (
        'loop:\n    more = talk("Ask for the street and the city.", True)\nuntil "an address is given":\n'
        + indent(body)
    )
    return TALK + 'until "the user wants a delivery":\n' + indent(inner) + END


class Case(NamedTuple):
    """What shows a code, and what does not."""

    failing: list[tuple[str, int]]
    passing: list[str]


def single(depth: int, extra: str = "") -> str:
    """Return conversations in each other, each with one exit."""
    names = ["name", "street", "city", "phone"]
    code = 'extract("all", 1)\n'
    for name in reversed(names[:depth]):
        body = (
            f'loop:\n    r = talk("Ask for the {name} of the user, politely.", True)\nuntil "the {name} is given or they leave":\n'
            + indent(extra + code)
        )
        code = body
    return code


CASES: dict[str, Case] = {
    "E100": Case(
        [
            ("x = (1,\n" + OK, 1),
            ('x = {\n    "a": 1,)\n    "b": {"c": 2},\n}\n' + OK, 2),
            ("x = [\n    1,\n    2)\n" + OK, 3),
            ("x = {\n    'a': (1, 2], 3),\n    'b': 1,\n}\n" + OK, 2),
            ("match 1\n    case 1:\n        x = 1\n    case _:\n        x = 2\n" + OK, 1),
            ("match 1:\n    case 1\n        x = 1\n    case _:\n        x = 2\n" + OK, 2),
            ("match [1 2]:\n    case 1:\n        x = 1\n    case _:\n        x = 2\n" + OK, 1),
            (TALK + 'until "the user leaves"\n    say("x")\n', 3),
            (OK + "else:\n    say('x')\n", 5),
            (OK + "elif x:\n    say('x')\n", 5),
            (TALK + "else:\n    say('x')\n" + END, 3),
            ("loop\n    res = talk('You are a friendly helper.')\n" + END, 1),
            ('say("hi)\n' + OK, 1),
            ("say(hi')\n" + OK, 1),
            ('say(f"{x")\n' + OK, 1),
            ('say(f"{a b}")\n' + OK, 1),
            ('x = """never\nclosed\n' + OK, 1),
            ("x = [1, 2\ny = 3\n" + OK, 1),
            ('x = {"a": 1,\n     "b": [2, 3}\n' + OK, 2),
            ("say('x'))\n" + OK, 1),
            (talk('"You are a friendly helper.", False').replace("False)", "False"), 2),
            ("say('hi'\nsay('ho')\n" + OK, 1),
            (handler("if res\n    say('x')"), 4),
            (handler("for x in res:\n    say('x'\nsay('y')"), 5),
            (handler("x = 1 +\nsay('y')"), 4),
            (handler("if x = 1:\n    pass"), 4),
            (handler("def f(x, x):\n    pass"), 4),
            (handler("say('a' 'b' c)"), 4),
            (handler("retrun 5"), 4),
            (handler("whlie x:\n    pass"), 4),
            ("else:\n    pass\n" + OK, 1),
            ("improt json\n" + OK, 1),
            ("Loop:\n    res = talk('You are a friendly helper.')\n" + END, 1),
            ("lopp:\n    res = talk('You are a friendly helper.')\n" + END, 1),
            (TALK + "untill 'the user leaves':\n    pass\n", 3),
            (TALK + "Until 'the user leaves':\n    pass\n", 3),
            (TALK + "unless 'the user leaves':\n    pass\n", 3),
            (TALK + "until 'the user leaves' then:\n    pass\n", 3),
            (TALK + 'until "the user leaves:\n    pass\n', 3),
            (TALK + 'until the user leaves":\n    pass\n', 3),
            (TALK + 'until ("the user leaves":\n    pass\n', 3),
            (TALK + "until 'a' 'b' c:\n    pass\n", 3),
            ("nonlocal x\n" + OK, 1),
            ("x = *y\n" + OK, 1),
            ("try:\n    x = 1\n" + OK, 3),
            ("class :\n    pass\n" + OK, 1),
            ("x = 5x\n" + OK, 1),
            ("x = $y\n" + OK, 1),
            ("x = 'a' if y\n" + OK, 1),
            ("from import x\n" + OK, 1),
            ("x\u00a0= 1\n" + OK, 1),
            ("del f()\n" + OK, 1),
            ("f(a=1, 2)\n" + OK, 1),
            ("loop while True:\n    res = talk('You are a friendly helper.')\n" + END, 1),
            ("loop():\n    res = talk('You are a friendly helper.')\n" + END, 1),
        ],
        [
            "x = (1,)\n" + OK,
            "loop = until = 1\nloop: int = 3\nuntil(3) if until else loop\n" + OK,
            'x = f"{x!r:>{10}}" if (x := 1) else """a\n"b"\n"""\n' + OK,
        ],
    ),
    "E101": Case(
        [
            ("if 1:\nsay('x')\n" + OK, 2),
            ("if 1:\n        x = 1\n    y = 2\n" + OK, 3),
            (" x = 1\n" + OK, 1),
            (TALK + 'until "a":\n    x = 1\n      y = 2\n', 5),
            (TALK + '  until "the user leaves":\n    pass\n', 3),
            (TALK + 'until "a":\n    if x:\n    say("a")\n', 5),
            (TALK + 'until "a":\n    say("a")\n  say("b")\n', 5),
            (TALK + 'until "a":\n    for x in y:\n', 4),
            ("def f():\nreturn 1\n" + OK, 2),
        ],
        [
            "if 1:\n    say('x')\n" + OK,
            "if 1:\n  if 2:\n      x = 1\n  y = 2\n" + OK,
            "if 1:\n\tx = 1\n" + OK,
            "x = (1,\n2,\n        3)\n" + OK,
            TALK + 'until "a":\n    # nothing\n' + END,
        ],
    ),
    "E102": Case(
        [(DEEP + OK, 1), (OK + "x = " + "(" * 300 + ")" * 300 + "\n", 5), (OK + "x = 1" + " + 1" * 40_000 + "\n", 5)],
        ["x = " + "-" * 20 + "1\n" + OK, "x = " + "[" * 60 + "]" * 60 + "\n" + OK],
    ),
    "E103": Case(
        [("say('a\0b')\n" + OK, 1), (OK + "# \ud800\n", 5), (handler("say('x')\nsay('\udfff')"), 5)],
        ["say('ab')\n" + OK, OK + "# \u00e4 \U0001f600\n"],
    ),
    "E111": Case(
        [
            ('say("x", // the greeting\n    True)\n' + OK, 1),
            ("// a remark\n" + OK, 1),
            (handler("// ends it\nsay('x')"), 4),
            ('x = {\n    "a": 1, // it\'s one\n}\n' + OK, 2),
            ('say("hello")  // greet the user\n' + OK, 1),
            ('say("hello")  // greeting\n' + OK, 1),
            (talk('\n        "You are a friendly helper.", // the prompt\n        False\n    '), 3),
        ],
        ['say("http://a.b//c", True)  # //\n' + OK, "x = 7 // 2 // 1\ny = (x\n  // 2)\n" + OK, 'x = """\n// a\n"""\n' + OK],
    ),
    "E112": Case(
        [
            ("say(“hello”)\n" + OK, 1),
            ("say(‘hello’)\n" + OK, 1),
            (TALK + "until “the user's gone”:\n    pass\n", 3),
            (talk("“You are a friendly helper; don’t lie.”, False"), 2),
            ('say(“hello")\n' + OK, 1),
            ("say(«hello»)\n" + OK, 1),
        ],
        ['say("“hello”")\n' + OK, "# “hello”\n" + OK, "say('it’s')\n" + OK],
    ),
    "E113": Case(
        [
            ("```based\n" + OK + "```\n", 1),
            (OK + "```\n", 5),
            ("Here is the program you asked for:\n" + OK, 1),
            ("Sure! Here's your agent.\n\n```python\n" + OK + "```\n\nLet me know if you need changes.\n", 1),
            ("Sure! Here's your agent.\n\n```python\n" + OK + "```\n\nLet me know if you need changes.\n", 3),
            ("Sure! Here's your agent.\n\n```python\n" + OK + "```\n\nLet me know if you need changes.\n", 10),
            (OK + "\nThis agent greets the user, and says goodbye.\n", 6),
            (OK + "\n- It greets the user\n- It says goodbye\n", 6),
            (OK + "\n1. **Greeting**: greets the user\n2. **End**: says goodbye\n", 6),
            ("I've changed the greeting (line 2) as you wished.\n" + OK, 1),
            ("~~~\n" + OK + "~~~\n", 1),
        ],
        ['say("""\n```\n""")\n' + OK, "# Here is the program you asked for:\n" + OK, '"""Here is the program you asked for."""\n' + OK],
    ),
    "E114": Case(
        [
            ("@@ -1,2 +1,3 @@\n" + OK, 1),
            ("--- a/agent.based\n+++ b/agent.based\n" + OK, 1),
            (TALK + "-" + END.replace("\n", "\n+", 1), 3),
            ('say("a")\n+say("b")\n' + OK, 2),
            ("<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> new\n" + OK, 1),
            (OK.replace("    say", "+    say"), 4),
        ],
        ["# @@ -1,2 +1,3 @@\n" + OK, 'x = """\n--- a/x\n+++ b/x\n"""\n' + OK, "x = (1\n- 2\n+ abs(3))\n" + OK],
    ),
    "E115": Case([(" \n\n", 1), ("", 1), ("# only this\n\n# and this\n", 1), ("\ufeff", 1)], [OK, "say('x')\n"]),
    "E116": Case(
        [(":\n" * 50_000, 1), ('x = f"' + "{a}" * 60_000 + '"', 1), (OK + "# " + "x" * 200_000, 1), (OK + "# " + "ä" * 100_000, 1), ("\n" * 1_000_000, 1)],
        [OK + "# " + "x" * 1000, OK + "# " + "x" * (199_990 - len(OK)), OK + "#" + "ä" * 90_000],
    ),
    "E117": Case(
        [
            ("while True:\n    res = talk('You are helpful, always.')\n", 1),
            ("while True:\n    res = talk('You are helpful, always.')\n" + END, 1),
            ("x = 1\nwhile x < 3:\n    x += 1\n    if x:\n        talk('You are helpful, always.')\n" + OK, 2),
            (handler("while 1:\n    r = talk('You are helpful, always.')\n    if r['next'] == 'a':\n        break"), 4),
        ],
        ["while False:\n    x = 1\n" + OK, "while False:\n" + indent(OK)],
    ),
    "E118": Case(
        [
            ('loop until ("the user leaves") {\n    talk("x")\n}\n', 1),
            (TALK + 'until "the user leaves" {\n    say("x")\n}\n', 3),
            ('loop {\n    res = talk("You are a friendly helper.")\n} until "the user leaves" {\n    say("x")\n}\n', 1),
            (handler("if (res) {\n    say('x')\n}"), 4),
            (handler("if (res) {\n    say('x')\n} else {\n    say('y')\n}"), 6),
            ("def f() {\n    return 1\n}\n" + OK, 1),
            ("try {\n    x = 1\n} except (KeyError, ValueError) as error {\n    x = 2\n} finally {\n    x = 3\n}\n" + OK, 3),
            ("match 1 {\n    case 1:\n        x = 1\n}\n" + OK, 1),
        ],
        [OK, "x = {\n    1: 2\n}\n" + OK, "for x in {\n    1, 2\n}:\n    pass\n" + OK, TALK + 'until {\n    "name": "x"\n} as m:\n    pass\n'],
    ),
    "E119": Case(
        [
            (OK + "# ... rest of the code\n", 5),
            (handler("..."), 4),
            (handler("x = <api request>"), 4),
            (handler("x = <YOUR_NAME>"), 4),
            (OK + "# existing code here\n", 5),
            (OK + "# rest of code\n", 5),
            (OK + "# rest of the program remains unchanged\n", 5),
            (handler("say('x')\n# [other handlers stay the same]"), 5),
            (handler("pass\n# your code goes here"), 5),
            ("x = ...\n" + OK, 1),
            ("def f():\n    ...\n" + OK, 2),
            (talk("..., False"), 2),
            ("# (unchanged)\n" + OK, 1),
        ],
        [
            OK + "# the rest is silence\n",
            "# the rest of the flow is handled by the second loop\n# other exits are below\n# the agent is the same\n# previous prompt\n" + OK,
            "# … more cakes may follow\nx = [1,  # ...\n]\n# The rest of the conversation is about the order.\n" + OK,
            handler("pass"),
            handler('x = "<api request>"'),
            "# asks for the rest of the order, then checks the existing code of the customer\n" + OK,
            "# The same as before the summer: code of the door\n" + OK,
            "from typing import Callable\nx: Callable[..., int]\n" + OK,
        ],
    ),
    "E200": Case(
        [
            (TALK + "x = 1\n" + OK, 1),
            (OK + TALK, 5),
            (OK + TALK + "say('x')\n" + END, 5),
            (handler(TALK + "say('y')"), 4),
            (TALK + indent(END), 1),
        ],
        [OK, TALK + "\n# note\n\n" + END, handler(OK)],
    ),
    "E201": Case(
        [
            (END, 1),
            (TALK + END + "x = 1\n" + END, 6),
            (TALK + "say('x')\n" + END, 4),
            (END + TALK + 'until "a":\n    pass\n', 1),
            (TALK + indent(END), 3),
            (handler(END), 4),
            ("if True:\n" + indent(TALK) + END, 4),
        ],
        [OK, TALK + END + "\n# note\n" + 'until "else":\n    pass\n', OK + OK],
    ),
    "E202": Case(
        [
            (loop('x = 1\nres = talk("You are a friendly helper.")'), 2),
            (loop('res = talk("You are a friendly helper.")\nsay("hi")'), 3),
            (loop('say("hi")'), 2),
            ("loop:\n    # nothing\n" + END, 1),
            ("loop:\n" + END, 1),
            (loop("pass"), 1),
            (loop('a, b = talk("You are a friendly helper.")'), 2),
            (loop('res["a"] = talk("You are a friendly helper.")'), 2),
            (loop('res = talk("You are a friendly helper.").ask("a", "b")'), 2),
            (loop('if x:\n    res = talk("You are a friendly helper.")'), 2),
            (loop('res = talk("You are a friendly helper.")\nres = talk("You are a friendly helper.")'), 3),
            (loop('res = tlak("You are a friendly helper.")'), 2),
            (loop('res: dict = talk("You are a friendly helper.")'), 2),
            (loop('"""A remark."""\nres = talk("You are a friendly helper.")'), 2),
        ],
        [OK, loop('talk("You are a friendly helper.")'), loop('res = await talk("You are a friendly helper.")'), loop('# a\n\ntalk("You are a friendly helper.")\n# b')],
    ),
    "E203": Case(
        [
            ("res = talk('You are a friendly helper.')\n" + OK, 1),
            (handler("x = 1\ntalk('You are a friendly helper.')"), 5),
            ("def f():\n    return talk('You are a friendly helper.')\n" + OK, 2),
            ("f = lambda: talk('You are a friendly helper.')\n" + OK, 1),
            ("x = [talk('You are a friendly helper.') for _ in 'ab']\n" + OK, 1),
            ("class A:\n    x = talk('You are a friendly helper.')\n" + OK, 2),
            ("t = talk\n" + OK, 1),
            ("for x in 'ab':\n    talk('You are a friendly helper.')\n" + OK, 2),
            (talk("talk('You are a friendly helper.')"), 2),
        ],
        [OK, "x = {}\nx.talk = 1\n" + OK, "# talk('x')\n" + OK],
    ),
    "E204": Case(
        [
            ("def f():\n" + indent(OK) + OK, 2),
            ("async def f():\n    x = 1\n" + indent(OK) + OK, 3),
            ("class A:\n" + indent(OK) + OK, 2),
            (handler("def f():\n" + indent(OK)), 5),
            ("def f():\n    if 1:\n" + indent(OK, 8) + OK, 3),
        ],
        ["def f():\n    return 1\n" + OK, handler(OK)],
    ),
    "E205": Case(
        [
            (TALK + "until 42:\n    pass\n", 3),
            (TALK + 'until "":\n    pass\n', 3),
            (TALK + 'until "  ":\n    pass\n', 3),
            (TALK + "until:\n    pass\n", 3),
            (TALK + 'until "a", "b":\n    pass\n', 3),
            (TALK + 'until ("a", "b"):\n    pass\n', 3),
            (TALK + "until user_leaves:\n    pass\n", 3),
            (TALK + "until user says goodbye:\n    pass\n", 3),
            (TALK + "until the user's order is complete:\n    pass\n", 3),
            (TALK + 'until res == "x":\n    pass\n', 3),
            (TALK + 'until "a" or "b":\n    pass\n', 3),
            (TALK + 'until ["a"]:\n    pass\n', 3),
            (TALK + "until True:\n    pass\n", 3),
            (TALK + "until None:\n    pass\n", 3),
            (TALK + "until not res:\n    pass\n", 3),
            (TALK + "until check(res):\n    pass\n", 3),
            (TALK + "until b'x':\n    pass\n", 3),
            (TALK + "until done:\n    pass\n", 3),
        ],
        [OK, 'leaves = {"name": "a"}\n' + TALK + "until leaves:\n    pass\n", TALK + 'until ("the user "\n       "leaves"):\n    pass\n',
         'x = "a"\n' + TALK + 'until "b" + x:\n    pass\n'],
    ),
    "E206": Case(
        [
            (talk(""), 2),
            (talk("first_prompt=True"), 2),
            (talk('"You are a friendly helper.", temperature=1'), 2),
            (talk('"You are a friendly helper.", False, {}, {}, 5'), 2),
            (talk('""'), 2),
            (talk("42"), 2),
            (talk('\n        "You are a friendly helper.",\n        model="x",\n    '), 4),
        ],
        [talk('prompt="You are a friendly helper.", first=True'), talk('"You are a friendly helper.", True, {"a": 1}, {"b": 2}'),
         "x = {}\n" + talk("**x"), 'p = "You are"\n' + talk('p + " kind", False')],
    ),
    "E207": Case(
        [
            (talk('"You are a friendly helper.", "False"'), 2),
            (talk('"You are a friendly helper.", first_prompt="True"'), 2),
            (talk('"You are a friendly helper.", first=1'), 2),
            (talk('"You are a friendly helper.", None'), 2),
            (talk('"You are a friendly helper.", {"a": 1}'), 2),
            (talk('\n        "You are a friendly helper.",\n        "True",\n    '), 4),
        ],
        [talk('"You are a friendly helper.", 1 > 2'), talk('"You are a friendly helper.", not 0'), talk('"You are a friendly helper.", true')],
    ),
    "E208": Case(
        [
            (handler('x = res.ask(example="a")'), 4),
            (handler('x = ask("What?", example="a")'), 4),
            (handler('x = res.ask(question="", example="a")'), 4),
            (handler('x = res.ask(schema={"type": "string"})'), 4),
            (handler('x = res.ask({"a": 1}, example={"a": 1})'), 4),
        ],
        [handler('x = res.ask("What?", "a")'), handler('x = "t".ask("What?", example="a")'), "def ask(x):\n    return x\nask(1)\n" + OK],
    ),
    "E209": Case(
        [
            (handler('x = res.ask("What?")'), 4),
            (handler('x = res.ask(question="What?")'), 4),
            (handler('x = res.ask("What?", example=None)'), 4),
            (handler('y = 1\nx = {"a": res.ask("What?", model="m")}'), 5),
        ],
        ["class Survey:\n    def ask(self, question):\n        return question\nSurvey().ask('a')\n" + OK, handler('x = res.ask("What?", schema={"type": "string"})'), handler('x = res.ask("What?", ["a"])'), handler('k = {}\nx = res.ask("What?", **k)')],
    ),
    "E210": Case(
        [
            (TALK + 'until {"description": "x"} as m:\n    pass\n', 3),
            (TALK + 'until {"name": "x", "parameters": {"type": "array"}} as m:\n    pass\n', 3),
            ('tool = {"parameters": {"type": "object"}}\n' + TALK + "until tool as m:\n    pass\n", 1),
            ('x = 1\ntool = {\n    "name": "x",\n    "parameters": {"properties": {}},\n}\n' + TALK + "until tool as m:\n    pass\n", 4),
            (TALK + 'until {"type": "function", "function": {"description": "x"}} as m:\n    pass\n', 3),
            (TALK + 'until {"name": "", "parameters": {"type": "object"}} as m:\n    pass\n', 3),
            ('tool = ["book"]\n' + TALK + "until tool as m:\n    pass\n", 1),
            (TALK + 'until {"name": "x", "parameters": []} as m:\n    pass\n', 3),
            (TALK + "until {} as m:\n    pass\n", 3),
        ],
        [
            TALK + 'until {"name": "x"} as m:\n    pass\n',
            TALK + f"until {BOOK} as m:\n    pass\n",
            f'tool = {{"type": "function", "function": {BOOK}}}\n' + TALK + "until tool as m:\n    pass\n",
            'base = {}\ntool = {**base, "description": "x"}\n' + TALK + "until tool:\n    pass\n",
        ],
    ),
    "E211": Case(
        [
            (TALK + 'until {"name": "x"} as res:\n    pass\n', 3),
            (f"book = {BOOK}\n" + TALK + END + "until book as res:\n    pass\n", 6),
        ],
        [TALK + 'until {"name": "x"} as m:\n    pass\n', loop('talk("You are a friendly helper.")') + 'until {"name": "x"} as res:\n    pass\n'],
    ),
    "E212": Case(
        [(OK + 'until "The user  says goodbye":\n    pass\n', 5), (OK + 'until "more":\n    pass\n' + "until 'the user says goodbye':\n    pass\n", 7)],
        [OK + 'until "the user wants more":\n    pass\n', OK + OK, handler(OK)],
    ),
    "E213": Case(
        [
            (handler("extract(key, 1)"), 4),
            (handler('extract("_key", 1)'), 4),
            (handler("extract()"), 4),
            (handler('extract(f"k{1}", 1)'), 4),
            (handler('extract("", 1)'), 4),
            (handler("extract(5, 1)"), 4),
            (handler('extract(value=1, key="_a")'), 4),
        ],
        [handler('extract("key", 1)'), handler('extract("k_", 1)'), handler('extract(key="a", value=1)')],
    ),
    "E230": Case(
        [("return\n" + OK, 1), ("if 1:\n    return 5\n" + OK, 2), ("for x in 'a':\n    return\n" + OK, 2), (OK + "return\n", 5)],
        [handler("return"), handler("if 1:\n    return 'x'"), "def f():\n    return\n" + OK, nested("return 'x'")],
    ),
    "E231": Case(
        [
            ("break\n" + OK, 1),
            ("if 1:\n    continue\n" + OK, 2),
            ("def f():\n    break\n" + OK, 2),
            ("for x in 'a':\n    def f():\n        continue\n" + OK, 3),
            (OK + "continue\n", 5),
        ],
        [handler("break"), handler("if 1:\n    continue"), "for x in []:\n    continue\n" + OK, "while 0:\n    if 1:\n        break\n" + OK],
    ),
    "E240": Case(
        [
            ("import os\n" + OK, 1),
            ("from subprocess import run\n" + OK, 1),
            ("import os.path as p\n" + OK, 1),
            ("from os import path as json\n" + OK, 1),
            ("import json, sys\n" + OK, 1),
            ("x = open('f')\n" + OK, 1),
            ("x = eval('1')\n" + OK, 1),
            ("exec('x = 1')\n" + OK, 1),
            ("x = compile('1', '', 'eval')\n" + OK, 1),
            ("x = ().__class__\n" + OK, 1),
            ("x = __import__('os')\n" + OK, 1),
            ("x = __builtins__\n" + OK, 1),
            ("x = getattr([], '__class__')\n" + OK, 1),
            ("e = eval\n" + OK, 1),
            ("x = '{0.__class__}'.format(1)\n" + OK, 1),
            ("t = '{a.__init__.__globals__}'\nx = t.format(a=1)\n" + OK, 2),
            ("x = f'{().__class__}'\n" + OK, 1),
            ("x = [c for c in ().__class__.__mro__]\n" + OK, 1),
            (handler("import socket"), 4),
            (handler("os.system('x')"), 4),
            ("import importlib\n" + OK, 1),
            ("from . import x\n" + OK, 1),
            ("import pickle\n" + OK, 1),
            ("x = globals()\n" + OK, 1),
            ("import numpy as np\n" + OK, 1),
            ("def f(x=open):\n    pass\n" + OK, 1),
            ("x = lambda: vars()\n" + OK, 1),
            ("import builtins\n" + OK, 1),
            ("from json import __builtins__\n" + OK, 1),
        ],
        ["import json\n" + OK, "from datetime import date\n" + OK, "def open(x):\n    return x\nx = open('f')\n" + OK, "x = int('1')\n" + OK,
         "x = (1).bit_length()\n" + OK, "x = '{}'.format(1)\n" + OK, "import json as os\nx = os.dumps(1)\n" + OK, "x = {'eval': 1, '__class__': 2}\n" + OK],
    ),
    "W102": Case(
        [(handler("if res:\n\tx = 1"), 5), ("if 1:\n\tx = 1\n    y = 2\n" + OK, 3)],
        ["if 1:\n\tx = 1\n\tif x:\n\t\ty = 2\n" + OK, "if 1:\n\tx = 1\n" + OK, 'x = """\n \t a\n"""\n' + OK],
    ),
    "W110": Case([("x = true\n" + OK, 1), (talk('"You are a friendly helper.", false'), 2), (handler('x = {"a": null}'), 4)], ["x = True\n" + OK, "true = 1\nx = true\n" + OK]),
    "W201": Case([("say('hi')\n", 1), ("\nx = 1\n", 1)], [OK, handler(OK)]),
    "W210": Case([("for x in [1]:\n" + indent(OK), 2), ("try:\n" + indent(OK) + "except ValueError:\n    pass\n", 2), ("while 1:\n" + indent(OK), 2)], [OK, "if 1:\n" + indent(OK)]),
    "W220": Case([(TALK + 'until "the user says goodbye" as x:\n    pass\n', 3), (OK + 'until "the user wants more" as x:\n    pass\n', 5)], [OK, TALK + f"until {BOOK} as x:\n    pass\n"]),
    "W221": Case([(TALK + 'until f"the user says {1}":\n    pass\n', 3), ('x = "a"\n' + TALK + 'until "the user says " + x:\n    pass\n', 4), (TALK + 'until "the user says {}".format(1):\n    pass\n', 3), ("x = 1\n" + TALK + 'until ("a cake" if x else "a pie"):\n    pass\n', 4)], [OK, TALK + 'until "the user" " leaves":\n    pass\n']),
    "W231": Case(
        [
            (nested("return  # back to the outer loop"), 7),
            (nested("# back to the OUTER conversation\nreturn"), 8),
            (nested('return "tell the outer loop"'), 7),
        ],
        [nested("return  # ask again"), handler("return  # to the outer loop"), nested("say('outer')\nreturn")],
    ),
    "W240": Case(
        [(OK + 'until "the user says goodbye!":\n    pass\n', 5), (OK + 'until "the user wants to order a large cake":\n    pass\nuntil "the user wants to order a large pie":\n    pass\n', 7)],
        [OK + 'until "the user wants more":\n    pass\n', TALK + 'until "пока":\n    pass\nuntil "ещё":\n    pass\n'],
    ),
    "W250": Case([(handler("for x in 'ab':\n    break"), 5), (handler("while 1:\n    if 1:\n        break"), 6)], [handler("break"), "for x in 'a':\n    break\n" + OK, "def f():\n    for x in 'a':\n        break\n" + OK]),
    "W251": Case([(handler("return  # again"), 4), (nested("if 1:\n    return # x"), 8)], [handler("return"), handler("# x\nreturn"), handler("return 5  # x")]),
    "W252": Case([("x = variables['a']\n" + OK, 1), (handler("x = variables.get('a')"), 4)], ["variables = {}\nx = variables\n" + OK, OK]),
    "W260": Case([("state = {}\n" + OK, 1), (handler("variables = {'a': 1}"), 4)], ["state['a'] = 1\n" + OK, "def f():\n    state = 1\n    return state\n" + OK]),
    "W261": Case(
        [(handler('x = res.ask("What?", "a")\nextract("x", x)'), 5), (handler('extract("x", res.ask("What?", "a"))'), 4), ("import json\n" + handler('x = res.ask("What?", {"a": 1})\ny = json.dumps(x)'), 6), (handler('x = res.ask("What?", {"a": 1})\ny = dict(x)'), 5)],
        [handler('x = res.ask("What?", "a").to_json()\nextract("x", x)'), handler('x = res.ask("What?", "a")\nextract("x", x.to_json())'), handler('x = res.ask("W?", {"a": 1})\nextract("x", x["a"])')],
    ),
    "W270": Case([(handler('x = api.get_req(url="http://a")'), 4), ("y = api.post_req(url='http://a', data={})\n" + OK, 1)], ["api = {}\nx = api.get('a')\n" + OK, OK]),
    "W280": Case([("x = nobody\n" + OK, 1), (handler("say(f'{nobody}')"), 4), (handler("RANDOM(10).generate()"), 4)], ["x = 1\ny = x\n" + OK, "def f(a, *b, c=1, **d):\n    return a, b, c, d\n" + OK, "x = [i for i in 'a' if i]\n" + OK]),
    "W281": Case(
        [("x = b'a'\n" + OK, 1), ("x = hasattr(1, 'a')\n" + OK, 1), ("import logging\n" + OK, 1), ("from math import nothing\n" + OK, 1), ("y = 2j\n" + OK, 1), (handler("x = input()"), 4), ("try:\n    pass\nexcept* ValueError:\n    pass\n" + OK, 1)],
        ["class A:\n    x = 1\n    def __init__(self):\n        super().__init__()\n        self.x = self.__class__.__name__\n" + OK, "from math import sqrt, pi\n" + OK, "x = isinstance(1, int)\n" + OK, "def input():\n    return 1\nx = input()\n" + OK],
    ),
    "W290": Case([(handler('done()\nsay("x")'), 5), (handler('if 1:\n    transfer("+1555")\n    say("x")'), 6), ("end_call()\n" + OK, 2)], [handler('transfer("+1555")\nbreak'), handler('say("x")\ndone()'), handler("if 1:\n    done()\nsay('x')")]),
    "W291": Case([(TALK + 'until "the user has named a city":\n    pass\n', 1), (OK + TALK + 'until "a date is known":\n    pass\n', 5)], [OK, TALK + 'until "the user has named a city":\n    pass\n' + END]),
    "W292": Case([(talk('"Hi"'), 2), (talk('system_prompt="Be kind."'), 2)], [OK, 'p = "x"\n' + talk("p")]),
    "W293": Case([(single(3), 1), (single(4), 1)], [single(2), single(3, "if 1:\n    return\n"), handler(OK)]),
    "W294": Case(
        [("import requests\n" + handler('x = requests.get("http://a")'), 5), (handler('x = api.get_req(url="http://a")'), 4)],
        ["import requests\n" + handler('try:\n    x = requests.get("http://a")\nexcept Exception:\n    pass'), "import requests\ndef f():\n    return requests.get('http://a')\n" + OK],
    ),
    "W295": Case([(PHONE_ASK, 5), ('c = state["Caller"]\n' + PHONE_ASK.replace("end_call()", "pass"), 6)], [PHONE_SAY, PHONE_ASK.replace("end_call()", "pass")]),
    "W296": Case(
        [('key = "sk-abcdefghijklmnopqrstuvwx"\n' + OK, 1), ('api_key = "a1b2c3d4e5f6g7h8"\n' + OK, 1), (handler('h = {"Authorization": "Bearer abcdef0123456789"}'), 4)],
        ['key = "sk-"\n' + OK, 'api_key = variables["api_key"]\n' + OK, 'token = "the word that the user said"\n' + OK],
    ),
}  # fmt: skip
