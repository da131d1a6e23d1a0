"""What a live run may reach: the hosts that its workspace allows, through real sockets; a test run reaches nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from babble_app.based.effects import ActionEffect, HttpEffect
from babble_app.errors import NotFoundError
from babble_app.schemas.mocks import Mock
from babble_app.services import outside, workspaces
from tests.factories import make_user, make_workspace
from tests.fakes.scripted_client import ScriptedClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from babble_app.services.runtime import Runtime
    from babble_app.settings import Settings
    from tests.databases import Source

from tests.conftest import make_settings


@pytest.fixture
def source(sqlite: Source) -> Source:
    """One kind of database: nothing here depends on it."""
    return sqlite


@pytest.fixture
def settings(tmp_path: Path, database_address: str) -> Settings:
    """An operator who allows this machine."""
    return make_settings(
        tmp_path,
        DATABASE_URL=database_address,
        BABBLE_ALLOWED_PRIVATE_HOSTS="127.0.0.1, tickets.lan:8080",
    )


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"q": request.query.get("q")}, status=201)

    app = web.Application()
    app.router.add_get("/stock", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/stock"
    await runner.cleanup()


def get(url: str) -> HttpEffect:
    return HttpEffect(1, "GET", url, {"q": "figs"}, None, {})


async def test_a_live_run_calls_what_its_workspace_allows_and_nothing_else(
    rt: Runtime, url: str
) -> None:
    owner, workspace = await make_workspace(rt)
    model = ScriptedClient()

    async def call(effect: HttpEffect | ActionEffect) -> dict[str, object]:
        answer, usage = await outside.answer_effect(
            rt, owner, workspace.id, effect, model=model, live=True
        )
        assert usage.input_tokens == 0
        return answer

    refused = await call(get(url))
    await workspaces.update_workspace(
        rt, owner, workspace.id, allowed_hosts=["127.0.0.1", "shop.example"]
    )
    allowed = await call(get(url))

    assert refused["error"] == "the workspace does not allow calls to 127.0.0.1"
    assert (allowed["status"], allowed["body"], allowed["mocked"]) == (201, {"q": "figs"}, False)
    assert "does not allow" in str((await call(get("http://10.0.0.1/")))["error"])
    action = await call(ActionEffect(1, "integrations.slack.send", {}))
    assert action["error"] == "integrations.slack.send is not connected"


async def test_a_test_run_is_answered_by_its_mocks_and_a_foreign_workspace_is_not_there(
    rt: Runtime, url: str
) -> None:
    owner, workspace = await make_workspace(rt)
    other = (await make_user(rt)).id
    model = ScriptedClient()
    mocks = [Mock(kind="http", url="*/stock", status=503)]

    answer, _ = await outside.answer_effect(
        rt, owner, workspace.id, get(url), model=model, mocks=mocks
    )

    assert (answer["status"], answer["mocked"]) == (503, True)
    with pytest.raises(NotFoundError):
        await outside.answer_effect(rt, other, workspace.id, get(url), model=model, live=True)
