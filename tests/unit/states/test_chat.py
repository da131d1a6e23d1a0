"""Asking, stopping and asking again, as the chat page does it, with a model behind a real socket."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from babble_app.errors import NotFoundError
from babble_app.services import chats, keys, runs
from babble_app.states.chat import ChatState
from babble_app.states.choices import ChoicesState, show_choices
from babble_app.states.history import HistoryState, read_history, show_history
from babble_app.states.live import LiveState
from babble_app.states.toasts import ToastState
from tests.factories import make_chat, make_file, make_user
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from babble_app.schemas.chats import Chat
    from babble_app.services.runtime import Runtime
    from tests.unit.states.conftest import Tab

MODEL = "custom/fake-model"
SLOW = " ".join(f"word{number}" for number in range(400))


@pytest.fixture
def server() -> Iterator[ModelServer]:
    rules = [
        Rule("First paragraph.\n\nSecond one.", user="^hi"),
        Rule(Answer(text=SLOW, tokens_per_second=100), user="slow"),
        Rule(Answer(fault="status", status=401), user="refused"),
    ]
    with ModelServer(rules=rules) as running:
        yield running


@pytest.fixture
async def chat(rt: Runtime, tab: Tab, server: ModelServer) -> Chat:
    """A chat of the tab's person, shown in the tab."""
    owner = await make_user(rt, role="admin")
    await tab.log_in(owner)
    tab.user = owner
    await keys.set_key(rt, owner.id, "custom", "sk-canary-123456", base_url=server.openai_url)
    chat = (await make_chat(rt, owner.id, model=MODEL))[1]
    state = await tab.state(ChatState)
    state.shown_id = chat.id
    choices = await tab.state(ChoicesState)
    await show_choices(state, chat, [], MODEL)
    choices.mode = "chat"
    return chat


async def attach(tab: Tab, chat: Chat) -> LiveState:
    live = await tab.state(LiveState)
    async with asyncio.timeout(20):
        await tab.run(LiveState.attach, live, chat.id)
    return live


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - states have no event to wait for
            await asyncio.sleep(0.01)


async def test_a_question_is_answered_and_the_answer_takes_the_live_one_s_place(
    tab: Tab, chat: Chat
) -> None:
    state, said = await tab.state(ChatState), await tab.state(HistoryState)

    chained = await tab.run(ChatState.send, state, "hi there")
    live = await attach(tab, chat)

    assert [one.handler.fn.__name__ for one in chained] == ["refresh", "attach"]
    assert [(one.role, one.text) for one in said.messages] == [
        ("user", "hi there"),
        ("assistant", "First paragraph.\n\nSecond one."),
    ]
    assert (live.running, live.blocks, live.tail) == (False, [], "")


async def test_the_answer_grows_in_the_live_state_and_never_in_the_history(
    tab: Tab, chat: Chat
) -> None:
    state, said, live = (
        await tab.state(ChatState), await tab.state(HistoryState), await tab.state(LiveState)
    )  # fmt: skip
    await tab.run(ChatState.send, state, "slow one")
    await tab.run(ChatState.refresh, state)
    before = said.messages

    following = asyncio.create_task(attach(tab, chat))
    await until(lambda: "word20" in live.tail)

    assert live.running
    assert said.messages == before
    assert [one.role for one in before] == ["user"]
    await tab.run(ChatState.stop, state)
    await following


async def test_stop_keeps_what_had_arrived(tab: Tab, chat: Chat) -> None:
    state, said, live = (
        await tab.state(ChatState), await tab.state(HistoryState), await tab.state(LiveState)
    )  # fmt: skip
    await tab.run(ChatState.send, state, "slow one")
    following = asyncio.create_task(attach(tab, chat))
    await until(lambda: "word5" in live.tail)

    await tab.run(ChatState.stop, state)
    await following

    answer = said.messages[-1]
    assert answer.status == "stopped"
    assert answer.text.startswith("word0 word1")
    assert answer.can_run_again
    assert not live.running


async def test_a_second_question_waits_and_is_answered_next(tab: Tab, chat: Chat) -> None:
    state, said, live = (
        await tab.state(ChatState), await tab.state(HistoryState), await tab.state(LiveState)
    )  # fmt: skip
    await tab.run(ChatState.send, state, "slow one")
    following = asyncio.create_task(attach(tab, chat))
    await until(lambda: "word5" in live.tail)

    await tab.run(ChatState.send, state, "hi, me too")
    await tab.run(ChatState.refresh, state)
    assert [one.text for one in said.messages] == ["slow one"]
    assert [one.text for one in said.waiting] == ["hi, me too"]

    await tab.run(ChatState.stop, state)
    await following
    assert [one.role for one in said.messages] == ["user", "assistant", "user", "assistant"]
    assert said.messages[-1].text == "First paragraph.\n\nSecond one."
    assert said.waiting == []


async def test_a_message_that_is_refused_goes_back_to_the_box(tab: Tab, chat: Chat) -> None:
    state, text = await tab.state(ChatState), "x" * 40_000

    chained = await tab.run(ChatState.send, state, text)

    assert chained == []
    assert "characters" in state.problem
    assert state.returned["text"] == text
    assert chat.id


async def test_a_failed_answer_says_why_and_can_be_run_again(tab: Tab, chat: Chat) -> None:
    state, said = await tab.state(ChatState), await tab.state(HistoryState)
    await tab.run(ChatState.send, state, "refused")
    await attach(tab, chat)
    failed = said.messages[-1]
    assert (failed.status, failed.can_run_again) == ("failed", True)
    assert "key" in failed.problem

    await tab.run(ChatState.run_again, state, failed.run_id)
    await attach(tab, chat)

    assert [one.status for one in said.messages[1:]] == ["failed", "failed"]


async def test_leaving_the_page_ends_the_following_and_not_the_run(
    rt: Runtime, tab: Tab, chat: Chat
) -> None:
    state, live = await tab.state(ChatState), await tab.state(LiveState)
    await tab.run(ChatState.send, state, "slow one")
    following = asyncio.create_task(attach(tab, chat))
    await until(lambda: "word5" in live.tail)

    await tab.run(LiveState.detach, live)
    await following

    assert not live.running
    active = await runs.list_active_runs(rt, tab.user.id, chat.id)
    assert [run.status for run in active] == ["running"]
    await runs.stop(rt, tab.user.id, active[0].id)


async def test_who_logs_in_at_the_tab_meanwhile_sees_nothing_of_the_answer(
    rt: Runtime, tab: Tab, chat: Chat
) -> None:
    state, said, live = (
        await tab.state(ChatState), await tab.state(HistoryState), await tab.state(LiveState)
    )  # fmt: skip
    await tab.run(ChatState.send, state, "slow one")
    following = asyncio.create_task(attach(tab, chat))
    await until(lambda: "word5" in live.tail)

    await tab.log_in(await make_user(rt))
    tab.root.reset()
    with pytest.raises(Exception, match="another login"):
        await following

    assert (live.tail, said.messages) == ("", [])
    for run in await runs.list_active_runs(rt, tab.user.id, chat.id):
        await runs.stop(rt, tab.user.id, run.id)


async def test_nothing_of_somebody_else_s_chat_can_be_read_or_done(
    rt: Runtime, tab: Tab, chat: Chat
) -> None:
    state, live = await tab.state(ChatState), await tab.state(LiveState)
    await tab.run(ChatState.send, state, "hi there")
    await attach(tab, chat)
    stored = await chats.list_messages(rt, tab.user.id, chat.id)
    await tab.log_in(await make_user(rt))

    for handler, arguments in (
        (ChatState.refresh, ()), (ChatState.show_earlier, ()), (LiveState.attach, (chat.id,)),
    ):  # fmt: skip
        with pytest.raises(NotFoundError):
            await tab.run(handler, live if handler is LiveState.attach else state, *arguments)
    for handler, arguments in (
        (ChatState.send, ("mine now",)), (ChatState.rename, ("mine",)), (ChatState.run_again, (stored[-1].run_id,)),
    ):  # fmt: skip
        await tab.run(handler, state, *arguments)
        assert state.problem, handler
        state.problem = ""

    assert await chats.list_messages(rt, tab.user.id, chat.id) == stored


async def test_files_are_chosen_and_left_out(rt: Runtime, tab: Tab, chat: Chat) -> None:
    file = await make_file(rt, tab.user.id, chat.workspace_id)
    state = await tab.state(ChoicesState)
    await show_choices(state, chat, [file], MODEL)

    await tab.run(ChoicesState.choose_file, state, file.id, True)
    assert (await chats.get_chat(rt, tab.user.id, chat.id)).file_ids == (file.id,)
    assert (state.files[0].chosen, state.chosen_count) == (True, 1)

    await tab.run(ChoicesState.choose_file, state, file.id, False)
    assert (await chats.get_chat(rt, tab.user.id, chat.id)).file_ids == ()


async def test_the_choices_of_somebody_else_s_chat_cannot_be_changed(
    rt: Runtime, tab: Tab, chat: Chat
) -> None:
    file = await make_file(rt, tab.user.id, chat.workspace_id)
    state, toasts = await tab.state(ChoicesState), await tab.state(ToastState)
    owner_id = tab.user.id
    await tab.log_in(await make_user(rt))

    await tab.run(ChoicesState.choose_file, state, file.id, True)
    await tab.run(ChoicesState.pick_model, state, "demo/based")

    assert [one.kind for one in toasts.toasts] == ["bad", "bad"]
    assert await chats.get_chat(rt, owner_id, chat.id) == chat


async def test_a_long_chat_shows_its_newest_messages_first(
    rt: Runtime, tab: Tab, chat: Chat
) -> None:
    state, said = await tab.state(ChatState), await tab.state(HistoryState)
    for number in range(2):
        await tab.run(ChatState.send, state, f"hi {number}")
        await attach(tab, chat)

    await show_history(state, await read_history(rt, tab.user.id, chat.id, limit=2))
    assert next(one.text for one in said.messages) == "hi 1"
    assert said.has_earlier

    await tab.run(ChatState.show_earlier, state)
    assert next(one.text for one in said.messages) == "hi 0"
    assert not said.has_earlier


async def test_only_known_modes_are_taken(tab: Tab) -> None:
    state = await tab.state(ChoicesState)

    await tab.run(ChoicesState.pick_mode, state, "build")
    assert state.mode == "build"

    await tab.run(ChoicesState.pick_mode, state, "rm -rf")
    assert state.mode == "auto"
