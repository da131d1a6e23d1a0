"""A budget of some cents under a hundred calls at once: it stops at the cent, and everybody else is told in words."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from babble_app.errors import BudgetExhaustedError
from babble_app.schemas.events import MessageDone, RunFailed
from babble_app.services import chats, keys, profiles, runs, workspaces
from tests.factories import make_user
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule
from tests.integration.services.brain.brains import (
    KEY,
    MODEL,
    TOKEN_NANO,
    answer_of,
    ask,
    follow,
    open_along,
)
from tests.integration.services.meter.ledgers import cap, figures, stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.services.runtime import Runtime

AT_ONCE = 100
LIMIT_CENTS = 5
RESERVED, USED = 10, 7
"""Tokens of an answer: at most, and really."""
MOST_ANSWERS = 6
"""After six there are 0.8 cents left, and one more may cost 1."""


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(rules=[Rule(Answer("Hello there.", usage=(3, USED)))]) as running:
        yield running


async def test_a_hundred_calls_at_once_stop_at_the_cent(rt: Runtime, server: ModelServer) -> None:
    owner = (await make_user(rt)).id
    await cap(rt, owner, LIMIT_CENTS / 100)
    client = open_along(rt, owner, {"fake-model": server})

    async def call(number: int) -> str:
        request = ask(f"question {number}", max_output_tokens=RESERVED)
        return await answer_of(client, request, streamed=number % 2 == 0)

    waves = [
        await asyncio.gather(*(call(number) for number in range(AT_ONCE)), return_exceptions=True)
        for _ in range(3)
    ]

    outcomes = [outcome for wave in waves for outcome in wave]
    answers = [outcome for outcome in outcomes if outcome == "Hello there."]
    refusals = [outcome for outcome in outcomes if isinstance(outcome, BudgetExhaustedError)]
    assert len(answers) == MOST_ANSWERS
    assert len(refusals) == len(outcomes) - MOST_ANSWERS
    assert all("Your budget for" in str(one) for one in refusals)
    assert "has $0.008 left: this answer may cost $0.01." in str(refusals[-1])
    assert len(server.requests) == MOST_ANSWERS
    assert [row.cost_nano for row in await stored(rt)] == [USED * TOKEN_NANO] * MOST_ANSWERS
    assert await figures(rt, owner) == (0.042, 0, "warning")


async def test_answers_dearer_than_foreseen_pass_the_budget_by_those_under_way_only(
    rt: Runtime, server: ModelServer
) -> None:
    owner = (await make_user(rt)).id
    await cap(rt, owner, LIMIT_CENTS / 100)
    client = open_along(rt, owner, {"fake-model": server})

    async def call(number: int) -> str:
        request = ask(f"question {number}", max_output_tokens=USED - 1)  # the server writes more
        return await answer_of(client, request, streamed=True)

    for number in range(AT_ONCE):
        await asyncio.gather(call(number), return_exceptions=True)

    spent = sum(row.cost_nano for row in await stored(rt))
    limit, one_call = LIMIT_CENTS * 10 * TOKEN_NANO, USED * TOKEN_NANO
    assert limit - one_call < spent <= limit + one_call
    assert (await figures(rt, owner))[1] == 0


async def test_a_hundred_runs_at_once_stop_at_the_cent_and_say_so(
    rt: Runtime, server: ModelServer
) -> None:
    owner = (await make_user(rt, role="admin")).id
    await keys.set_key(rt, owner, "custom", KEY, base_url=server.openai_url)
    profile = await profiles.create_profile(rt, owner, name="Brief", max_output_tokens=RESERVED)
    await cap(rt, owner, LIMIT_CENTS / 100)
    workspace = await workspaces.create_workspace(rt, owner, "W")
    made = [
        await chats.create_chat(rt, owner, workspace.id, model=MODEL, profile=profile.id)
        for _ in range(AT_ONCE)
    ]

    started = [
        await runs.start(rt, owner, chat.id, text=f"question {number}", mode="chat")
        for number, chat in enumerate(made)
    ]
    ends = [events[-1] for events in await asyncio.gather(*(follow(rt, owner, run.id) for run in started))]  # fmt: skip

    done = [end for end in ends if isinstance(end, MessageDone)]
    failed = [end for end in ends if isinstance(end, RunFailed)]
    assert len(done) + len(failed) == AT_ONCE
    assert LIMIT_CENTS <= len(done) <= MOST_ANSWERS
    assert {end.code for end in failed} == {"budget_exhausted"}
    assert all("Your budget for" in end.message for end in failed)
    rows = await stored(rt)
    assert sum(row.cost_nano for row in rows) == len(done) * USED * TOKEN_NANO
    assert sorted(row.run_id for row in rows) == sorted(
        run.id for run, end in zip(started, ends, strict=True) if isinstance(end, MessageDone)
    )
    assert await figures(rt, owner) == (len(done) * 0.007, 0, "warning" if len(done) == MOST_ANSWERS else "ok")  # fmt: skip
