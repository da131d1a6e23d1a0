"""Which models may answer for a person, and on whose account they are asked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from babble_app.errors import ModelUnavailableError
from babble_app.llm import prices
from babble_app.schemas.calls import CallScope
from babble_app.schemas.events import MessageDone
from babble_app.schemas.models import ModelMessage, ModelRequest
from babble_app.schemas.profiles import Profile, RouteRule
from babble_app.services import (
    accounts,
    budgets,
    chats,
    keys,
    models,
    profiles,
    runs,
    sessions,
)
from babble_app.store.tables.usage import UsageRow
from tests.factories import make_agent, make_chat, make_user
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Incoming, Rule
from tests.integration.llm.routes import Dead

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.llm.route import Route
    from babble_app.services.runtime import Runtime
    from tests.databases import Source

MODEL = "custom/fake-model"
DEAD = "ollama/dead"
UNOPENED = "openai/gpt-4o"
ASK = ModelRequest(messages=(ModelMessage(role="user", text="hi"),))


@pytest.fixture
def source(sqlite: Source) -> Source:
    """One kind of database: nothing here depends on it."""
    return sqlite


@pytest.fixture
def server() -> Iterator[ModelServer]:
    def answer(incoming: Incoming) -> Answer:
        if "wrong" in incoming.headers.get("Authorization", ""):
            return Answer(fault="status", status=401)
        return Answer("Hello there, friend.")

    with ModelServer(rules=[Rule(answer)]) as running:
        yield running


@pytest.fixture
async def owner(rt: Runtime, server: ModelServer) -> str:
    user = await make_user(rt, role="admin")
    await keys.set_key(rt, user.id, "custom", "sk-canary-123456", base_url=server.openai_url)
    await keys.set_key(rt, user.id, "ollama", "", base_url=Dead().url)
    return user.id


def ids(route: Route) -> list[str]:
    return [one.info.id for one in route.candidates]


def make_profile(*names: str, racing: bool = False) -> Profile:
    return Profile(id="coder", name="Coder", models=names, racing=racing)


async def test_a_chosen_model_is_the_only_one(rt: Runtime, owner: str) -> None:
    route = await models.route_for(rt, owner, MODEL, make_profile(DEAD), defaults=(DEAD,))

    assert ids(route) == [MODEL]
    assert not route.why_first


async def test_a_profiles_models_go_before_the_default_as_far_as_they_are_open(
    rt: Runtime, owner: str
) -> None:
    profile = make_profile(UNOPENED, MODEL, racing=True)

    route = await models.route_for(rt, owner, profile=profile, defaults=(DEAD,))

    assert ids(route) == [MODEL, DEAD]
    assert (route.racing, route.name) == (True, "Coder")
    assert route.why_first == "first choice of Coder"


async def test_a_profiles_rules_bring_what_is_open_of_their_models_behind_all_others(
    rt: Runtime, owner: str
) -> None:
    await accounts.update_user(rt, owner, default_model="demo/based")
    open_rule = RouteRule(models=(UNOPENED, MODEL), tasks=("answer",))
    rules = (RouteRule(models=(UNOPENED,), tasks=("build",)), open_rule)
    profile = make_profile().model_copy(update={"rules": rules, "classifier": MODEL})

    route = await models.route_for(rt, owner, profile=profile)
    closed = profile.model_copy(update={"classifier": UNOPENED})
    unjudged = await models.route_for(rt, owner, profile=closed)
    chosen = await models.route_for(rt, owner, DEAD, profile)
    answer = await models.open_route(rt, route, CallScope(owner_id=owner)).complete(ASK)

    assert ids(route) == ["demo/based", MODEL]
    assert route.rules == (open_rule,)
    assert route.classifier is not None
    assert route.classifier.info.id == MODEL
    assert unjudged.classifier is None
    assert (ids(chosen), chosen.rules) == ([DEAD], ())
    assert (answer.model, answer.why) == (MODEL, "fake-model: task: answer")


async def test_a_profile_keeps_dear_models_out_and_says_what_would_help(
    rt: Runtime, owner: str
) -> None:
    profile = make_profile(MODEL, DEAD).model_copy(update={"max_usd_per_million": 5.0})
    lone = profile.model_copy(update={"models": (MODEL,)})
    prices.use({MODEL: prices.Price(input_per_million=1.0, output_per_million=10.0)})
    try:
        route = await models.route_for(rt, owner, profile=profile)
        chosen = await models.route_for(rt, owner, MODEL, profile)
        with pytest.raises(ModelUnavailableError) as refused:
            await models.route_for(rt, owner, profile=lone, defaults=(MODEL,))
    finally:
        prices.use({})

    assert [one.info.id for one in route.affordable][:1] == [DEAD]  # a machine of one's own
    assert ids(chosen) == [one.info.id for one in chosen.affordable] == [MODEL]
    assert str(refused.value) == (
        "No model may answer: fake-model was too dear: $10 a million tokens, the limit is $5. "
        "Raise the limit of this kind of work in Settings, or choose a model for the chat."
    )


async def test_a_profile_may_ask_the_cheapest_of_its_models_first(rt: Runtime, owner: str) -> None:
    profile = make_profile(MODEL, DEAD).model_copy(update={"cheapest_first": True})
    bare = profile.model_copy(update={"models": ()})

    route = await models.route_for(rt, owner, profile=profile, defaults=("demo/based",))
    default = await models.route_for(rt, owner, profile=bare, defaults=(MODEL, "demo/based"))

    assert ids(route) == [DEAD, MODEL, "demo/based"]
    assert route.why_first == "cheapest of Coder: $0 a million tokens"
    assert ids(default) == ["demo/based", MODEL]


async def test_a_classifiers_call_is_a_row_of_its_own_on_the_runs_account(
    rt: Runtime, owner: str
) -> None:
    made = await profiles.create_profile(
        rt, owner, name="Mine", models=["demo/based"], classifier=MODEL,
        rules=[RouteRule(models=(MODEL,), difficulty="hard")],
    )  # fmt: skip
    _, chat = await make_chat(rt, owner, profile=made.id)

    run = await runs.start(rt, owner, chat.id, text="hi you, prove it", mode="chat")
    async with asyncio.timeout(20):
        events = [item.event async for item in runs.events(rt, owner, run.id)]

    judged, answered = await _usage(rt)
    assert (judged.model, judged.task) == (MODEL, "triage")
    assert (judged.run_id, judged.chat_id) == (run.id, chat.id)
    assert judged.chain_id != answered.chain_id
    assert (answered.model, answered.task) == ("demo/based", "answer")  # it said nothing usable
    last = events[-1]
    assert isinstance(last, MessageDone)
    assert last.why == "based: first choice of Mine"


async def test_after_the_default_come_the_persons_fallbacks_each_once(
    rt: Runtime, owner: str
) -> None:
    fallbacks = (MODEL, "demo/based", DEAD)

    assert ids(await models.route_for(rt, owner, defaults=(DEAD, *fallbacks))) == [
        DEAD,
        MODEL,
        "demo/based",
    ]
    assert ids(await models.route_for(rt, owner)) == [await models.default_model(rt, owner)]


async def test_where_nothing_opens_any_model_it_says_what_would(rt: Runtime, owner: str) -> None:
    with pytest.raises(ModelUnavailableError, match=r"OpenAI is not set up here\. Add its key"):
        await models.route_for(rt, owner, defaults=(UNOPENED, "anthropic/claude"))


async def test_openrouters_key_opens_a_model_under_its_own_name(rt: Runtime, owner: str) -> None:
    await keys.set_key(rt, owner, "openrouter", "sk-or-canary-123456")

    (candidate,) = (await models.route_for(rt, owner, UNOPENED)).candidates

    assert candidate.info.id == UNOPENED
    assert candidate.via == "OpenRouter"
    assert candidate.open(False).name == "openrouter/openai/gpt-4o"
    assert "canary" not in candidate.health_key


async def test_two_keys_for_one_address_have_healths_of_their_own(rt: Runtime, owner: str) -> None:
    (before,) = (await models.route_for(rt, owner, MODEL)).candidates
    server = before.health_key.split()[1]
    await keys.set_key(rt, owner, "custom", "sk-other-123456", base_url=f"{server}/v1")

    (after,) = (await models.route_for(rt, owner, MODEL)).candidates

    assert before.health_key != after.health_key
    assert before.health_key.split()[:2] == after.health_key.split()[:2]


async def test_a_dead_default_is_answered_for_by_a_fallback_that_says_why(
    rt: Runtime, owner: str
) -> None:
    route = await models.route_for(rt, owner, defaults=(DEAD, MODEL))

    answer = await models.open_route(rt, route, CallScope(owner_id=owner)).complete(ASK)

    assert answer.text == "Hello there, friend."
    assert answer.model == MODEL
    assert answer.why == "fake-model: dead was not reachable"
    assert rt.models.health.trouble(route.candidates[0]) == "provider_unavailable"


async def test_a_run_that_nobody_chose_a_model_for_goes_on_with_the_persons_fallback(
    rt: Runtime, owner: str
) -> None:
    await accounts.update_user(rt, owner, default_model=DEAD, fallback_models=(MODEL,))
    _, chat = await make_chat(rt, owner)

    run = await runs.start(rt, owner, chat.id, text="hi you", mode="chat")
    async with asyncio.timeout(20):
        events = [item.event async for item in runs.events(rt, owner, run.id)]

    last = events[-1]
    assert isinstance(last, MessageDone)
    assert (last.model, last.why) == (MODEL, "fake-model: dead was not reachable")
    assert [row.outcome for row in await _usage(rt)] == ["failed", "ok"]


async def test_a_second_key_answers_when_the_first_is_refused(
    rt: Runtime, owner: str, server: ModelServer
) -> None:
    await keys.set_key(rt, owner, "custom", "sk-wrong-123456", base_url=server.openai_url)
    await keys.add_key(rt, owner, "custom", "sk-right-123456", base_url=server.openai_url)
    route = await models.route_for(rt, owner, MODEL)

    answer = await models.open_route(rt, route, CallScope(owner_id=owner)).complete(ASK)

    assert ids(route) == [MODEL, MODEL]
    assert answer.text == "Hello there, friend."
    first, second = await _usage(rt)
    assert (first.error_code, second.outcome) == ("provider_key_refused", "ok")


async def test_a_runs_calls_are_on_the_account_of_its_chat(rt: Runtime, owner: str) -> None:
    _, chat = await make_chat(rt, owner, model=MODEL)

    run = await runs.start(rt, owner, chat.id, text="hi you", mode="chat")
    async with asyncio.timeout(20):
        events = [item.event async for item in runs.events(rt, owner, run.id)]

    (row,) = await _usage(rt)
    assert (row.owner_id, row.workspace_id) == (owner, chat.workspace_id)
    assert (row.chat_id, row.run_id, row.agent_id) == (chat.id, run.id, "")
    assert (row.model, row.outcome, row.task) == (MODEL, "ok", "answer")
    last = events[-1]
    assert isinstance(last, MessageDone)
    assert (last.model, last.why) == (MODEL, "")
    assert (await chats.list_messages(rt, owner, chat.id))[-1].model == MODEL


async def test_a_conversations_calls_are_on_the_account_of_its_agent(
    rt: Runtime, owner: str
) -> None:
    _, chat = await make_chat(rt, owner)
    version = await make_agent(rt, owner, chat.workspace_id)

    await sessions.start_session(rt, owner, version.agent_id, model=MODEL)

    (row,) = await _usage(rt)
    assert (row.owner_id, row.workspace_id, row.agent_id) == (
        owner,
        chat.workspace_id,
        version.agent_id,
    )


async def _usage(rt: Runtime) -> list[UsageRow]:
    async with rt.database.reading() as db:
        rows = (await db.exec(select(UsageRow))).all()
    return sorted(rows, key=lambda row: (row.started_at, row.place))


async def test_an_answer_is_no_longer_than_a_budget_has_room_for(
    rt: Runtime, owner: str, server: ModelServer
) -> None:
    prices.use({MODEL: prices.Price(input_per_million=0.0, output_per_million=10.0)})
    try:
        await models.open_route(
            rt, await models.route_for(rt, owner, MODEL), CallScope(owner_id=owner)
        ).complete(ASK)
        await budgets.set_budget(rt, owner, "person", owner, "day", limit_usd=0.01)
        client = models.open_route(
            rt, await models.route_for(rt, owner, MODEL), CallScope(owner_id=owner), fresh=True
        )
        await client.complete(ASK)
    finally:
        prices.use({})

    free, capped = [one.body.get("max_tokens") for one in server.requests]
    assert free is None
    assert 256 <= capped < 1_000
