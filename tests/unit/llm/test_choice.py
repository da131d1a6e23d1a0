"""Which models of a route a request goes to, and why."""

from __future__ import annotations

from typing import Any

import pytest

from babble_app.errors import (
    BabbleError,
    BudgetExhaustedError,
    ProviderKeyRefusedError,
    ProviderRateLimitedError,
    ProviderUnavailableError,
)
from babble_app.llm.choice import cheapest_first, rank, reasons_before
from babble_app.llm.health import Health
from babble_app.llm.reasons import joined_failure, why_line
from babble_app.llm.route import Candidate, Route
from babble_app.schemas.models import Image, ModelMessage, ModelRequest, ToolSpec
from tests.unit.llm.candidates import make_candidate

PICTURE = Image(media_type="image/png", data=b"png")
TOOL = ToolSpec(name="look_up", description="Look something up.", parameters={})


def ask(text: str = "hi", *, images: tuple[Image, ...] = (), **fields: Any) -> ModelRequest:
    return ModelRequest(messages=(ModelMessage(role="user", text=text, images=images),), **fields)


def ready(request: ModelRequest, *candidates: Candidate) -> list[str]:
    ranking = rank(request, Route(candidates), Health())
    return [one.info.title for one in ranking.ready]


def test_the_routes_order_stays_where_all_can_answer() -> None:
    assert ready(ask(), make_candidate("one"), make_candidate("two")) == ["one", "two"]


def test_images_need_a_model_that_sees() -> None:
    blind = make_candidate("blind", sees_images=False)

    assert ready(ask(images=(PICTURE,)), blind, make_candidate("two")) == ["two"]


@pytest.mark.parametrize("task", ["triage", "summarize", "rephrase", "judge"])
def test_short_tasks_about_words_need_no_eyes(task: Any) -> None:
    blind = make_candidate("blind", sees_images=False)

    assert ready(ask(images=(PICTURE,), task=task), blind, make_candidate("two"))[0] == "blind"


def test_tools_need_a_model_that_calls_them() -> None:
    plain = make_candidate("plain", calls_tools=False)

    assert ready(ask(tools=(TOOL,)), plain, make_candidate("two")) == ["two"]


def test_prompt_and_answer_must_fit_the_context() -> None:
    small = make_candidate("small", context_tokens=8_000)
    long = ask("word " * 7_500)

    assert ready(long, small, make_candidate("two")) == ["two"]
    assert ready(ask("word " * 4_000), small, make_candidate("two"))[0] == "small"
    assert ready(ask(max_output_tokens=9_000), small, make_candidate("two")) == ["two"]


def test_tokens_are_not_counted_where_they_cannot_matter() -> None:
    def count(_: ModelRequest) -> int:
        pytest.fail("counted")

    route = Route((make_candidate("one", context_tokens=128_000), make_candidate("two")))

    assert rank(ask("x" * 100_000), route, Health(), count=count).passed == ()


def test_a_need_that_nobody_meets_passes_nobody_over() -> None:
    blind = [make_candidate(name, sees_images=False) for name in ("one", "two")]

    assert ready(ask(images=(PICTURE,)), *blind) == ["one", "two"]


def test_a_single_model_is_asked_whatever_it_lacks() -> None:
    lone = make_candidate("one", sees_images=False, calls_tools=False, context_tokens=10)

    assert ready(ask("word " * 99, images=(PICTURE,), tools=(TOOL,)), lone) == ["one"]


def test_a_lone_model_within_the_limit_of_the_price_is_asked_whatever_it_lacks() -> None:
    dear = make_candidate("dear", output_usd_per_million=60.0)
    free = make_candidate("free", output_usd_per_million=0.0, calls_tools=False)
    route = Route((dear, free), max_usd_per_million=0.0)

    ranking = rank(ask(tools=(TOOL,)), route, Health())

    assert ranking.ready == (free,)
    assert [one.reason for one in ranking.passed] == [
        "dear was too dear: $60 a million tokens, the limit is $0"
    ]


def test_the_cheapest_are_in_front_and_those_that_are_not_among_them_stay_behind() -> None:
    prices = {"unknown": None, "ten": 10.0, "two": 2.0, "other": 1.0, "same": 2.0}
    candidates = tuple(
        make_candidate(name, output_usd_per_million=price) for name, price in prices.items()
    )
    route = Route(candidates, name="Coder", why_first="first choice of Coder")

    ordered = cheapest_first(
        route, {one.info.id for one in candidates if one.info.title != "other"}
    )

    assert [one.info.title for one in ordered.candidates] == [
        "two",
        "same",
        "ten",
        "unknown",
        "other",
    ]
    assert ordered.why_first == "cheapest of Coder: $2 a million tokens"
    assert cheapest_first(Route(candidates[:1], why_first="x"), ()).why_first == "x"


def test_cooling_models_come_last() -> None:
    one, two = make_candidate("one", key="a"), make_candidate("two", key="b")
    health = Health()
    health.enter(one).bad(ProviderRateLimitedError("slow down"))

    ranking = rank(ask(), Route((one, two)), health)

    assert ranking.ready == (two,)
    assert ranking.cooling == (one,)
    assert ranking.passed[0].reason == "one was rate-limited"


def test_the_line_says_what_was_needed_and_who_was_in_trouble() -> None:
    blind = make_candidate("blind", sees_images=False)
    limited, seeing = make_candidate("gpt", key="a"), make_candidate("claude", via="OpenRouter")
    later = make_candidate("small", context_tokens=5)
    route = Route((blind, limited, seeing, later))
    health = Health()
    health.enter(limited).bad(ProviderRateLimitedError("slow down"))

    ranking = rank(ask("word " * 20, images=(PICTURE,)), route, health)

    reasons = reasons_before(seeing, route, ranking.passed)
    line = why_line(seeing, route, reasons)
    assert line == "claude (through OpenRouter): needs vision; gpt was rate-limited"
    assert ranking.passed[1].reason == "small's context of 5 is too small"


def test_nothing_to_say_is_an_empty_line() -> None:
    one = make_candidate("one")

    assert why_line(one, Route((one,)), []) == ""


def test_models_of_one_name_are_told_apart_by_their_providers() -> None:
    one = make_candidate("llama")
    other_info = one.info.model_copy(update={"id": "other/llama"})
    other = Candidate(info=other_info, open=one.open, health_key="b")

    assert why_line(other, Route((one, other)), ["needs tools"]) == "other/llama: needs tools"


LIMITED = ProviderRateLimitedError("It is limiting calls.", retry_after_seconds=7)
REFUSED = ProviderKeyRefusedError("It refused the key.")
DOWN = ProviderUnavailableError("It is down.")
BROKE = BudgetExhaustedError("Today's budget is spent.")


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ([LIMITED, REFUSED], "provider_rate_limited"),
        ([LIMITED, DOWN], "provider_unavailable"),
        ([REFUSED, BROKE], "provider_key_refused"),
        ([BROKE, BROKE], "budget_exhausted"),
    ],
    ids=lambda value: value if isinstance(value, str) else "+".join(one.code for one in value),
)
def test_of_several_failures_the_most_helpful_is_told(errors: list[BabbleError], code: str) -> None:
    told = joined_failure([(f"model{number}", error) for number, error in enumerate(errors, 1)])

    assert told.code == code
    assert str(told).startswith("No model answered: model1 ")
    assert "; model2 " in str(told)


def test_a_joined_failure_keeps_what_its_error_knew() -> None:
    told = joined_failure([("one", REFUSED), ("two", LIMITED)])

    assert isinstance(told, ProviderRateLimitedError)
    assert told.retry_after_seconds == 7
    assert str(LIMITED) == "It is limiting calls."


def test_a_lone_failure_is_told_as_it_is() -> None:
    assert joined_failure([("one", DOWN)]) is DOWN
