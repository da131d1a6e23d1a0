"""The run engine on a real database with models behind a real socket: no gap, no double, nothing lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from babble_app.errors import (
    ConflictError,
    NotFoundError,
    ValidationFailedError,
)
from babble_app.schemas.events import (
    FileUse,
    MessageDone,
    RunFailed,
    RunStarted,
    RunStopped,
    StateChanged,
    TextDelta,
)
from babble_app.services import (
    agents,
    chats,
    keys,
    runs,
    versions,
)
from tests.factories import PROGRAM, make_chat, make_file, make_user
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule
from tests.pdf_files import make_pdf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.schemas.chats import Chat
    from babble_app.schemas.events import NumberedEvent
    from babble_app.services.runtime import Runtime

one_database = pytest.mark.parametrize("source", ["sqlite"], indirect=True)
MODEL = "custom/fake-model"
MENU = make_pdf(["Starters", "Cherry cake 4 euros", "A chocolate cake 30 euros", "Tea"])
SLOW_TEXT = " ".join(f"word{n}" for n in range(200))


@pytest.fixture
def server() -> Iterator[ModelServer]:
    rules = [
        Rule("Hello there, friend.", user="^hi"),
        Rule(Answer(text=SLOW_TEXT, tokens_per_second=400), user="slow"),
        Rule(Answer(fault="status", status=401), user="refused"),
        Rule(Answer(text="one two three four five", fault="cut", after=3), user="cut"),
        Rule(Answer(text="never", fault="hang"), user="hang"),
    ]
    with ModelServer(rules=rules) as running:
        yield running


@pytest.fixture
async def owner(rt: Runtime, server: ModelServer) -> str:
    user = await make_user(rt, role="admin")
    await keys.set_key(rt, user.id, "custom", "sk-canary-123456", base_url=server.openai_url)
    return user.id


@pytest.fixture
async def chat(rt: Runtime, owner: str) -> Chat:
    return (await make_chat(rt, owner, model=MODEL))[1]


async def _read(rt: Runtime, owner_id: str, run_id: str, after: int = 0) -> list[NumberedEvent]:
    async with asyncio.timeout(20):
        return [item async for item in runs.events(rt, owner_id, run_id, after)]


async def _until(rt: Runtime, owner_id: str, run_id: str, kind: type) -> None:
    """Return when an event of the kind was seen."""
    async with asyncio.timeout(20):
        async for item in runs.events(rt, owner_id, run_id):
            if isinstance(item.event, kind):
                return


def _text(events: list[NumberedEvent]) -> str:
    return "".join(item.event.text for item in events if isinstance(item.event, TextDelta))


async def test_a_message_is_answered_and_both_are_stored(
    rt: Runtime, owner: str, chat: Chat
) -> None:
    run = await runs.start(rt, owner, chat.id, text="hi you", mode="chat")
    events = await _read(rt, owner, run.id)

    assert isinstance(events[0].event, RunStarted)
    last = events[-1].event
    assert isinstance(last, MessageDone)
    assert last.text == _text(events) == "Hello there, friend."
    assert [item.seq for item in events] == list(range(1, len(events) + 1))
    question, answer = await chats.list_messages(rt, owner, chat.id)
    assert (question.role, question.text, question.run_id) == ("user", "hi you", run.id)
    assert (answer.id, answer.text, answer.status) == (last.message_id, last.text, "done")
    assert answer.usage.output_tokens > 0
    assert (await runs.get_run(rt, owner, run.id)).status == "done"
    assert (await chats.get_chat(rt, owner, chat.id)).title == "hi you"


async def test_readers_that_join_anywhere_and_the_stored_log_agree(
    rt: Runtime, owner: str, chat: Chat
) -> None:
    run = await runs.start(rt, owner, chat.id, text="slow", mode="chat")
    first = asyncio.create_task(_read(rt, owner, run.id))
    await _until(rt, owner, run.id, TextDelta)
    second = asyncio.create_task(_read(rt, owner, run.id))
    resumed = asyncio.create_task(_read(rt, owner, run.id, after=3))

    whole = await first

    assert _text(whole) == SLOW_TEXT
    assert await second == whole
    assert await resumed == whole[3:]
    assert await _read(rt, owner, run.id) == whole
    assert await _read(rt, owner, run.id, after=len(whole)) == []


async def test_the_run_goes_on_when_its_reader_leaves(rt: Runtime, owner: str, chat: Chat) -> None:
    run = await runs.start(rt, owner, chat.id, text="slow", mode="chat")
    reader = asyncio.create_task(_read(rt, owner, run.id))
    await _until(rt, owner, run.id, TextDelta)

    reader.cancel()

    assert _text(await _read(rt, owner, run.id)) == SLOW_TEXT


async def test_a_stopped_run_keeps_the_partial_answer_and_drops_the_providers_connection(
    rt: Runtime, owner: str, chat: Chat, server: ModelServer
) -> None:
    run = await runs.start(rt, owner, chat.id, text="slow", mode="chat")
    await _until(rt, owner, run.id, TextDelta)

    stopped = await runs.stop(rt, owner, run.id)
    again = await runs.stop(rt, owner, run.id)

    events = await _read(rt, owner, run.id)
    assert stopped.status == again.status == "stopped"
    assert isinstance(events[-1].event, RunStopped)
    answer = (await chats.list_messages(rt, owner, chat.id))[-1]
    assert answer.status == "stopped"
    assert answer.text == _text(events)
    assert 0 < len(answer.text) < len(SLOW_TEXT)
    assert SLOW_TEXT.startswith(answer.text)
    assert await asyncio.to_thread(server.hung_up.wait, 5)


async def test_a_second_send_waits_for_the_first(rt: Runtime, owner: str, chat: Chat) -> None:
    first = await runs.start(rt, owner, chat.id, text="slow", mode="chat")
    await _until(rt, owner, first.id, TextDelta)

    second = await runs.start(rt, owner, chat.id, text="hi again", mode="chat")
    active = await runs.list_active_runs(rt, owner, chat.id)
    late = await _read(rt, owner, second.id)

    assert [(run.id, run.status) for run in active] == [
        (first.id, "running"),
        (second.id, "queued"),
    ]
    early = await _read(rt, owner, first.id)
    assert early[-1].at <= late[0].at
    roles = [message.role for message in await chats.list_messages(rt, owner, chat.id)]
    assert roles == ["user", "user", "assistant", "assistant"]


async def test_the_queued_question_is_asked_with_the_answer_before_it(
    rt: Runtime, owner: str, chat: Chat, server: ModelServer
) -> None:
    await runs.start(rt, owner, chat.id, text="slow", mode="chat")
    second = await runs.start(rt, owner, chat.id, text="hi again", mode="chat")

    await _read(rt, owner, second.id)

    sent = [text for _, text in server.requests[-1].messages]
    assert sent[:2] == ["slow", SLOW_TEXT]


async def test_a_queued_run_can_be_stopped_before_it_began(
    rt: Runtime, owner: str, chat: Chat
) -> None:
    first = await runs.start(rt, owner, chat.id, text="slow", mode="chat")
    second = await runs.start(rt, owner, chat.id, text="hi", mode="chat")

    stopped = await runs.stop(rt, owner, second.id)

    assert stopped.status == "stopped"
    assert [type(item.event) for item in await _read(rt, owner, second.id)] == [RunStopped]
    assert _text(await _read(rt, owner, first.id)) == SLOW_TEXT


async def test_a_refused_key_fails_the_run_in_words_and_without_the_key(
    rt: Runtime, owner: str, chat: Chat
) -> None:
    run = await runs.start(rt, owner, chat.id, text="refused", mode="chat")
    last = (await _read(rt, owner, run.id))[-1].event

    assert isinstance(last, RunFailed)
    assert last.code == "provider_key_refused"
    assert "Settings" in last.message
    assert "sk-canary" not in last.message
    question, answer = await chats.list_messages(rt, owner, chat.id)
    assert question.text == "refused"
    assert (answer.status, answer.text) == ("failed", "")
    assert answer.problem is not None


async def test_an_answer_that_is_cut_is_kept_and_can_be_run_again(
    rt: Runtime, owner: str, chat: Chat
) -> None:
    run = await runs.start(rt, owner, chat.id, text="cut", mode="chat")
    events = await _read(rt, owner, run.id)
    failed = await runs.get_run(rt, owner, run.id)

    again = await runs.run_again(rt, owner, run.id)
    await _read(rt, owner, again.id)

    assert isinstance(events[-1].event, RunFailed)
    assert failed.status == "failed"
    messages = await chats.list_messages(rt, owner, chat.id)
    assert [message.role for message in messages] == ["user", "assistant", "assistant"]
    assert messages[1].text == _text(events) == "one two three"


async def test_a_complete_answer_is_not_run_again(rt: Runtime, owner: str, chat: Chat) -> None:
    run = await runs.start(rt, owner, chat.id, text="hi", mode="chat")
    await _read(rt, owner, run.id)

    with pytest.raises(ConflictError):
        await runs.run_again(rt, owner, run.id)


async def test_an_unknown_model_fails_the_run_and_keeps_the_question(
    rt: Runtime, owner: str, chat: Chat
) -> None:
    run = await runs.start(rt, owner, chat.id, text="hi", model="nobody/nothing", mode="chat")
    last = (await _read(rt, owner, run.id))[-1].event

    assert isinstance(last, RunFailed)
    assert last.code == "model_unavailable"
    assert (await chats.list_messages(rt, owner, chat.id))[0].text == "hi"


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 32_001])
async def test_an_empty_or_endless_message_is_refused(
    rt: Runtime, owner: str, chat: Chat, text: str
) -> None:
    with pytest.raises(ValidationFailedError):
        await runs.start(rt, owner, chat.id, text=text)

    assert await chats.list_messages(rt, owner, chat.id) == []


async def test_a_stranger_can_do_nothing_with_a_run(rt: Runtime, owner: str, chat: Chat) -> None:
    stranger = (await make_user(rt)).id
    run = await runs.start(rt, owner, chat.id, text="slow", mode="chat")

    for act in (runs.get_run, runs.stop, runs.run_again):
        with pytest.raises(NotFoundError):
            await act(rt, stranger, run.id)
    with pytest.raises(NotFoundError):
        await _read(rt, stranger, run.id)
    with pytest.raises(NotFoundError):
        await runs.start(rt, stranger, chat.id, text="hi")

    assert _text(await _read(rt, owner, run.id)) == SLOW_TEXT


async def test_closing_the_server_interrupts_a_run_and_keeps_its_partial(
    rt: Runtime, owner: str, chat: Chat
) -> None:
    run = await runs.start(rt, owner, chat.id, text="slow", mode="chat")
    await _until(rt, owner, run.id, TextDelta)

    await rt.runs.close(drain_seconds=0)

    assert (await runs.get_run(rt, owner, run.id)).status == "interrupted"
    answer = (await chats.list_messages(rt, owner, chat.id))[-1]
    assert answer.status == "interrupted"
    assert SLOW_TEXT.startswith(answer.text)


async def test_deleting_the_chat_ends_its_run_quietly(rt: Runtime, owner: str, chat: Chat) -> None:
    run = await runs.start(rt, owner, chat.id, text="slow", mode="chat")
    await _until(rt, owner, run.id, TextDelta)

    await chats.delete_chat(rt, owner, chat.id)

    assert not rt.runs.is_live(run.id)
    with pytest.raises(NotFoundError):
        await runs.get_run(rt, owner, run.id)


async def test_what_the_model_is_shown_of_the_files_is_told_and_stored_with_the_answer(
    rt: Runtime, owner: str, chat: Chat, server: ModelServer
) -> None:
    menu = await make_file(rt, owner, chat.workspace_id, name="menu.pdf", content=MENU)
    hours = await make_file(rt, owner, chat.workspace_id, name="hours.txt")
    await chats.choose_files(rt, owner, chat.id, [menu.id, hours.id])

    run = await runs.start(rt, owner, chat.id, text="hi, which cherry cake is there?", mode="chat")
    events = [item.event for item in await _read(rt, owner, run.id)]

    used = FileUse(file_id=menu.id, file="menu.pdf", pages=(2, 3))
    assert StateChanged(name="reading", detail="menu.pdf p. 2-3", context=(used,)) in events
    assert (await chats.list_messages(rt, owner, chat.id))[-1].context == (used,)
    sent = server.requests[-1].messages[-2][1]
    assert 'file="menu.pdf" page="2"' in sent
    assert "hours.txt" not in sent


@one_database
async def test_the_model_is_told_in_words_that_the_file_was_edited(
    rt: Runtime, owner: str, chat: Chat, server: ModelServer
) -> None:
    server.script.queue += [f"Here.\n```based\n{PROGRAM}```\n", "It greets."]
    await _read(rt, owner, (await runs.start(rt, owner, chat.id, text="x", mode="build")).id)
    agent_id = (await chats.get_chat(rt, owner, chat.id)).agent_id or ""
    head = (await agents.get_agent(rt, owner, agent_id)).head_version_id
    await versions.add_version(
        rt, owner, agent_id, text=f"{PROGRAM}# mine\n", parent_id=head, kind="manual", author="Ada"
    )

    run = await runs.start(rt, owner, chat.id, text="What does it do?", mode="chat")
    await _read(rt, owner, run.id)

    program = server.requests[-1].messages[-2][1]
    assert "# mine" in program
    assert "The file changed since your last answer" in program


@one_database
@pytest.mark.parametrize("opened", [True, False])
async def test_thinking_within_the_text_is_kept_apart_and_never_becomes_the_program(
    rt: Runtime, owner: str, chat: Chat, server: ModelServer, *, opened: bool
) -> None:
    thought = f"First a sketch:\n```based\n{PROGRAM.replace('Goodbye', 'Farewell')}```\nNow all.\n"
    server.script.queue.append(
        f"{'<think>' * opened}{thought}</think>\n\nIt greets.\n```based\n{PROGRAM}```\n"
    )

    run = await runs.start(rt, owner, chat.id, text="A greeter", mode="build")
    await _read(rt, owner, run.id)

    answer = (await chats.list_messages(rt, owner, chat.id))[-1]
    assert answer.text.strip() == "It greets."
    assert "First a sketch" in answer.reasoning
    version = await versions.get_version(rt, owner, answer.versions[0].version_id)
    assert version.text == PROGRAM
    assert version.rounds == 1
