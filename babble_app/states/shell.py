"""The frame around every page: who is logged in, the chats at the side, where one is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import reflex as rx
from reflex.state import BaseState

from babble_app.errors import NotFoundError
from babble_app.services import budgets, chats, models, runtime, visit_desk, workspaces
from babble_app.states.budget_views import BudgetAlert, find_alert, subject_names
from babble_app.states.session import get_user

if TYPE_CHECKING:
    from babble_app.schemas.chats import Chat


@dataclass(frozen=True)
class ChatLink:
    """A chat in the sidebar."""

    id: str
    title: str
    running: bool


class ShellState(rx.State):
    """What the sidebar and the top bar show."""

    email: str = ""
    person: str = ""
    initial: str = ""
    theme: str = ""
    """The person's; empty while unknown, then the browser's own stays."""
    here_workspace_id: str = ""
    here_workspace_name: str = ""
    here_title: str = ""
    """The last crumb: a chat's title, an agent's name; empty on the workspace's own page."""
    chat_links: list[ChatLink] = []
    on_demo_model: bool = False
    budget_alert: BudgetAlert = BudgetAlert()
    waiting: int = 0
    """In how many conversations a visitor of an app waits for a person."""
    waiting_href: str = ""

    @rx.event
    async def load(self) -> None:
        """Fill the frame on a page outside workspaces."""
        await fill_shell(self, workspace_id="")


async def fill_shell(state: BaseState, *, workspace_id: str, title: str = "") -> None:
    """Set the frame for a page of `workspace_id` (empty: none); pages call this from their `load`.

    Raises:
        NotFoundError: the workspace is not there, or not this person's.
    """
    shell = await state.get_state(ShellState)
    user = await get_user(state)
    rt = runtime.current()
    shell.email, shell.person = user.email, user.name or user.email
    shell.initial, shell.theme = shell.person[:1], user.theme
    shell.here_title = title
    shell.on_demo_model = await models.default_model(rt, user.id) == models.DEMO_MODEL
    shell.here_workspace_id, shell.here_workspace_name, shell.chat_links = "", "", []
    if workspace_id:
        workspace = await workspaces.get_workspace(rt, user.id, workspace_id)
        shell.here_workspace_id, shell.here_workspace_name = workspace.id, workspace.name
        shell.chat_links = [
            link(chat) for chat in await chats.list_chats(rt, user.id, workspace_id)
        ]
    await show_waiting(state)
    await show_budget_alert(state)


async def show_waiting(state: BaseState) -> None:
    """Say at the side that visitors wait for a person, and where."""
    shell, user = await state.get_state(ShellState), await get_user(state)
    found = await visit_desk.count_waiting(runtime.current(), user.id)
    shell.waiting = sum(found.values())
    shell.waiting_href = f"/apps/{next(iter(found))}/conversations" if found else ""


async def show_budget_alert(state: BaseState) -> None:
    """Say over the page when a budget that applies there is nearly or wholly used up."""
    shell = await state.get_state(ShellState)
    rt, user = runtime.current(), await get_user(state)
    standing = [one for one in await budgets.status(rt, user.id) if one.state != "ok"]
    names = subject_names(await budgets.list_subjects(rt, user.id)) if standing else {}
    shell.budget_alert = find_alert(standing, names, shell.here_workspace_id, datetime.now(UTC))


async def refresh_chat_links(state: BaseState) -> None:
    """Read the chats at the side again, after one was made, renamed or deleted."""
    shell = await state.get_state(ShellState)
    if not shell.here_workspace_id:
        return
    user = await get_user(state)
    try:
        found = await chats.list_chats(runtime.current(), user.id, shell.here_workspace_id)
    except NotFoundError:
        found = []
    shell.chat_links = [link(chat) for chat in found]


def link(chat: Chat) -> ChatLink:
    """Return the chat as the sidebar shows it."""
    return ChatLink(chat.id, chat.title or "New chat", chat.active_run_id is not None)
