"""When the rules of a route hold, and what they say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from babble_app.llm.route import Route
from babble_app.llm.rules import Decisions, follow
from babble_app.schemas.models import ModelMessage, ModelRequest, ToolSpec
from babble_app.schemas.profiles import RouteRule
from tests.unit.llm.candidates import make_candidate

if TYPE_CHECKING:
    from babble_app.schemas.profiles import Difficulty

CANDIDATES = tuple(make_candidate(name) for name in ("one", "two", "three"))
GERMAN = "Was ist ein Wal, und wie schwer ist er?"


class Judge:
    """Says one thing, and counts how often it was asked."""

    def __init__(self, difficulty: Difficulty | None = None) -> None:
        self.difficulty: Difficulty | None = difficulty
        self.asked = 0

    async def __call__(self, _: ModelRequest) -> Difficulty | None:
        """Say it."""
        self.asked += 1
        return self.difficulty


def rule(*models: str, **conditions: Any) -> RouteRule:
    return RouteRule(models=tuple(f"acme/{name}" for name in models or ("three",)), **conditions)


def ask(text: str = "What is a whale?", **fields: Any) -> ModelRequest:
    said = (
        ModelMessage(role="system", text="You are kind."),
        ModelMessage(role="user", text=text),
    )
    return ModelRequest(messages=said, **fields)


async def told(request: ModelRequest, *rules: RouteRule, judge: Judge | None = None) -> str:
    """Return why the first model is first, with its name."""
    route = Route(CANDIDATES, why_first="your default", rules=rules)
    ruled = await follow(route, request, judge or Judge())
    return f"{ruled.candidates[0].info.title}: {ruled.why_first}"


@pytest.mark.parametrize(
    ("conditions", "request_", "words"),
    [
        ({"tasks": ("triage", "build")}, ask(task="build"), "task: build"),
        ({"languages": ("fr", "de")}, ask(GERMAN), "written in German"),
        ({"longer_than_tokens": 100}, ask("word " * 200), "long prompt"),
        ({"shorter_than_tokens": 100}, ask("word " * 9), "short prompt"),
        ({"difficulty": "hard"}, ask(), "judged hard"),
        (
            {"tasks": ("answer",), "languages": ("de",), "difficulty": "hard"},
            ask(GERMAN),
            "task: answer, written in German, judged hard",
        ),
        (
            {"longer_than_tokens": 20, "shorter_than_tokens": 200},
            ask("word " * 50),
            "long prompt, short prompt",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_rule_that_holds_brings_its_models_to_the_front_and_says_why(
    conditions: dict[str, Any], request_: ModelRequest, words: str
) -> None:
    assert await told(request_, rule(**conditions), judge=Judge("hard")) == f"three: {words}"


@pytest.mark.parametrize(
    ("conditions", "request_"),
    [
        ({"tasks": ("triage", "build")}, ask()),
        ({"languages": ("fr", "de")}, ask()),
        ({"languages": ("fr", "de")}, ask("hm")),
        ({"longer_than_tokens": 100}, ask("word " * 9)),
        ({"shorter_than_tokens": 100}, ask("word " * 200)),
        ({"difficulty": "easy"}, ask()),
        ({"tasks": ("answer",), "languages": ("de",)}, ask()),
        ({"tasks": ("build",), "languages": ("de",)}, ask(GERMAN)),
    ],
)
async def test_a_rule_of_which_one_condition_fails_changes_nothing(
    conditions: dict[str, Any], request_: ModelRequest
) -> None:
    assert await told(request_, rule(**conditions), judge=Judge("hard")) == "one: your default"


async def test_the_order_is_the_rules_and_the_others_keep_theirs() -> None:
    route = Route(CANDIDATES, rules=(rule("three", "unopened", "two", tasks=("answer",)),))

    ruled = await follow(route, ask(), Judge())

    assert [one.info.title for one in ruled.candidates] == ["three", "two", "one"]


async def test_the_first_rule_that_holds_counts() -> None:
    rules = (
        rule(tasks=("build",)),
        rule("two", tasks=("answer",)),
        rule("three", shorter_than_tokens=999),
    )

    assert await told(ask(), *rules) == "two: task: answer"


async def test_the_length_is_the_whole_prompts() -> None:
    tool = ToolSpec(name="look_up", description="word " * 200, parameters={})
    bound = rule(longer_than_tokens=150)

    assert await told(ask(tools=(tool,)), bound) == "three: long prompt"
    assert await told(ask(), bound) == "one: your default"


async def test_a_length_is_exactly_that() -> None:
    request = ask("word " * 200)
    tokens = 200 + 1 + 4 + 8  # a space, "You are kind." and what each message adds

    assert await told(request, rule(longer_than_tokens=tokens)) == "one: your default"
    assert await told(request, rule(longer_than_tokens=tokens - 1)) == "three: long prompt"
    assert await told(request, rule(shorter_than_tokens=tokens)) == "one: your default"
    assert await told(request, rule(shorter_than_tokens=tokens + 1)) == "three: short prompt"


async def test_the_judge_is_asked_once_and_only_where_all_else_holds() -> None:
    judge = Judge("hard")
    german = rule(languages=("de",), difficulty="hard")

    assert await told(ask(), german, judge=judge) == "one: your default"
    assert judge.asked == 0
    assert (
        await told(ask(), rule(tasks=("answer",)), rule(difficulty="hard"), judge=judge)
        == "three: task: answer"
    )
    assert judge.asked == 0
    easy, hard = rule("two", difficulty="easy"), rule(difficulty="hard")
    assert await told(ask(), easy, hard, judge=judge) == "three: judged hard"
    assert judge.asked == 1


async def test_without_a_judgement_no_rule_by_difficulty_holds_and_it_is_not_asked_again() -> None:
    judge = Judge(None)
    easy, hard = rule("two", difficulty="easy"), rule(difficulty="hard")

    assert await told(ask(), easy, hard, judge=judge) == "one: your default"
    assert judge.asked == 1


async def test_what_goes_on_from_a_request_stays_with_its_models() -> None:
    judge = Judge("hard")
    route = Route(
        CANDIDATES,
        rules=(rule("two", languages=("de",)), rule(difficulty="hard")),
    )
    decisions = Decisions()
    request = ask(GERMAN)
    more = (
        ModelMessage(role="assistant", text="x"),
        ModelMessage(role="user", text="What you wrote is not the program that I need."),
    )
    longer = request.model_copy(update={"messages": (*request.messages, *more)})

    first = await decisions.route_for(request, route, judge)
    second = await decisions.route_for(longer, route, judge)
    other = await decisions.route_for(ask(), route, judge)
    again = await decisions.route_for(longer, route, judge)

    assert first.why_first == "written in German"
    assert second is first
    assert again is first
    assert other.why_first == "judged hard"
    assert judge.asked == 1


async def test_another_task_with_the_same_words_is_decided_anew() -> None:
    route = Route(CANDIDATES, rules=(rule(tasks=("build",)),))
    decisions = Decisions()

    await decisions.route_for(ask(), route, Judge())
    built = await decisions.route_for(ask(task="build"), route, Judge())

    assert built.why_first == "task: build"
