"""A small model judges how hard a question is, and the route follows; all through real sockets."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from babble_app.llm.classifier import DEADLINE_SECONDS, Classifier
from babble_app.llm.health import Health
from babble_app.schemas.models import ModelMessage, ToolCall
from babble_app.schemas.profiles import RouteRule
from tests.fakes.books import WAIT_SECONDS
from tests.fakes.script import Answer
from tests.integration.llm.clients import ask, collect, text_of
from tests.integration.llm.routes import Dead, routed, serving

HARD = '{"difficulty": "hard"}'
HANG = Answer(fault="hang")
RULES = (RouteRule(models=("custom/strong",), difficulty="hard"),)


def by_rules(opened, rules=RULES, *, judging_seconds=60.0):
    """Return the client with its route's last model as the classifier, and none of its candidates.

    It is waited for long, so that a busy machine cuts none short but the one that hangs.
    """
    *candidates, small = opened.client.route.candidates
    route = replace(
        opened.client.route, candidates=tuple(candidates), rules=rules, classifier=small
    )
    return replace(opened.client, route=route, judging_seconds=judging_seconds)


@pytest.mark.parametrize("streamed", [True, False])
async def test_a_hard_question_goes_to_the_strong_model_with_what_follows_on_it(streamed):
    with serving(quick="quickly", strong="thoroughly", small=HARD) as servers:
        async with routed(servers, why_first="your default") as opened:
            client = by_rules(opened)
            question = ask("Prove it.")
            answer = await _answer(client, question, streamed=streamed)
            call = ToolCall(id="1", name="look_up", arguments={})
            more = (
                ModelMessage(role="assistant", tool_calls=(call,)),
                ModelMessage(role="tool", text="42", tool_call_id="1"),
            )
            after = question.model_copy(update={"messages": (*question.messages, *more)})
            again = await _answer(client, after, streamed=streamed)
            records = opened.books.records

    assert answer == ("thoroughly", "custom/strong", "strong: judged hard")
    assert again == answer
    assert [(record.model, record.task) for record in records] == [
        ("custom/small", "triage"),
        ("custom/strong", "answer"),
        ("custom/strong", "answer"),
    ]
    assert [record.outcome for record in records] == ["ok"] * 3
    (judged,) = servers["small"].requests
    assert judged.json_schema is not None
    assert judged.body["max_tokens"] == 20
    assert "Prove it." in judged.last_user


async def test_where_the_strong_model_is_away_the_others_stand_in_for_it():
    with serving(quick="quickly", small=HARD) as servers:
        parts = {"quick": servers["quick"], "strong": Dead(), "small": servers["small"]}
        async with routed(parts) as opened:
            answer = await _answer(by_rules(opened), ask("Prove it."), streamed=True)

    assert answer == ("quickly", "custom/quick", "quick: strong was not reachable")


@pytest.mark.parametrize(
    ("quick", "strong", "words"),
    [
        (HANG, "thoroughly", "strong: judged hard; faster than quick"),
        ("quickly", HANG, "quick: strong was preferred (judged hard); faster than strong"),
    ],
)
async def test_in_a_race_too_it_is_said_which_rule_chose(quick, strong, words):
    with serving(quick=quick, strong=strong, small=HARD) as servers:
        async with routed(servers, racing=True, why_first="your default") as opened:
            _, _, why = await _answer(by_rules(opened), ask("Prove it."), streamed=True)

    assert why == words


async def test_the_rules_second_model_says_both_why_it_is_preferred_and_what_became_of_the_first():
    with serving(quick="quickly", second="well", small=HARD) as servers:
        parts = {"quick": servers["quick"], "strong": Dead(), "second": servers["second"]}
        async with routed({**parts, "small": servers["small"]}) as opened:
            rules = (RouteRule(models=("custom/strong", "custom/second"), difficulty="hard"),)
            answer = await _answer(by_rules(opened, rules), ask("Prove it."), streamed=True)

    assert answer == ("well", "custom/second", "second: judged hard; strong was not reachable")


@pytest.mark.parametrize(
    "said",
    [
        Answer(text="I think it is hard"),
        Answer(fault="html"),
        Answer(fault="status", status=429, retry_after=60),
        Answer(fault="reset"),
        Answer(fault="empty"),
    ],
    ids=["words", "page", "429", "reset", "empty"],
)
async def test_a_classifier_that_says_nothing_usable_leaves_the_order_as_it_is(said):
    with serving(quick="quickly", strong="thoroughly", small=said) as servers:
        async with routed(servers, why_first="your default") as opened:
            answer = await _answer(by_rules(opened), ask("Prove it."), streamed=True)
            waits = opened.waits.seconds

    assert answer == ("quickly", "custom/quick", "quick: your default")
    assert len(servers["small"].requests) == 1
    assert waits == []


async def test_a_classifier_that_hangs_is_not_waited_for_and_asked_once():
    with serving(quick="quickly", strong="thoroughly", small=HANG) as servers:
        async with routed(servers, why_first="your default") as opened:
            client = by_rules(opened, judging_seconds=0.3)
            async with asyncio.timeout(WAIT_SECONDS):
                answer = await _answer(client, ask("Prove it."), streamed=True)
                again = await _answer(client, ask("Prove it."), streamed=True)
            first, *others = opened.books.records

    assert answer == again == ("quickly", "custom/quick", "quick: your default")
    assert (first.model, first.outcome, first.usage.output_tokens) == ("custom/small", "stopped", 0)
    assert [record.model for record in others] == ["custom/quick"] * 2
    assert len(servers["small"].requests) == 1


def test_people_wait_three_seconds_for_it_and_no_longer():
    assert DEADLINE_SECONDS == 3


async def test_after_a_hang_the_classifier_is_left_alone_for_a_while():
    with serving(small=HANG, other="x") as servers:
        async with routed(servers, health=Health(clock=lambda: 100.0)) as opened:
            client = opened.client
            small = client.route.candidates[0]
            classifier = Classifier(small, client.health, client.meter, client.scope, 0.2)
            async with asyncio.timeout(WAIT_SECONDS):
                assert await classifier.judge(ask("Prove it.")) is None
            own = replace(small, health_key=f"classifier {small.health_key}")

    assert client.health.trouble(own) == "model_timeout"
    assert not client.health.trouble(small)
    assert opened.books.records[0].outcome == "stopped"


async def _answer(client, request, *, streamed):
    if not streamed:
        whole = await client.complete(request)
        return whole.text, whole.model, whole.why
    events, error = await collect(client, request)
    assert error is None
    return text_of(events), events[-1].model, events[-1].why
