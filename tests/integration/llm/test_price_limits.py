"""What a model costs decides who is asked: a limit that holds, and the cheapest that fits; all through real sockets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from babble_app.llm.choice import cheapest_first
from babble_app.schemas.models import ToolSpec
from babble_app.schemas.profiles import RouteRule
from tests.fakes.script import Answer
from tests.integration.llm.clients import ask, collect, text_of
from tests.integration.llm.routes import routed, serving

DOWN = Answer(fault="status", status=503)
TOO_DEAR = "dear was too dear: $60 a million tokens, the limit is $10"
FACTS = {
    "dear": {"output_usd_per_million": 60.0},
    "exact": {"output_usd_per_million": 10.0},
    "cheap": {"output_usd_per_million": 0.6, "calls_tools": False},
    "unknown": {"output_usd_per_million": None},
}


def limited(opened, **changes):
    """Return the client with a limit of ten dollars."""
    route = replace(opened.client.route, max_usd_per_million=10.0, **changes)
    return replace(opened.client, route=route)


def cheapest(opened):
    """Return the client with the cheapest of its models in front."""
    route = replace(opened.client.route, name="Coder")
    return replace(
        opened.client, route=cheapest_first(route, [one.info.id for one in route.candidates])
    )


@pytest.mark.parametrize("racing", [False, True])
@pytest.mark.parametrize("streamed", [True, False])
async def test_a_model_that_is_too_dear_is_kept_out_and_the_answer_says_so(streamed, racing):
    with serving(dear="dearly", exact="for ten dollars") as servers:
        async with routed(servers, facts=FACTS, racing=racing, why_first="your default") as opened:
            client = limited(opened)
            answer = await _answer(client, ask(), streamed=streamed)

    assert answer == ("for ten dollars", f"exact: {TOO_DEAR}")
    assert client.name == "custom/exact"
    assert servers["dear"].requests == []


async def test_one_whose_price_nobody_knows_is_kept_out_only_where_there_is_a_limit():
    with serving(unknown="who knows", cheap="cheaply") as servers:
        async with routed(servers, facts=FACTS) as opened:
            within = await _answer(limited(opened), ask())
            anyhow = await _answer(opened.client, ask())

    assert within == (
        "cheaply",
        "cheap: unknown has no known price, the limit is $10 a million tokens",
    )
    assert anyhow == ("who knows", "")


async def test_the_limit_holds_when_all_within_it_fail_or_do_not_fit():
    tool = ToolSpec(name="look_up", description="Look something up.", parameters={})
    with serving(dear="dearly", cheap=DOWN) as servers:
        async with routed(servers, facts=FACTS) as opened:
            _, error = await collect(limited(opened), ask(tools=(tool,)))

    assert error is not None
    assert error.code == "provider_unavailable"
    assert servers["dear"].requests == []


async def test_a_rule_does_not_lift_the_limit():
    rules = (RouteRule(models=("custom/dear",), tasks=("answer",)),)
    with serving(cheap="cheaply", dear="dearly") as servers:
        async with routed(servers, facts=FACTS, why_first="your default") as opened:
            answer = await _answer(limited(opened, rules=rules), ask())

    assert answer == ("cheaply", f"cheap: {TOO_DEAR}")


async def test_the_cheapest_that_fits_is_asked_first():
    tool = ToolSpec(name="look_up", description="Look something up.", parameters={})
    with serving(unknown="x", dear="dearly", exact="for ten", cheap="cheaply") as servers:
        async with routed(servers, facts=FACTS, why_first="your default") as opened:
            client = cheapest(opened)
            plain = await _answer(client, ask())
            with_tools = await _answer(client, ask(tools=(tool,)))

    assert plain == ("cheaply", "cheap: cheapest of Coder: $0.60 a million tokens")
    assert with_tools == ("for ten", "exact: needs tools")


async def _answer(client, request, *, streamed=True):
    if not streamed:
        whole = await client.complete(request)
        return whole.text, whole.why
    events, error = await collect(client, request)
    assert error is None
    return text_of(events), events[-1].why
