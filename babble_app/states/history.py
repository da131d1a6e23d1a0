"""The messages of the chat that is shown: they change once a turn, never with the answer being written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import reflex as rx
from reflex.state import BaseState

from babble_app.services import chats, runs
from babble_app.states.message_views import MessageView, in_reading_order, message_view
from babble_app.states.shell import ChatLink, ShellState, link

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime

PAGE_SIZE = 60


@dataclass(frozen=True)
class History:
    """A chat's title and its latest messages, as read from the store."""

    title: str
    links: list[ChatLink]
    """The chats at the side: a run changes their titles, order and marks."""
    messages: list[MessageView]
    waiting: list[MessageView]
    has_earlier: bool


class HistoryState(rx.State):
    """What has been said, and the title that came of it."""

    title: str = ""
    messages: list[MessageView] = []
    waiting: list[MessageView] = []
    """Questions that were sent while an answer was being written; the oldest is asked next."""
    has_earlier: bool = False


async def show_history(state: BaseState, history: History) -> None:
    """Put what was read in the place of what was shown; called while the tab is held."""
    said = await state.get_state(HistoryState)
    said.title, said.messages, said.waiting = history.title, history.messages, history.waiting
    said.has_earlier = history.has_earlier
    shell = await state.get_state(ShellState)
    shell.here_title, shell.chat_links = history.title or "New chat", history.links


async def read_history(
    rt: Runtime, owner_id: str, chat_id: str, *, limit: int = PAGE_SIZE
) -> History:
    """Read the newest `limit` messages, parted from the questions that wait in line."""
    chat = await chats.get_chat(rt, owner_id, chat_id)
    links = [link(other) for other in await chats.list_chats(rt, owner_id, chat.workspace_id)]
    active = await runs.list_active_runs(rt, owner_id, chat_id)
    queued = {run.id for run in active if run.status == "queued"} - {run.id for run in active[:1]}
    stored = await chats.list_messages(rt, owner_id, chat_id, limit=limit)
    views = [message_view(message) for message in in_reading_order(stored)]
    return History(
        title=chat.title,
        links=links,
        messages=[view for view in views if view.run_id not in queued],
        waiting=[view for view in views if view.run_id in queued],
        has_earlier=len(stored) == limit,
    )
