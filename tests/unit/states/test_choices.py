"""What a chat is asked with: the kind of work, the model where one is chosen, and what was picked a moment ago."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from babble_app.agents.profile import all_profiles
from babble_app.services import accounts, chats, keys, profiles
from babble_app.states.chat import ChatState
from babble_app.states.choices import ChoicesState, kind_of, show_choices
from babble_app.states.history import HistoryState
from babble_app.states.live import LiveState
from babble_app.states.toasts import ToastState
from tests.factories import make_chat, make_user
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.schemas.chats import Chat
    from babble_app.schemas.profiles import Profile
    from babble_app.services.runtime import Runtime
    from tests.unit.states.conftest import Tab

MODEL = "custom/fake-model"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(rules=[Rule(["The first.", "The second.", "The third."])]) as running:
        yield running


@pytest.fixture
async def profile(rt: Runtime, tab: Tab, server: ModelServer) -> Profile:
    """A kind of work of the tab's person, whose model is there."""
    owner = await make_user(rt, role="admin")
    await tab.log_in(owner)
    tab.user = owner
    await accounts.update_user(rt, owner.id, default_model="demo/based")
    await keys.set_key(rt, owner.id, "custom", "sk-canary-123456", base_url=server.openai_url)
    return await profiles.create_profile(rt, owner.id, name="Notes", models=[MODEL])


async def open_chat(rt: Runtime, tab: Tab, own: Profile, **fields: str) -> Chat:
    """Show a new chat in the tab."""
    chat = (await make_chat(rt, tab.user.id, **fields))[1]
    (await tab.state(ChatState)).shown_id = chat.id
    choices = await tab.state(ChoicesState)
    await show_choices(choices, chat, [], "demo/based", [*all_profiles().values(), own])
    choices.mode = "chat"
    return chat


async def ask(tab: Tab, chat: Chat, text: str = "hi") -> HistoryState:
    """Send a message and wait for its answer."""
    await tab.run(ChatState.send, await tab.state(ChatState), text)
    return await follow(tab, chat)


async def follow(tab: Tab, chat: Chat) -> HistoryState:
    async with asyncio.timeout(20):
        await tab.run(LiveState.attach, await tab.state(LiveState), chat.id)
    return await tab.state(HistoryState)


def test_a_kind_of_work_names_its_models_in_order() -> None:
    kind = kind_of(all_profiles()["image_gen"])

    assert (kind.makes, kind.prefers) == (
        "image",
        "openai/gpt-image-2, then openai/gpt-image-1-mini",
    )


async def test_where_nobody_chose_a_model_that_of_the_kind_of_work_answers(
    rt: Runtime, tab: Tab, profile: Profile
) -> None:
    chat = await open_chat(rt, tab, profile)
    choices = await tab.state(ChoicesState)

    await tab.run(ChoicesState.pick_profile, choices, profile.id)
    said = await ask(tab, chat)

    assert (await chats.get_chat(rt, tab.user.id, chat.id)).profile == profile.id
    assert choices.kind.name == "Notes"
    assert said.messages[-1].text == "The first."
    assert said.messages[-1].why == "fake-model: first choice of Notes"


async def test_the_choice_of_a_model_can_be_taken_back(
    rt: Runtime, tab: Tab, profile: Profile
) -> None:
    chat = await open_chat(rt, tab, profile, model=MODEL)
    choices = await tab.state(ChoicesState)
    assert choices.model == MODEL

    await tab.run(ChoicesState.pick_model, choices, "")

    assert choices.model == (await chats.get_chat(rt, tab.user.id, chat.id)).model == ""


async def test_what_was_picked_a_moment_ago_is_for_the_message_that_is_sent_now(
    rt: Runtime, tab: Tab, profile: Profile
) -> None:
    chat = await open_chat(rt, tab, profile, model="demo/based")
    choices = await tab.state(ChoicesState)
    choices.model, choices._unstored = "", {"model": "", "profile": profile.id}

    said = await ask(tab, chat)

    assert said.messages[-1].text == "The first."


async def test_a_kind_of_work_that_is_gone_is_refused_and_the_one_of_before_stays(
    rt: Runtime, tab: Tab, profile: Profile
) -> None:
    chat = await open_chat(rt, tab, profile, profile="coder")
    choices, toasts = await tab.state(ChoicesState), await tab.state(ToastState)
    await profiles.delete_profile(rt, tab.user.id, profile.id)

    await tab.run(ChoicesState.pick_profile, choices, profile.id)

    assert choices.kind.id == "coder"
    assert (await chats.get_chat(rt, tab.user.id, chat.id)).profile == "coder"
    assert [one.kind for one in toasts.toasts] == ["bad"]
    assert choices._unstored == {}


async def test_an_answer_given_again_says_so_and_is_asked_for_anew(
    rt: Runtime, tab: Tab, profile: Profile
) -> None:
    first = await open_chat(rt, tab, profile, profile=profile.id)
    await ask(tab, first)
    await ask(tab, first)
    chat = await open_chat(rt, tab, profile, profile=profile.id)
    again = (await ask(tab, chat)).messages[-1]
    assert (again.text, again.why) == ("The first.", "")
    assert again.repeated.startswith("answered before")

    state = await tab.state(ChatState)
    await tab.run(ChatState.ask_anew, state, again.run_id)
    anew = (await follow(tab, chat)).messages[-1]

    # The second answer was given to the same words after the same conversation.
    assert (anew.text, anew.repeated) == ("The third.", "")


async def test_the_kind_of_work_of_somebody_else_s_chat_cannot_be_picked_nor_its_question_asked(
    rt: Runtime, tab: Tab, profile: Profile
) -> None:
    chat = await open_chat(rt, tab, profile)
    answer = (await ask(tab, chat)).messages[-1]
    state, choices = await tab.state(ChatState), await tab.state(ChoicesState)
    owner_id = tab.user.id
    before = await chats.get_chat(rt, owner_id, chat.id)
    stored = await chats.list_messages(rt, owner_id, chat.id)
    await tab.log_in(await make_user(rt))

    await tab.run(ChoicesState.pick_profile, choices, "coder")
    await tab.run(ChatState.ask_anew, state, answer.run_id)

    assert "no such run" in state.problem.lower()
    assert await chats.get_chat(rt, owner_id, chat.id) == before
    assert await chats.list_messages(rt, owner_id, chat.id) == stored
