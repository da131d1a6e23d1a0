"""Mocks and answers as people type them, and the list they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from babble_app.schemas.mocks import Mock
from babble_app.states.answers import read_answer
from babble_app.states.json_fields import FieldError, read_json
from babble_app.states.mocks import MocksState, read_mock

if TYPE_CHECKING:
    from tests.databases import Source
    from tests.unit.states.conftest import Tab

CALL = {"method": "GET", "url": "https://shop.example/*", "status": "404", "body": "[1]"}


@pytest.fixture
def source(sqlite: Source) -> Source:
    """One kind of database: nothing here depends on it."""
    return sqlite


def test_a_form_becomes_a_mock() -> None:
    call = read_mock(CALL, kind="http", fails=False)
    failing = read_mock({"name": "integrations.*", "error": "no"}, kind="action", fails=True)

    assert call == Mock(kind="http", method="GET", url=CALL["url"], status=404, body=[1])
    assert failing == Mock(kind="action", name="integrations.*", error="no")


@pytest.mark.parametrize(
    ("changes", "fails", "words"),
    [
        ({"body": "{'a': 1}"}, False, "line 1, column 2"),
        ({"body": '{"a": 1,\n}'}, False, "line 2, column 1"),
        ({"body": "NaN"}, False, "NaN is no JSON value"),
        ({"body": "[" * 9_000}, False, "nested too deeply"),
        ({"body": '"' + "x" * 20_000 + '"'}, False, "20,000"),
        ({"status": "abc"}, False, "100 to 599"),
        ({"status": "99"}, False, "100 to 599"),
        ({"status": "²"}, False, "100 to 599"),
        ({"method": "FETCH"}, False, "one of the methods"),
        ({"error": " "}, True, "how the call fails"),
    ],
)
def test_a_form_that_is_no_mock_says_why(changes: dict[str, str], fails: bool, words: str) -> None:
    with pytest.raises(FieldError, match=words):
        read_mock({**CALL, **changes}, kind="http", fails=fails)


def test_nothing_typed_is_null() -> None:
    assert read_json("  ", "The answer") is None


@pytest.mark.parametrize(
    ("kind", "choice", "form", "answer"),
    [
        ("user", "", {"text": "Hi"}, {"kind": "user", "text": "Hi"}),
        ("talk", "reply", {"text": "Hello"}, {"kind": "talk", "reply": "Hello"}),
        ("talk", "bye", {"text": ""}, {"kind": "talk", "exit": "bye", "arguments": {}}),
        ("ask", "", {"text": '{"n": 2}'}, {"kind": "ask", "value": {"n": 2}}),
        ("http", "failure", {"text": "no route"}, {"kind": "http", "error": "no route"}),
        ("action", "answer", {"text": "3"}, {"kind": "action", "value": 3, "mocked": True}),
    ],
)
def test_a_form_becomes_an_answer(
    kind: str, choice: str, form: dict[str, str], answer: dict[str, Any]
) -> None:
    assert read_answer(kind, choice, form) == answer


@pytest.mark.parametrize(
    ("kind", "choice", "form"),
    [
        ("user", "", {"text": " "}),
        ("talk", "reply", {}),
        ("talk", "bye", {"text": "[1]"}),
        ("ask", "", {"text": "{"}),
        ("http", "answer", {"text": "1", "status": "x"}),
        ("action", "failure", {"text": ""}),
    ],
)
def test_a_form_that_is_no_answer_is_refused(kind: str, choice: str, form: dict[str, str]) -> None:
    with pytest.raises(FieldError):
        read_answer(kind, choice, form)


async def test_mocks_are_added_edited_moved_and_deleted(tab: Tab) -> None:
    state = await tab.state(MocksState)
    for url in ("https://one.example/", "https://two.example/"):
        await tab.run(MocksState.open_mock, state, -1)
        await tab.run(MocksState.save_mock, state, {**CALL, "url": url})
    await tab.run(MocksState.raise_mock, state, 1)
    await tab.run(MocksState.open_mock, state, 0)
    await tab.run(MocksState.save_mock, state, {**CALL, "body": "nonsense"})
    assert "no JSON" in state.problem
    assert state.editing

    await tab.run(MocksState.save_mock, state, {**CALL, "url": "https://2.example/"})
    await tab.run(MocksState.delete_mock, state, 1)

    assert [row.title for row in state.rows] == ["GET https://2.example/"]
    assert not state.editing
