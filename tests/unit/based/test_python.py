"""Plain Python in a program means what it means in Python: each snippet is run by both."""

# ruff: noqa: E501 -- a program stands on one line

import contextlib
import io

import pytest

from babble_app.based.checker import check
from babble_app.based.machine.assembly import make_machine
from babble_app.based.machine.modules import MAKERS
from babble_app.based.vocabulary import BUILTINS, FORBIDDEN, MODULES
from tests.unit.based.helpers import error_code, printed, run

SNIPPETS = [
    "print(1 + 2 * 3, 7 // 2, 7 % 3, 2 ** 10, -3, 1 / 4, 5 & 3, 5 | 3, 5 ^ 3, ~5, 1 << 4, 256 >> 2)",
    "print('a' * 3 + 'b', [1] * 2 + [2], (1,) + (2,), 'x %s %d' % ('y', 3), '%05.2f' % 3.14159)",
    "print(1 < 2 < 3, 1 < 2 > 3, 1 == 1.0, 'a' in 'abc', 3 not in [1, 2], None is None, [] is not None)",
    "print(True and 0, 0 or 'x', not [], 1 if [] else 2, (x := 5), x)",
    "a, (b, *c), d = 1, (2, 3, 4), 5\nprint(a, b, c, d)\n[e, f] = 'xy'\nprint(e, f)",
    "a = b = []\na.append(1)\nprint(b)\na += [2]\nprint(b)\na = a + [3]\nprint(a, b)",
    "d = {'a': 1, **{'b': 2}}\nd['c'] = 3\ndel d['a']\nd['b'] += 5\nprint(d, 'b' in d, d.get('z', 0), list(d), d.pop('b'), len(d))",
    "d = {'x': 1}\nfor k, v in d.items():\n    print(k, v)\nprint(d.setdefault('y', []), d.keys() == 0, sorted(d.keys()), list(d.values()))",
    "l = [3, 1, 2]\nl.sort()\nprint(l, l[0], l[-1], l[1:], l[::-1], l[:2], l.index(2), l.count(1))\nl.insert(0, 9)\nl.remove(1)\nl.reverse()\nprint(l, l.pop(), l)",
    "l = [1, 2, 3]\nl[1:2] = [7, 8]\ndel l[0]\nprint(l)",
    "print(sorted([{'n': 2}, {'n': 1}], key=lambda x: x['n'], reverse=True), max('a', 'c', 'b'), min([3, 1], default=0), max([], default=7))",
    "print(sum([1, 2.5]), sum([[1], [2]], []), any([0, 1]), all([]), len('abc'), abs(-2), round(2.567, 1), divmod(7, 2))",
    "print(list(range(3)), list(range(5, 1, -2)), list(enumerate('ab', 1)), list(zip([1, 2], 'ab')), list(reversed([1, 2])))",
    "print(list(map(lambda x: x + 1, [1, 2])), list(filter(None, [0, 1])), list(filter(lambda x: x > 1, [1, 2])))",
    "print(int('42'), int(3.9), int('ff', 16), float('1.5'), str(12), bool(''), list('ab'), tuple([1]), set([1]), dict(a=1), dict([('b', 2)]))",
    "print([x * y for x in range(3) for y in range(3) if x != y], {x: x ** 2 for x in range(3)}, {c for c in 'a'}, sum(x for x in [1, 2]))",
    "x = 10\nprint([x for x in range(3)], x)",
    "print(next((x for x in [1, 2, 3] if x > 1), None), next(iter([]), 'none'))",
    "for i in range(5):\n    if i == 1:\n        continue\n    if i == 3:\n        break\n    print(i)\nelse:\n    print('never')",
    "for i in []:\n    pass\nelse:\n    print('else')\nn = 3\nwhile n:\n    n -= 1\nelse:\n    print('done', n)",
    "def f(a, b=2, *args, c, d=4, **kw):\n    return a, b, args, c, d, kw\nprint(f(1, c=3), f(1, 2, 3, 4, c=5, e=6), f(*[1, 2], **{'c': 3}))",
    "def outer():\n    n = 0\n    def inner():\n        nonlocal n\n        n += 1\n        return n\n    return inner\nf = outer()\nf()\nprint(f())",
    "n = 0\ndef f():\n    global n\n    n = n + 1\nf()\nf()\nprint(n)",
    "fs = [lambda i=i: i for i in range(3)]\nprint([f() for f in fs])\ngs = [lambda: i for i in range(3)]\nprint([g() for g in gs])",
    "def fact(n):\n    return 1 if n < 2 else n * fact(n - 1)\nprint(fact(20))",
    "x = 1\ndef f():\n    try:\n        print(x)\n    except NameError as e:\n        print('unbound')\n    x = 2\nf()",
    "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    print('zero', e)\nelse:\n    print('no')\nfinally:\n    print('finally')",
    "def f():\n    try:\n        return 1\n    finally:\n        print('f')\nprint(f())",
    "def f():\n    for i in range(3):\n        try:\n            continue\n        finally:\n            print(i)\n    return 'x'\nprint(f())",
    "try:\n    try:\n        {}['a']\n    except ValueError:\n        print('no')\n    finally:\n        print('inner')\nexcept (TypeError, KeyError) as e:\n    print('key', e, repr(e))",
    "try:\n    raise ValueError('bad', 1)\nexcept Exception as e:\n    print(e.args, isinstance(e, ValueError), isinstance(e, KeyError))",
    "try:\n    try:\n        raise KeyError('a')\n    except KeyError:\n        raise\nexcept LookupError as e:\n    print('again', e)",
    "try:\n    assert 1 == 2, 'message'\nexcept AssertionError as e:\n    print(e)",
    "for c in ['int(\"x\")', '1']:\n    try:\n        print([][5])\n    except IndexError as e:\n        print(e)",
    "name = 'Ann'\nprice = 3.14159\nprint(f'{name!r:>8}|{price:.2f}|{price:8.3f}|{1000000:,}|{5:03d}|{name:<6}|{name:^7}|{{}}|{1 + 1=}')",
    "w = 7\nprint(f'{3:{w}d}', '{} {1}'.format if False else '{0} {1} {0}'.format('a', 'b'), '{x:>4}'.format(x=1), '{}-{}'.format(1, 2))",
    "print(' a b '.strip().upper().split(), 'a,b'.split(','), '-'.join(['x', 'y']), 'abc'.replace('b', 'B'), 'abc'.find('c'), 'Abc'.lower().title())",
    "print('abc'.startswith('a'), 'abc'.endswith(('x', 'c')), 'a\\nb'.splitlines(), '7'.zfill(3), 'x'.center(5, '*'), 'a'.ljust(3) + '|', 'ab'.isalpha(), '12'.isdigit())",
    "s = {1, 2}\ns.add(3)\ns.discard(1)\nprint(s, s & {2}, s | {9}, s - {3}, 2 in s, s.union([5]), len(s))",
    "import json\nprint(json.dumps({'a': [1, None, True]}, indent=2), json.loads('[1, {\"x\": \"y\"}]'), json.dumps('ä', ensure_ascii=False))",
    "import json\ntry:\n    json.loads('{')\nexcept json.JSONDecodeError:\n    print('bad json')\nexcept ValueError:\n    print('value')",
    "import re\nm = re.search(r'(\\w+)@(?P<host>\\w+)', 'to ann@example now')\nprint(m.group(), m.group(1), m['host'], m.groups(), m.span(), bool(re.match('x', 'y')))",
    "import re\nprint(re.findall(r'\\d+', 'a1b22'), re.sub(r'(a)(b)', r'\\2\\1', 'abab'), re.split(r'[,;]', 'a,b;c'), re.fullmatch('A+', 'aa', re.I) is not None, [m.group() for m in re.finditer('b', 'abb')])",
    "import re\np = re.compile(r'^\\d{3}$')\nprint(bool(p.match('123')), bool(p.search('1234')), re.escape('a.b'))",
    "import math\nprint(math.sqrt(16), math.floor(2.7), math.ceil(2.1), math.pi, math.factorial(5), math.isclose(1, 1.0))",
    "from datetime import datetime, date, timedelta\nd = datetime(2026, 1, 31, 12, 30)\nprint(d + timedelta(days=1), d.strftime('%d.%m.%Y %H:%M'), d.year, d.weekday(), d.date(), d.isoformat(), (d - datetime(2026, 1, 1)).days)",
    "from datetime import date, timedelta, datetime\nprint(date(2026, 2, 1) > date(2026, 1, 1), timedelta(hours=3).total_seconds(), datetime.strptime('2026-05-06', '%Y-%m-%d'), f'{date(2026, 1, 2):%d/%m}')",
    "from collections import OrderedDict\nfrom typing import Any, Optional\nimport string\nx: int = 5\ny: Optional[str]\ndef f(a: Any) -> int:\n    return a\nprint(f(x), string.digits, dict(OrderedDict([('a', 1)])))",
    "x = [[1, 2], [3]]\ny = [i for row in x for i in row]\nprint(y, x[0][1])\nx[0][1] = 9\nprint(x)",
    "print(isinstance(1, int), isinstance('a', (int, str)), isinstance(True, int), isinstance([], dict), callable(print), callable(1))",
    "print(repr('a'), [None, 1.5, 'x'], (1,), {'k': {1}}, ord('a'), chr(98), 'a' < 'b', [1, 2] < [1, 3])",
    "print(1, 2, sep='-')\nprint('é', 'x' 'y', 0x1F, 1_000, 1e3)",
    "a = [1, 2, 3, 4]\nprint(a[slice if False else 0], a[-3:-1], 'hello'[1:4], (1, 2, 3)[::2], [*a, *'xy'], {**{'a': 1}, 'b': 2})",
    "async def f(x):\n    return x\n\ndef g():\n    pass\nprint(g())",
    "i = 0\nwhile True:\n    i += 1\n    if i > 5:\n        break\nprint(i)",
    "x = None\nif x is None and not x:\n    print('none')\nelif x:\n    print('x')\nelse:\n    print('else')",
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(SNIPPETS)))
def test_python_prints_the_same(number):
    code = SNIPPETS[number]
    output = io.StringIO()

    with contextlib.redirect_stdout(output):
        exec(compile(code, "snippet", "exec"), {})  # noqa: S102 -- the reference

    assert "\n".join(printed(code)) + "\n" == output.getvalue()
    assert check(code).ok


ERRORS = [
    "x = undefined", "[][1]", "{}['a']", "1 / 0", "'a' + 1", "None.x", "int('x')", "f(1)", "len(1)", "for x in 1: pass",
    "a, b = [1]", "a, b = [1, 2, 3]", "(lambda x: x)()", "(lambda: 1)(2)", "(lambda x: x)(1, x=2)", "(lambda x: x)(1, y=2)", "'a'[0] = 1",
    "raise RuntimeError('x')", "1()", "[1, 'a'].sort()", "{[]: 1}", "-'a'", "'a' < 1", "del x", "max([])", "'a'.nothing", "raise 1",
    "try:\n    1\nexcept 5:\n    pass\n[1].index(2)", "import json\njson.dumps({1})", "f'{[]:>3}'", "x = 1\nx.y = 2", "raise",
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(ERRORS)))
def test_an_error_of_the_program_ends_it_as_failed(number):
    execution = run("def f():\n    pass\n" + ERRORS[number])

    assert execution.status == "failed"
    assert error_code(execution) in {"R_ERROR", "R_NAME", "R_NOT_ALLOWED"}


def test_an_error_names_the_function_as_the_program_knows_it():
    assert printed("len()") == ["TypeError: len() missing 1 required positional argument: 'value'"]
    assert printed("import re\nre.search('a')")[0].startswith("TypeError: search() missing 1")


def test_the_checker_knows_what_the_interpreter_has():
    machine = make_machine()

    assert frozenset(machine.builtins) | {"talk"} == BUILTINS
    assert frozenset(MAKERS) == MODULES
    assert not BUILTINS & FORBIDDEN


def test_the_subset_that_differs_from_python_is_known():
    assert printed("x = true\nprint(x, null, false)") == ["True None False"]
    assert printed("print({'b', 'a'} | {'c'})") == ["{'b', 'a', 'c'}"]
    assert printed("import uuid\nprint(len(str(uuid.uuid4())))") == ["36"]


UNSUPPORTED = {
    "x = b'a'": "`b'a'` is not supported.",
    "x = 1j": "`1j` is not supported.",
    "try:\n    pass\nexcept* ValueError:\n    pass": "`TryStar` is not supported.",
    "class A(metaclass=type):\n    pass": "Metaclasses and class keywords are not supported.",
    "class A:\n    def __del__(self):\n        pass": "`__del__` is not supported in a class.",
    "class A(int):\n    pass": "A class can extend only own classes, Enum and types of errors.",
    "import os": "The module `os` cannot be imported here.",
    "from json import dump": "`dump` of `json` is not available here.",
    "from . import x": "There are no other files to import from.",
    "yield 1": "`yield` stands only in functions.",
}


@pytest.mark.parametrize("code", UNSUPPORTED)
def test_what_is_not_supported_says_so(code):
    execution = run("x = 1\n" + code)

    assert (error_code(execution), execution.events[-2].text) == (
        "R_NOT_ALLOWED",
        UNSUPPORTED[code],
    )
    assert execution.events[-2].line >= 2
