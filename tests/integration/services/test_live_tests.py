"""Scripted and simulated users with models behind a real socket, several tries, judged with evidence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from babble_app.schemas.agent_tests import Assertion, TestSpec
from babble_app.services import agent_tests, idempotency, keys, test_runs
from tests.factories import make_agent, make_user, make_workspace
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule, ToolUse
from tests.unit.based.helpers import BAKERY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.schemas.agents import Version
    from babble_app.services.runtime import Runtime

pytestmark = pytest.mark.parametrize("source", ["sqlite"], indirect=True)
MODEL = "custom/fake-model"
CAKE = "the_customer_names_a_cake"
LEAVE = "the_customer_leaves"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.fixture
async def bakery(rt: Runtime, server: ModelServer) -> tuple[str, Version]:
    owner = (await make_user(rt, role="admin")).id
    await keys.set_key(rt, owner, "custom", "sk-canary-123456", base_url=server.openai_url)
    _, workspace = await make_workspace(rt, owner)
    return owner, await make_agent(rt, owner, workspace.id, name="Bakery", program=BAKERY)


def choose(slug: str) -> Answer:
    return Answer(tools=[ToolUse(slug)])


def order_rules(*at_leave: Answer) -> list[Rule]:
    """A baker that takes the order; `at_leave` is answered, one after the other, when the customer says no."""
    return [
        Rule(choose(CAKE), user="^two", tool=CAKE),
        Rule('{"cake": "apple", "count": 2}', system="Answer a question from the text"),
        Rule(list(at_leave) or choose(LEAVE), user="^no", tool=LEAVE),
    ]


def verdict(*, passed: bool, quote: str) -> str:
    return json.dumps({"passed": passed, "quote": quote, "reason": "It is so."})


SCRIPTED = TestSpec(
    turns=("two apple cakes", "no thanks"),
    assertions=(
        Assertion(kind="status", value="finished"),
        Assertion(kind="contains", value="Goodbye"),
    ),
)


async def test_a_scripted_test_passes_when_all_tries_do(
    rt: Runtime, server: ModelServer, bakery: tuple[str, Version]
) -> None:
    owner, version = bakery
    server.script.rules = order_rules()
    test = await agent_tests.add_test(
        rt,
        owner,
        version.agent_id,
        name="Two cakes",
        kind="scripted",
        spec=SCRIPTED.model_copy(update={"k": 3}),
        gating=True,
    )

    result = await test_runs.run_test(rt, owner, test.id, model=MODEL)

    assert (result.status, result.passed, result.runs, result.pass_k) == ("passed", 3, 3, 1.0)
    assert (result.model, len(result.trials)) == (MODEL, 3)
    assert result.usage.output_tokens > 0
    assert await test_runs.gate_problems(rt, owner, version.agent_id, version.id) == []


async def test_one_failure_of_three_is_tolerated_or_not(
    rt: Runtime, server: ModelServer, bakery: tuple[str, Version]
) -> None:
    owner, version = bakery
    strict = SCRIPTED.model_copy(update={"k": 1})
    mild = strict.model_copy(update={"tolerance": 0.4})
    double = mild.model_copy(update={"k": 2})
    found = []

    for spec in (strict, mild, double):
        server.script.rules = order_rules(choose(LEAVE), Answer("Anything else?"), choose(LEAVE))
        test = await agent_tests.add_test(
            rt, owner, version.agent_id, name="Two cakes", kind="scripted", spec=spec
        )
        result = await test_runs.run_test(rt, owner, test.id, model=MODEL)
        found.append((result.status, result.passed, round(result.pass_k or 0, 3)))

    assert found == [("failed", 2, 0.667), ("passed", 2, 0.667), ("failed", 2, 0.333)]
    assert "(1 of 3 tries)" in result.problems[0]
    assert result.transcript[-1] == "end: waiting"
    assert result.events


async def test_a_simulated_user_reaches_its_goal_and_the_judge_quotes(
    rt: Runtime, server: ModelServer, bakery: tuple[str, Version]
) -> None:
    owner, version = bakery
    server.script.rules = [
        Rule(["two apple cakes", "no thanks"], system="You play a person"),
        Rule(verdict(passed=True, quote="2 x apple, noted."), system="You judge"),
        *order_rules(),
    ]
    spec = TestSpec(
        goal="Order two apple cakes.",
        runs=1,
        assertions=(
            Assertion(kind="reaches", value=["the customer leaves"]),
            Assertion(kind="outcome", value="The agent notes the order."),
        ),
    )
    test = await agent_tests.add_test(
        rt, owner, version.agent_id, name="Orders", kind="persona", spec=spec
    )

    result = await test_runs.run_test(rt, owner, test.id, model=MODEL)

    assert (result.status, result.problems) == ("passed", ())
    assert result.transcript[1] == "user: two apple cakes"
    assert result.trials[0].judgements[0].quote == "2 x apple, noted."
    persona = next(one for one in server.requests if one.system.startswith("You play a person"))
    assert persona.messages[0] == ("user", "Hello, this is the bakery.")
    assert "Order two apple cakes." in persona.system


async def test_a_simulated_user_may_give_up_and_has_a_limit(
    rt: Runtime, server: ModelServer, bakery: tuple[str, Version]
) -> None:
    owner, version = bakery
    server.script.rules = [
        Rule(["hello?", "hello??", "[END]"], system="You play a person"),
        Rule(verdict(passed=False, quote="How can I help you?"), system="You judge"),
        Rule("How can I help you?", tool=CAKE),
    ]
    for max_turns in (1, 5):
        spec = TestSpec(goal="Buy a car.", runs=1, max_turns=max_turns)
        test = await agent_tests.add_test(
            rt, owner, version.agent_id, name="Car", kind="persona", spec=spec
        )

        result = await test_runs.run_test(rt, owner, test.id, model=MODEL)

        assert result.status == "failed"
        assert "The user got what they wanted: Buy a car." in result.problems[0]
    assert sum(line.startswith("user:") for line in result.transcript) == 1


async def test_a_judge_without_evidence_is_asked_again_and_then_it_is_an_error(
    rt: Runtime, server: ModelServer, bakery: tuple[str, Version]
) -> None:
    owner, version = bakery
    outcome = Assertion(kind="outcome", value="The agent says goodbye.")
    spec = SCRIPTED.model_copy(update={"runs": 1, "assertions": (outcome,)})
    test = await agent_tests.add_test(
        rt, owner, version.agent_id, name="Bye", kind="scripted", spec=spec
    )
    made_up = verdict(passed=True, quote="Farewell, dear customer!")
    good = verdict(passed=True, quote="Goodbye!")

    server.script.rules = [Rule([made_up, good], system="You judge"), *order_rules()]
    asked_again = await test_runs.run_test(rt, owner, test.id, model=MODEL)
    server.script.rules = [Rule(made_up, system="You judge"), *order_rules()]
    never = await test_runs.run_test(rt, owner, test.id, model=MODEL)

    told = [one.system for one in server.requests if one.system.startswith("You judge")]
    assert asked_again.status == "passed"
    assert "Your answer before could not be used: its quote is not in the transcript" in told[1]
    assert never.status == "error"
    assert never.problems[0].startswith("Not judged: its quote")
    assert len(told) == 4


async def test_a_provider_that_fails_is_an_error_of_that_try(
    rt: Runtime, server: ModelServer, bakery: tuple[str, Version]
) -> None:
    owner, version = bakery
    server.script.rules = [Rule(Answer(fault="status", status=401))]
    spec = SCRIPTED.model_copy(update={"runs": 2})
    test = await agent_tests.add_test(
        rt, owner, version.agent_id, name="x", kind="scripted", spec=spec
    )

    result = await test_runs.run_test(rt, owner, test.id, model=MODEL)

    assert result.status == "error"
    assert (result.passed, [one.status for one in result.trials]) == (0, ["error", "error"])
    assert "sk-canary" not in str(result)


async def test_a_keyed_run_is_paid_for_once(
    rt: Runtime, server: ModelServer, bakery: tuple[str, Version]
) -> None:
    owner, version = bakery
    server.script.rules = order_rules()
    test = await agent_tests.add_test(
        rt, owner, version.agent_id, name="x", kind="scripted", spec=SCRIPTED
    )
    keyed = idempotency.KeyedRequest("key-1", "same")

    first = await test_runs.run_test(rt, owner, test.id, model=MODEL, keyed=keyed)
    asked = len(server.requests)
    second = await test_runs.run_test(rt, owner, test.id, model=MODEL, keyed=keyed)

    assert second.id == first.id
    assert len(server.requests) == asked
