"""Tests as YAML: what is written is read again, and what is no such file is refused with its line."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from babble_app.based.parser import parse
from babble_app.based.plain_yaml import InvalidYamlError
from babble_app.based.recording import Recorded
from babble_app.based.test_files import (
    MAX_FILE_CHARS,
    FileTest,
    read_tests,
    write_tests,
)
from babble_app.schemas.agent_tests import Assertion, TestSpec
from babble_app.schemas.mocks import Mock
from tests.unit.based.helpers import BAKERY, leave, run, user, value

HEAD = "babble_tests: 1\ntests:\n"
ORDER = [
    user("two apple cakes"),
    leave("the_customer_names_a_cake"),
    value({"cake": "apple", "count": 2}),
    user("no"),
    leave("the_customer_leaves"),
]
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def bakery_test() -> FileTest:
    recorded = Recorded(parse(BAKERY), run(BAKERY, ORDER).log)
    spec = TestSpec(
        turns=tuple(recorded.turns),
        recording=recorded.recording,
        assertions=recorded.assertions(),
        mocks=(Mock(kind="http", url="https://shop.example/*", body={"left": 3}),),
    )
    return FileTest(name="Two cakes", kind="replay", gating=True, **dict(spec))


def test_a_file_is_readable_and_stable() -> None:
    text = write_tests([bakery_test()])

    assert text.startswith(
        "babble_tests: 1\ntests:\n- name: Two cakes\n  kind: replay\n  gating: true\n"
    )
    assert "  turns:\n  - two apple cakes\n  - 'no'\n" in text
    assert "exact" not in text
    assert read_tests(text) == [bakery_test()]
    assert write_tests(read_tests(text)) == text


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=4), json_values, st.text(min_size=1, max_size=20))
def test_whatever_is_written_is_read_again(turns: list[str], found: Any, name: str) -> None:
    wanted = Assertion(kind="extract", name=name, value=found)
    test = FileTest(name=name, kind="scripted", turns=tuple(turns), assertions=(wanted,))

    text = write_tests([test])

    assert read_tests(text) == [test]
    assert write_tests(read_tests(text)) == text


@pytest.mark.parametrize("word", ["no", "12:30", "2026-01-01", "0o17", "1_000", "on", "=", "<<"])
def test_plain_words_are_words(word: str) -> None:
    (test,) = read_tests(f"{HEAD}- name: x\n  kind: scripted\n  turns: [{word}]\n")

    assert test.turns == (word,)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty"),
        ("- a\n- b\n", 1, "dictionary"),
        ("babble_tests: 2\ntests: []\n", 1, "babble_tests"),
        ("tests: []\n", 1, "babble_tests"),
        (f"{HEAD}- name: x\n  kind: scripted\n  turn: [a]\n", 5, "turn"),
        (f"{HEAD}- name: x\n  kind: manual\n", 4, "kind"),
        (f"{HEAD}- name: x\n  kind: persona\n  goal: g\n  runs: 99\n", 6, "runs"),
        (f"{HEAD}- name: x\n  kind: scripted\n  turns:\n  - a\n  - 5\n", 7, "turns.1"),
        (f"{HEAD}- name: x\n  name: y\n", 4, "twice"),
        (f"{HEAD}- name: x\n  kind: scripted\n  assertions:\n  - kind: status\n", 6, "status"),
        (f"{HEAD}- name: [x\n", 4, "expected"),
        (f"{HEAD}- name: &a x\n", 3, "Anchors"),
        (f"{HEAD}- name: !!python/object:os.system x\n", 3, "Tags"),
        (f"{HEAD}- ? [a]\n  : b\n", 3, "text"),
        ("a: \x07\n", 1, "characters are not allowed"),
        ("tests: " + "[" * 100 + "]" * 100, 1, "nested"),
        ("tests: " + "9" * 5000, 1, "too long"),
        ("x" * (MAX_FILE_CHARS + 1), 1, "most"),
        ("a: b\n---\nc: d\n", 2, "another document"),
    ],
)
def test_what_is_no_file_of_tests_is_refused_with_its_line(
    text: str, line: int, words: str
) -> None:
    with pytest.raises(InvalidYamlError) as caught:
        read_tests(text)

    assert words in str(caught.value)
    assert caught.value.line == line


def test_a_billion_laughs_are_refused_at_once() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
    )
    start = time.monotonic()

    with pytest.raises(InvalidYamlError):
        read_tests(bomb)

    assert time.monotonic() - start < 10
