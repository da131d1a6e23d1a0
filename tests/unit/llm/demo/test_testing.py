"""The demo model in tests of agents: it says the goal's conditions and leaves, and compares words as a judge."""

from __future__ import annotations

import pytest

from babble_app.agents.judge import judge
from babble_app.agents.persona import next_message
from babble_app.llm.demo.client import DemoClient

GOAL = "Talk so that first this becomes the case: “I want a cake”. Then this: “no thanks”."


async def test_it_says_the_goals_conditions_one_after_the_other_and_ends() -> None:
    said: list[str] = []
    messages = [("assistant", "Hello!")]

    for _ in range(3):
        text, _ = await next_message(DemoClient(), persona="", goal=GOAL, messages=messages)  # type: ignore[arg-type]
        said.append(text)
        messages += [("user", text), ("assistant", "Fine.")]

    assert said == ["I want a cake", "no thanks", ""]


@pytest.mark.parametrize(
    ("outcome", "passed"), [("The agent notes two apple cakes.", True), ("A car is sold.", False)]
)
async def test_it_judges_by_common_words_and_quotes_a_line(outcome: str, passed: bool) -> None:
    lines = ["agent: 2 x apple cakes, noted by the agent.", "end: finished"]

    verdict, _ = await judge(DemoClient(), outcome, lines)

    assert (verdict.passed, verdict.outcome) == (passed, outcome)
    assert verdict.quote in lines
