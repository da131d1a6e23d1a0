"""Providers repeat keys in their refusals: the keys come out nowhere, whatever way they were refused."""

from __future__ import annotations

import logging
import zipfile
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.errors import BabbleError
from babble_app.llm.catalogue import Models
from babble_app.llm.retries import Retries
from babble_app.schemas.events import MessageDone, RunFailed
from babble_app.services import accounts, budgets, chats, keys, runs, usage
from tests.factories import make_chat, make_user
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule
from tests.integration.llm.clients import Waits
from tests.integration.services.brain.brains import MODEL, answer_of, ask, follow, open_along
from tests.integration.services.meter.ledgers import stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.services.runtime import Runtime
    from tests.fakes.script import Incoming

KEYS = ("sk-canary-of-a-known-form-77aa", "canary.of.no.known.form.3b9f")


def refuse(incoming: Incoming) -> Answer:
    """Repeat the key in every way that a provider has to say something wrong."""
    key = incoming.headers.get("Authorization", "")
    message = f"bad request of {key}, that is {key.removeprefix('Bearer ')}"
    fault = incoming.last_user.partition(" ")[0]
    if fault.isdigit():
        return Answer(fault="status", status=int(fault), message=message)
    if fault == "error":
        return Answer(text="one two three four five", fault="error", after=2, message=message)
    return Answer(text="fine")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(rules=[Rule(refuse)]) as running:
        yield running


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.mark.parametrize("key", KEYS, ids=["known form", "no known form"])
async def test_a_key_that_providers_repeat_comes_out_nowhere(
    rt: Runtime, server: ModelServer, heard: pytest.LogCaptureFixture, key: str
) -> None:
    rt.models = Models(rt.settings, retries=Retries(sleep=Waits().sleep))
    owner = (await make_user(rt, role="admin")).id
    await keys.set_key(rt, owner, "custom", key, base_url=server.openai_url)
    told: list[Any] = []
    for fault in ("401", "403", "400", "404", "429", "500", "error"):
        told += await _call(rt, owner, server, key, fault)
        told += await _run(rt, owner, fault)

    told += await _read_everything(rt, owner)

    text = "\n".join(map(repr, told))
    assert "canary" not in text
    assert "custom answered 401" in heard.text
    assert key not in heard.text
    assert "canary" not in heard.text
    assert len(server.requests) > 7


async def test_the_line_that_says_why_names_no_key(
    rt: Runtime, server: ModelServer, heard: pytest.LogCaptureFixture
) -> None:
    owner = (await make_user(rt)).id
    with ModelServer(rules=[Rule("fine")]) as healthy:
        client = open_along(rt, owner, {"refusing": server, "healthy": healthy}, key=KEYS[1])

        answer = await client.complete(ask("401 please"))

    assert answer.why == "healthy: refusing refused the key"
    assert "canary" not in repr([answer, client, await stored(rt)])
    assert "canary" not in heard.text


async def _call(
    rt: Runtime, owner: str, server: ModelServer, key: str, fault: str
) -> list[BabbleError | str]:
    """Ask one, and a route of two that refuse alike, both ways; return what came of it, with all causes."""
    told: list[BabbleError | str] = []
    for names, streamed in product((("one", "two"), ("one",)), (True, False)):
        client = open_along(rt, owner, dict.fromkeys(names, server), key=key)
        with pytest.raises(BabbleError) as caught:
            await answer_of(client, ask(f"{fault} please"), streamed=streamed)
        error: BaseException | None = caught.value
        while error is not None:
            told.append(f"{error!r} {vars(error)!r}")
            error = error.__cause__ or error.__context__
    return told


async def _run(rt: Runtime, owner: str, fault: str) -> list[Any]:
    _, chat = await make_chat(rt, owner, model=MODEL)
    run = await runs.start(rt, owner, chat.id, text=f"{fault} please", mode="chat")
    events = await follow(rt, owner, run.id)
    assert isinstance(events[-1], RunFailed)
    again = await runs.start(rt, owner, chat.id, text="now well", mode="chat")
    answered = await follow(rt, owner, again.id)
    assert isinstance(answered[-1], MessageDone)
    return [*events, *answered, *await chats.list_messages(rt, owner, chat.id)]


async def _read_everything(rt: Runtime, owner: str) -> list[Any]:
    """Return every figure, table and export that the calls left behind."""
    since = datetime.now(UTC) - timedelta(days=1)
    rows = await stored(rt)
    lines = [line async for line in await usage.csv_rows(rt, owner, since=since, everybody=True)]
    assert len(rows) == sum(line.count("\n") for line in lines) - 1
    with zipfile.ZipFile(await accounts.export_data(rt, owner)) as archive:
        exported = [archive.read(name).decode() for name in archive.namelist()]
    assert any("provider_keys" in text for text in exported)
    stats = await usage.get_stats(rt, owner, since=since, everybody=True)
    return [*rows, *lines, *exported, stats, *await budgets.list_budgets(rt, owner)]
