"""Pictures are on the account like answers: a row for each, whatever came of it, and none beyond a budget."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.errors import BabbleError, BudgetExhaustedError
from babble_app.llm.route import Route
from babble_app.llm.routed_media import RoutedMedia
from babble_app.schemas.calls import CallScope
from babble_app.schemas.events import MessageDone, RunFailed
from babble_app.schemas.usage import Usage
from babble_app.services import runs
from tests.call_factories import make_record
from tests.conftest import make_settings
from tests.factories import make_chat, make_user
from tests.fakes.media_server import MediaServer
from tests.integration.services.meter.ledgers import cap, figures, stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from babble_app.services.runtime import Runtime
    from babble_app.settings import Settings
    from tests.databases import Source

PRICED = "openrouter/google/gemini-2.5-flash-image"
UNPRICED = "openrouter/nobody/knows"
EACH = 39_000_000
"""Billionths of a dollar, by the table."""


@pytest.fixture
def source(sqlite: Source) -> Source:
    """One kind of database: what is stored of calls is tested on both elsewhere."""
    return sqlite


@pytest.fixture
def server() -> Iterator[MediaServer]:
    running = MediaServer()
    with running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, database_address: str, server: MediaServer) -> Settings:
    """A server with a key for pictures."""
    return make_settings(
        tmp_path,
        DATABASE_URL=database_address,
        OPENROUTER_API_KEY="sk-or-canary-123456",
        OPENROUTER_BASE_URL=server.openai_url,
    )


def open_metered(rt: Runtime, owner: str, *models: str) -> RoutedMedia:
    candidates = tuple(
        rt.models.candidate(model, rt.models.environment_credential(model.partition("/")[0]))
        for model in models or (PRICED,)
    )
    scope = CallScope(owner_id=owner)
    return RoutedMedia(Route(candidates), rt.models.health, rt.meter, scope)


async def draw(rt: Runtime, owner: str, chat_id: str) -> Any:
    run = await runs.start(rt, owner, chat_id, text="A red fox", mode="auto")
    async with asyncio.timeout(60), aclosing(runs.events(rt, owner, run.id)) as events:
        return run.id, [item.event async for item in events]


async def test_a_run_that_draws_is_a_row_and_stops_at_the_budget(
    rt: Runtime, server: MediaServer
) -> None:
    owner, chat = await make_chat(rt, profile="image_gen")
    await cap(rt, owner, 0.05)

    run_id, first = await draw(rt, owner, chat.id)
    _, second = await draw(rt, owner, chat.id)

    assert isinstance(first[-1], MessageDone)
    assert first[-1].usage.cost_usd == 0.039
    assert isinstance(second[-1], RunFailed)
    assert second[-1].code == "budget_exhausted"
    assert "has $0.01 left: this answer may cost $0.04" in second[-1].message
    assert len(server.bodies) == 1
    (row,) = await stored(rt)
    assert (row.task, row.model, row.outcome, row.cost_nano) == ("illustrate", PRICED, "ok", EACH)
    assert (row.run_id, row.chat_id, row.workspace_id, row.profile) == (
        run_id, chat.id, chat.workspace_id, "image_gen",
    )  # fmt: skip
    assert (row.input_tokens, row.output_tokens) == (9, 200)
    assert row.latency_ms > 0
    assert await figures(rt, owner) == (0.039, 0, "ok")


@pytest.mark.parametrize(
    ("fault", "code", "cost"),
    [
        ("broken", "provider_unavailable", 0),
        ("key", "provider_key_refused", 0),
        ("text", "model_answer_invalid", EACH),
    ],
)
async def test_a_picture_that_failed_is_a_row_with_what_was_perhaps_billed(
    rt: Runtime, server: MediaServer, fault: str, code: str, cost: int
) -> None:
    owner = (await make_user(rt)).id
    await cap(rt, owner, 1)
    server.faults["image"] = fault

    with pytest.raises(BabbleError):
        await open_metered(rt, owner).generate_image("A red fox")

    (row,) = await stored(rt)
    assert (row.outcome, row.error_code, row.cost_nano) == ("failed", code, cost)
    assert await figures(rt, owner) == (cost / 1e9, 0, "ok")


async def test_a_picture_that_was_stopped_is_settled_once(rt: Runtime, server: MediaServer) -> None:
    owner = (await make_user(rt)).id
    await cap(rt, owner, 1)
    server.faults["image"] = "hang"
    drawing = asyncio.create_task(open_metered(rt, owner).generate_image("A red fox"))
    assert await asyncio.to_thread(server.asked.wait, 30)

    held = await figures(rt, owner)
    drawing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drawing

    assert held == (0, 0.039, "ok")
    (row,) = await stored(rt)
    assert (row.outcome, row.error_code, row.cost_nano) == ("stopped", "", EACH)
    assert await figures(rt, owner) == (0.039, 0, "ok")


async def test_what_has_no_price_is_made_until_a_budget_is_used_up(
    rt: Runtime, server: MediaServer
) -> None:
    owner = (await make_user(rt)).id
    await cap(rt, owner, 0.039)

    await open_metered(rt, owner, UNPRICED).generate_image("A red fox")
    await open_metered(rt, owner).generate_image("A red fox")
    with pytest.raises(BudgetExhaustedError, match="is used up"):
        await open_metered(rt, owner, UNPRICED).generate_image("A red fox")

    assert len(server.bodies) == 2
    assert [row.cost_nano for row in await stored(rt)] == [None, EACH]


async def test_what_was_made_without_tokens_and_price_is_not_free(rt: Runtime) -> None:
    owner = (await make_user(rt)).id

    for cost in (None, 0.0):
        usage = Usage(cost_usd=cost)
        await rt.meter.note(make_record(owner, task="illustrate", model=UNPRICED, usage=usage))

    assert [row.cost_nano for row in await stored(rt)] == [None, 0]
