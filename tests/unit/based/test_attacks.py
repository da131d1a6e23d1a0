"""Programs that want out, or want everything: each ends with a code, in time, and the process is as before."""

# ruff: noqa: E501 -- a program stands on one line

import time

import pytest

from babble_app.based.effects import AnswerMismatchError
from babble_app.based.machine.limits import Limits
from babble_app.based.parser import parse
from babble_app.based.runner import Execution
from tests.unit.based.helpers import error_code, leave, reply, run, user

CONVERSATION = 'loop:\n    talk("p", {first})\nuntil "a":\n    {handler}\n'

LIMITS = {
    "endless while": ("while True:\n    pass", "R_LIMIT_STEPS"),
    "endless list": ("x = [1]\nfor y in x:\n    x.append(y)", "R_LIMIT_STEPS"),
    "nested loops": ("for a in range(9999):\n    for b in range(9999):\n        for c in range(9999):\n            x = 1", "R_LIMIT_STEPS"),
    "recursion": ("def f():\n    return f()\nf()", "R_LIMIT_RECURSION"),
    "mutual recursion": ("def f(n):\n    return g(n)\ndef g(n):\n    return f(n)\nf(1)", "R_LIMIT_RECURSION"),
    "lambda recursion": ("f = lambda x: [f(x) for y in 'a']\nf(1)", "R_LIMIT_RECURSION"),
    "sort key recursion": ("def f(x):\n    return sorted([1, 2], key=f)\nf(1)", "R_LIMIT_RECURSION"),
    "huge range": ("for x in range(10 ** 12):\n    pass", "R_LIMIT_RANGE"),
    "huge negative range": ("sum(range(0, -10 ** 12, -1))", "R_LIMIT_RANGE"),
    "power": ("x = 9 ** 9 ** 9", "R_LIMIT_NUMBER"),
    "power of huge": ("x = 2 ** (2 ** 5000)", "R_LIMIT_NUMBER"),
    "pow()": ("x = pow(7, 10 ** 7)", "R_LIMIT_NUMBER"),
    "shift": ("x = 1 << 10 ** 10", "R_LIMIT_NUMBER"),
    "squaring": ("x = 3\nwhile True:\n    x = x * x", "R_LIMIT_NUMBER"),
    "augmented squaring": ("x = 3\nwhile True:\n    x *= x", "R_LIMIT_NUMBER"),
    "factorial": ("import math\nmath.factorial(10 ** 6)", "R_LIMIT_NUMBER"),
    "combinations": ("import math\nmath.comb(10 ** 6, 5 * 10 ** 5)", "R_LIMIT_NUMBER"),
    "number text": ("x = int('9' * 100000)", "R_LIMIT_NUMBER"),
    "text multiplied": ("x = 'a' * 10 ** 9", "R_LIMIT_SIZE"),
    "text multiplied left": ("x = 10 ** 9 * 'a'", "R_LIMIT_SIZE"),
    "text doubled": ("x = 'a'\nwhile True:\n    x += x", "R_LIMIT_SIZE"),
    "list multiplied": ("x = [0] * 10 ** 9", "R_LIMIT_SIZE"),
    "list multiplied in place": ("x = [0]\nx *= 10 ** 9", "R_LIMIT_SIZE"),
    "list doubled": ("x = [1]\nwhile True:\n    x += x", "R_LIMIT_SIZE"),
    "list extended": ("x = [1]\nwhile True:\n    x.extend(x)", "R_LIMIT_SIZE"),
    "tuple multiplied": ("x = (0,) * 10 ** 9", "R_LIMIT_SIZE"),
    "many texts": ("x = []\nwhile True:\n    x.append('ab' * 90000)", "R_LIMIT_MEMORY"),
    "join": ("x = ('a' * 100000).join(['b'] * 1000)", "R_LIMIT_SIZE"),
    "replace": ("x = ('a' * 1000).replace('', 'b' * 1000)", "R_LIMIT_SIZE"),
    "ljust": ("x = 'a'.ljust(10 ** 10)", "R_LIMIT_SIZE"),
    "zfill": ("x = 'a'.zfill(10 ** 10)", "R_LIMIT_SIZE"),
    "format width": ("x = f'{1:>{10 ** 9}}'", "R_LIMIT_SIZE"),
    "format precision": ("x = f'{1:.999999999f}'", "R_LIMIT_SIZE"),
    "str.format width": ("x = '{:999999999}'.format('a')", "R_LIMIT_SIZE"),
    "format() width": ("x = format(1, '99999999d')", "R_LIMIT_SIZE"),
    "percent width": ("x = '%999999999d' % 1", "R_LIMIT_SIZE"),
    "percent precision": ("x = '%.99999999f' % 1.0", "R_LIMIT_SIZE"),
    "shared printing": ("a = ['x']\nfor i in range(40):\n    a = [a, a]\nprint(a)", "R_LIMIT_SIZE"),
    "shared comparing": ("a = b = 1\nfor i in range(40):\n    a = [a, a]\n    b = [b, b]\nx = a == b", "R_LIMIT_SIZE"),
    "shared json": ("import json\na = 1\nfor i in range(40):\n    a = {'l': a, 'r': a}\njson.dumps(a)", "R_LIMIT_SIZE"),
    "shared key": ("a = ()\nfor i in range(40):\n    a = (a, a)\nx = {a: 1}", "R_LIMIT_SIZE"),
    "cycle": ("a = []\na.append(a)\nprint(a)", "R_LIMIT_SIZE"),
    "cycle in dict": ("a = {}\na['a'] = a\nx = a == {'a': 1}", "R_LIMIT_SIZE"),
    "deep": ("a = []\nfor i in range(5000):\n    a = [a]\nprint(a)", "R_LIMIT_SIZE"),
    "deep json": ("import json\nx = json.loads('[' * 200 + ']' * 200)", "R_LIMIT_SIZE"),
    "too deep json": ("import json\ntry:\n    json.loads('[' * 90000)\nexcept ValueError:\n    x = 'a' * 10 ** 9", "R_LIMIT_SIZE"),
    "cycle in error": ("a = []\na.append(a)\nraise ValueError(a)", "R_LIMIT_SIZE"),
    "shared error": ("a = 1\nfor i in range(40):\n    a = [a, a]\nraise ValueError(a)", "R_LIMIT_SIZE"),
    "shared error text": ("a = 1\nfor i in range(40):\n    a = [a, a]\ntry:\n    raise ValueError(a)\nexcept ValueError as e:\n    say(str(e))", "R_LIMIT_SIZE"),
    "comprehension": ("x = [[y] for y in range(99999) for z in range(99999)]", "R_LIMIT_STEPS"),
    "set of all": ("x = {(a, b) for a in range(999) for b in range(999)}", "R_LIMIT_STEPS"),
    "list of long texts": ("x = list('a' * 200000)", "R_LIMIT_SIZE"),
    "spread": ("x = [0] * 60000\ny = [*x, *x]", "R_LIMIT_SIZE"),
    "slices": ("x = [0]\nfor i in range(99):\n    x[0:0] = x", "R_LIMIT_SIZE"),
    "regex": ("import re\nre.match('(x+x+)+y', 'x' * 5000)", "R_LIMIT_TIME"),
    "regex alternation": ("import re\nre.match('(a|aa)+$', 'a' * 5000 + 'b')", "R_LIMIT_TIME"),
    "regex size": ("import re\nre.compile('(a{1000}){1000}')", "R_LIMIT_PATTERN"),
    "regex replacement": ("import re\nre.sub('', 'b' * 1000, 'a' * 1000)", "R_LIMIT_SIZE"),
    "random choices": ("import random\nrandom.choices([1], k=10 ** 9)", "R_LIMIT_SIZE"),
    "printing": ("while True:\n    print('x')", "R_LIMIT_EVENTS"),
    "talking to itself": ("while True:\n    say('x' * 1000)", "R_LIMIT_TRANSCRIPT"),
    "caught": ("while True:\n    try:\n        x = 'a' * 10 ** 9\n    except Exception:\n        pass\n    finally:\n        x = 1", "R_LIMIT_SIZE"),
    "caught bare": ("try:\n    while True:\n        pass\nexcept:\n    say('caught')", "R_LIMIT_STEPS"),
}  # fmt: skip

ESCAPES = {
    "class": "x = ().__class__.__bases__[0].__subclasses__()",
    "globals": "def f():\n    pass\nx = f.__globals__",
    "code": "x = (lambda: 1).__code__",
    "method self": "x = print.__self__",
    "builtins": "x = __builtins__",
    "import": "import os",
    "import from": "from os import system",
    "import dotted": "import os.path",
    "import inside": "from json import codecs",
    "module attribute": "import json\nx = json.decoder",
    "module of a module": "import random\nx = random._os",
    "__import__": "__import__('os')",
    "eval": "eval('1')",
    "exec": "exec('1')",
    "compile": "compile('1', 'x', 'eval')",
    "open": "open('/etc/passwd')",
    "getattr": "getattr('a', '__class__')",
    "type": "type('A', (), {})",
    "vars": "vars()",
    "format attribute": "x = '{0.__class__}'.format('a')",
    "format index": "x = '{0[a]}'.format({'a': 1})",
    "format_map": "x = '{a.__class__}'.format_map({'a': 1})",
    "traceback": "try:\n    1 / 0\nexcept Exception as e:\n    x = e.__traceback__",
    "context": "try:\n    1 / 0\nexcept Exception as e:\n    x = e.with_traceback",
    "name error object": "try:\n    a_b\nexcept NameError as e:\n    x = e.name",
    "frame": "x = (y for y in [1]).gi_frame",
    "star import": "from json import *",
    "relative import": "from . import x",
    "bytes": "x = b'a'",
    "own attribute": "x = {}\nx.y = 1",
    "value internals": "loop2 = say.call",
    "function internals": "def f():\n    pass\nx = f.scope",
    "module internals": "import math\nx = math.members",
    "record internals": "x = (await send_sms(to='1')).fields",
    "dunder dict": "x = 'a'.ask.__func__",
    "strftime": "from datetime import date\nx = date(2026, 1, 1).strftime('%1000000000d')",
    "recording dunder": "x = integrations.__class__",
    "zone path": "from zoneinfo import ZoneInfo\nx = ZoneInfo('../../etc/passwd')",
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
def test_a_greedy_program_meets_its_limit(name):
    code, expected = LIMITS[name]
    start = time.thread_time()

    execution = run(code)

    assert error_code(execution) == expected
    assert execution.status == "limit"
    assert execution.events[-2].line is not None
    assert time.thread_time() - start < 3


@pytest.mark.parametrize("name", ESCAPES)
def test_there_is_no_way_out(name):
    execution = run(ESCAPES[name])

    assert execution.status == "failed"
    assert error_code(execution) in {"R_NOT_ALLOWED", "R_ERROR", "R_NAME"}


def test_the_user_can_send_so_many_messages_and_no_more():
    execution = run(CONVERSATION.format(first=False, handler="pass"))

    while execution.pending is not None:
        execution.send(user("x"))
        if execution.pending is not None:
            execution.send(reply("y"))

    assert error_code(execution) == "R_LIMIT_TURNS"
    assert sum(e.type == "user" for e in execution.events) == Limits().user_turns


def test_a_model_that_always_leaves_meets_a_limit():
    execution = run(CONVERSATION.format(first=False, handler="return 'again'"), [user("x")])

    while execution.pending is not None:
        execution.send(
            leave("a") if execution.pending.__class__.__name__ == "TalkEffect" else user("y")
        )

    assert error_code(execution) == "R_LIMIT_MODEL_CALLS"


def test_asking_without_end_meets_a_limit():
    execution = run("while True:\n    'x'.ask('q', example='a')")

    while execution.pending is not None:
        execution.send({"kind": "ask", "value": "a"})

    assert error_code(execution) == "R_LIMIT_MODEL_CALLS"


@pytest.mark.parametrize(
    "answer",
    [["x"] * 150_000, "x" * 300_000, 10**5000, [[[]]] * 99_999],
    ids=["items", "chars", "digits", "parts"],
)
def test_a_huge_answer_of_the_model_is_not_taken(answer):
    execution = run("x = 'x'.ask('q', schema={})\nprint(len(x))")

    if isinstance(answer, int):
        with pytest.raises(AnswerMismatchError):
            execution.send({"kind": "ask", "value": answer})
        return
    execution.send({"kind": "ask", "value": answer})

    assert error_code(execution) == "R_LIMIT_SIZE"


def test_a_long_message_of_the_user_meets_the_transcripts_limit():
    execution = run(CONVERSATION.format(first=False, handler="pass"), [user("x" * 300_000)])

    assert error_code(execution) == "R_LIMIT_TRANSCRIPT"


def test_programs_do_not_share_what_they_change():
    run("import json\nimport math\nstate['a'] = 1\nvariables['b'] = 2\nprint = 5\n")

    execution = run("print(state, variables)")

    assert execution.events[0].text == "{} {}"


def test_a_run_that_is_dropped_in_the_middle_leaves_nothing_behind():
    execution = Execution(
        parse(
            "def f():\n    try:\n        'x'.ask('q', example='a')\n    finally:\n        say('no')\nf()"
        )
    )

    del execution
