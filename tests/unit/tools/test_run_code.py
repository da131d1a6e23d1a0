"""Calculations in our own interpreter: what is printed comes back, and nothing reaches outside."""

from __future__ import annotations

import pytest

from babble_app.tools.run_code import MAX_OUTPUT_CHARS, run_code
from babble_app.tools.think import think
from babble_app.tools.toolkit import ToolContext, ToolError


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("print(2 ** 10 + 0.5)", "1024.5"),
        ("total = 0\nfor n in range(101):\n    total += n\nprint(total)", "5050"),
        ("import math\nprint(round(math.pi, 4))\nprint('done')", "3.1416\ndone"),
        (
            "from statistics import mean\ndef f(x):\n    return mean(x)\nprint(f([1, 2, 6]))",
            "3",
        ),
        ("for i in range(3): print(i, end=' ')", "0 1 2 "),
        ("x = 5", "Nothing was printed. Print what you want to see."),
    ],
)
async def test_what_is_printed_comes_back(code: str, printed: str) -> None:
    assert await run_code.run(ToolContext(), {"code": code}) == printed


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os\nprint(os.environ)", "Line 1: The module `os` cannot be imported"),
        ("__import__('os').system('id')", "'__import__' is not defined"),
        ("print(open('/etc/passwd').read())", "'open' is not defined"),
        ("print(().__class__.__bases__[0].__subclasses__())", "Line 1: AttributeError"),
        ("exec('1')", "'exec' is not defined"),
        ("import requests\nrequests.get('http://10.0.0.1')", "Line 2: the code asks for something"),
        ("while True:\n    pass", "100,000 steps"),
        ("print('a')\nprint(1 / 0)", "Line 2: ZeroDivisionError: division by zero\nPrinted before:\na"),
        ("x = [0] * 10 ** 9", "collection|items"),
        ("x = (", "The code was not run. Line 1"),
        ("# nothing", "The code was not run. Line 1"),
    ],
)  # fmt: skip
async def test_what_cannot_be_done_ends_with_words(code: str, words: str) -> None:
    with pytest.raises(ToolError, match=words):
        await run_code.run(ToolContext(), {"code": code})


async def test_long_output_is_cut_and_says_so() -> None:
    shown = await run_code.run(
        ToolContext(), {"code": "for n in range(2000):\n    print('word', n)"}
    )

    assert "more characters)" in shown
    assert len(shown) < MAX_OUTPUT_CHARS + 100


async def test_a_thought_is_noted() -> None:
    assert await think.run(ToolContext(), {"thought": "Is that so?"}) == "noted"
