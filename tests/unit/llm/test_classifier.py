"""What a classifier is asked, and what is made of its answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.errors import BudgetExhaustedError, ProviderUnavailableError
from babble_app.llm.classifier import MAX_OUTPUT_TOKENS, SHOWN_CHARS, Classifier
from babble_app.llm.health import Health
from babble_app.schemas.calls import CallScope
from babble_app.schemas.models import ModelMessage, ModelRequest
from tests.fakes.books import Books
from tests.fakes.scripted_client import ScriptedClient
from tests.unit.llm.candidates import make_candidate

if TYPE_CHECKING:
    from tests.fakes.scripted_client import Scripted

SCOPE = CallScope(owner_id="usr_1", run_id="run_1")


def make_classifier(
    *answers: Scripted, broke: bool = False
) -> tuple[Classifier, ScriptedClient, Books]:
    client = ScriptedClient(*answers)
    candidate = replace(make_candidate("small"), open=lambda _: client)
    books = Books(broke={"acme/small"} if broke else set())
    return Classifier(candidate, Health(clock=lambda: 100.0), books, SCOPE), client, books


def ask(text: str = "Prove it.", **fields: Any) -> ModelRequest:
    said = (
        ModelMessage(role="system", text="A secret of Babble's."),
        ModelMessage(role="user", text=text),
    )
    return ModelRequest(messages=said, **fields)


@pytest.mark.parametrize(
    ("answer", "difficulty"),
    [
        ('{"difficulty": "hard"}', "hard"),
        ('```json\n{ "difficulty" : "easy" }\n```', "easy"),
        ('{"difficulty": "hard"', "hard"),
        ('{"difficulty": "impossible"}', None),
        ('{"difficulty": "easy"} or {"difficulty": "hard"}', None),
        ("hard", None),
        ("", None),
        (ProviderUnavailableError("It is down."), None),
    ],
)
async def test_what_is_said_is_read_and_what_is_garbled_is_nothing(
    answer: Scripted, difficulty: str | None
) -> None:
    classifier, _, _ = make_classifier(answer)

    assert await classifier.judge(ask()) == difficulty


async def test_it_is_shown_the_question_and_no_more_and_its_call_is_a_row() -> None:
    classifier, client, books = make_classifier('{"difficulty": "hard"}')

    await classifier.judge(ask("x" * 2 * SHOWN_CHARS, task="build"))

    (asked,) = client.prompts
    assert asked.messages[1].text == f"<request>\n{'x' * SHOWN_CHARS}\n</request>"
    assert "secret" not in asked.messages[0].text
    assert (asked.task, asked.max_output_tokens) == ("triage", MAX_OUTPUT_TOKENS)
    assert asked.json_schema is not None
    (record,) = books.records
    assert (record.model, record.outcome, record.task) == ("acme/small", "ok", "triage")
    assert (record.scope, record.usage.output_tokens) == (SCOPE, 5)


async def test_without_money_nothing_is_asked() -> None:
    classifier, client, _ = make_classifier(broke=True)

    assert await classifier.judge(ask()) is None
    assert client.prompts == []


@pytest.mark.parametrize(
    "task", ["triage", "talk", "ask", "summarize", "rephrase", "persona", "judge"]
)
async def test_small_tasks_are_not_judged(task: Any) -> None:
    classifier, client, _ = make_classifier()

    assert await classifier.judge(ask(task=task)) is None
    assert client.prompts == []


async def test_what_follows_on_a_tools_result_is_not_judged() -> None:
    classifier, client, _ = make_classifier()
    request = ask()
    result = ModelMessage(role="tool", text="42", tool_call_id="1")
    request = request.model_copy(update={"messages": (*request.messages, result)})

    assert await classifier.judge(request) is None
    assert client.prompts == []


async def test_one_that_failed_is_left_alone_for_a_while_without_harm_to_the_models_own_answers() -> (
    None
):
    classifier, client, _ = make_classifier(
        ProviderUnavailableError("It is down."), BudgetExhaustedError("never said")
    )

    assert await classifier.judge(ask()) is None
    assert await classifier.judge(ask("Prove that.")) is None

    assert len(client.prompts) == 1
    assert not classifier.health.trouble(classifier.candidate)
