"""Pictures and videos become files of the chat's workspace; who makes them goes by the person's keys."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.errors import ModelUnavailableError, NotFoundError, QuotaExceededError
from babble_app.llm.routed_media import RoutedMedia
from babble_app.schemas.events import FileMade, RunFailed
from babble_app.schemas.profiles import Profile
from babble_app.schemas.visits import VisitorMessage
from babble_app.services import (
    app_callers,
    app_tokens,
    apps,
    files,
    keys,
    made_files,
    visits,
)
from babble_app.services.run_driver import Job
from babble_app.services.runtime import running
from babble_app.services.visit_turns import VisitTurn
from tests.conftest import make_settings
from tests.factories import make_chat, make_user
from tests.fakes.media_server import MP4, PNG
from tests.unit.agents.agent_requests import make_request

if TYPE_CHECKING:
    from pathlib import Path

    from babble_app.services.runtime import Runtime
    from babble_app.store.writer import EventWriter

PICTURES = Profile(id="image_gen", name="Pictures", makes="image")
VIDEOS = Profile(id="video_gen", name="Videos", makes="video")


class SlowWriter:
    """The runtime's writer on a slow disk."""

    def __init__(self, writer: EventWriter) -> None:
        self.writer, self.line = writer, asyncio.Lock()

    def enqueue(self, operations: Any) -> asyncio.Future[None]:
        return asyncio.ensure_future(self.write(operations))

    async def write(self, operations: Any) -> None:
        async with self.line:
            # The run has long gathered what it needs.
            await asyncio.sleep(0.05)
            await self.writer.write(operations)


def make_job(owner_id: str, chat_id: str) -> Job:
    return Job(owner_id, chat_id, "msg_1", "A red fox", "demo/based", "auto")


@pytest.mark.parametrize(
    ("name", "media_type", "data"),
    [("fox.png", "image/png", PNG), ("fox.mp4", "video/mp4", MP4)],
    ids=["picture", "video"],
)
async def test_what_was_made_is_a_file_and_shown_in_the_answer(
    rt: Runtime, name: str, media_type: str, data: bytes
) -> None:
    owner, chat = await make_chat(rt)
    made = FileMade(name=name, media_type=media_type, data=data)

    first = await made_files.keep_file(rt, make_job(owner, chat.id), made)
    second = await made_files.keep_file(rt, make_job(owner, chat.id), made)

    stored = await files.list_files(rt, owner, chat.workspace_id)
    assert {file.name for file in stored} == {name, name.replace(".", " (2).")}
    kept = next(file for file in stored if file.name == name)
    assert first.text == f"![{name}](/api/files/{kept.id}/content)\n"
    assert second.text != first.text
    _, path = await files.get_content_path(rt, owner, kept.id)
    assert await asyncio.to_thread(path.read_bytes) == data
    assert (await files.wait_until_read(rt, owner, kept.id)).status == "ready"


async def test_nothing_is_put_into_anothers_workspace(rt: Runtime) -> None:
    _, chat = await make_chat(rt)
    eve = await make_user(rt)
    made = FileMade(name="fox.png", media_type="image/png", data=PNG)

    with pytest.raises(NotFoundError):
        await made_files.keep_file(rt, make_job(eve.id, chat.id), made)


async def test_a_full_workspace_takes_no_picture(tmp_path: Path, database_address: str) -> None:
    settings = make_settings(tmp_path, DATABASE_URL=database_address, BABBLE_WORKSPACE_QUOTA_MB="1")
    async with running(settings) as rt:
        owner, chat = await make_chat(rt)
        made = FileMade(name="fox.mp4", media_type="video/mp4", data=MP4 + b"x" * 2**20)

        with pytest.raises(QuotaExceededError):
            await made_files.keep_file(rt, make_job(owner, chat.id), made)


async def test_the_first_model_that_a_key_opens_makes_it(rt: Runtime) -> None:
    owner, chat = await make_chat(rt)
    job = make_job(owner, chat.id)
    wanted = PICTURES.model_copy(
        update={"models": ("groq/x", "openai/gpt-image-2", "openrouter/google/nano")}
    )
    await keys.set_key(rt, owner, "groq", "gsk_0123456789")
    await keys.add_key(rt, owner, "openrouter", "sk-or-0123456789", workspace_id=chat.workspace_id)

    chosen = await made_files.with_media(rt, job, make_request(profile=wanted), chat.workspace_id)
    usual = await made_files.with_media(rt, job, make_request(profile=PICTURES), chat.workspace_id)

    assert chosen.media is not None
    assert chosen.media.name == "openrouter/google/nano"
    assert usual.media is not None
    assert usual.media.name.startswith("openrouter/")
    with pytest.raises(ModelUnavailableError, match="Add a key for OpenAI in Settings"):
        await made_files.with_media(rt, job, make_request(profile=VIDEOS), chat.workspace_id)


async def test_a_profile_for_text_needs_nobody(rt: Runtime) -> None:
    owner, chat = await make_chat(rt)
    request = make_request(profile=Profile(id="coder", name="Coder"))

    job = make_job(owner, chat.id)
    assert await made_files.with_media(rt, job, request, chat.workspace_id) is request


async def test_who_makes_a_visitors_first_picture_is_found_before_the_conversation_is_stored(
    rt: Runtime,
) -> None:
    owner = (await make_user(rt)).id
    app = await apps.create_app(rt, owner, "Painter", profile="image_gen")
    token = (await app_tokens.create_token(rt, owner, app.id, "test")).token
    caller = await app_callers.find_caller(rt, token)
    writer, slow = rt.writer, SlowWriter(rt.writer)
    rt.writer = slow  # pyright: ignore[reportAttributeAccessIssue]

    run = await visits.start(rt, caller, VisitorMessage(text="A red fox"))
    async with asyncio.timeout(30):
        events = [item.event async for item in visits.events(rt, caller, run)]
    rt.writer = writer

    assert isinstance(events[-1], RunFailed)
    assert events[-1].code == "model_unavailable"


async def test_what_is_made_for_visitors_is_on_the_apps_account(rt: Runtime) -> None:
    owner, chat = await make_chat(rt)
    app = await apps.create_app(rt, owner, "Painter", profile="image_gen")
    await keys.set_key(rt, owner, "openrouter", "sk-or-0123456789")
    visit = VisitTurn(app, "tok_1", None, None)
    job = replace(make_job(owner, chat.id), visit=visit)

    request = make_request(profile=PICTURES)
    painted = await made_files.with_media(rt, job, request, chat.workspace_id)

    assert isinstance(painted.media, RoutedMedia)
    assert (painted.media.scope.app_id, painted.media.scope.token_id) == (app.id, "tok_1")
