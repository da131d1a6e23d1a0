"""The functions of an app that are HTTP calls: the list, whether their hosts may be called, and taking one out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import reflex as rx
from reflex.state import BaseState

from babble_app.errors import BabbleError
from babble_app.services import app_tool_settings, runtime, workspaces
from babble_app.services.guarded_fetch import is_listed
from babble_app.states.app_page import shown_app
from babble_app.states.toasts import toast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.apps import HttpTool

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class ToolRow:
    """A function in the list."""

    name: str = ""
    description: str = ""
    method: str = ""
    url: str = ""
    takes: str = ""
    """`part, amount`; empty: nothing."""
    secrets: str = ""
    """Names of its secret headers."""
    blocked_host: str = ""
    """The host of its address, where the workspace does not allow it."""


class ToolsState(rx.State):
    """The list, and the question before one goes."""

    loaded: bool = False
    rows: list[ToolRow] = []
    asks_removal: bool = False
    chosen: ToolRow = ToolRow()

    @rx.event
    async def load(self) -> None:
        """List the functions of the app of the page."""
        await self._refresh()

    @rx.event
    def ask_removal(self, chosen_name: str) -> None:
        """Ask whether it shall really go."""
        for row in self.rows:
            if row.name == chosen_name:
                self.chosen, self.asks_removal = row, True

    @rx.event
    def cancel_removal(self) -> None:
        """Leave it."""
        self.asks_removal = False

    @rx.event
    async def remove(self) -> None:
        """Take the chosen function out, with the secrets of its headers."""
        found = await shown_app(self)
        if found is None or not self.asks_removal:
            return
        owner_id, app = found
        self.asks_removal = False
        left = [tool for tool in app.tools if tool.name != self.chosen.name]
        await app_tool_settings.set_tools(runtime.current(), owner_id, app.id, left, {})
        await toast(self, f"Removed “{self.chosen.name}”.")
        await self._refresh()

    @rx.event
    async def allow_host(self, chosen_name: str) -> None:
        """Let the app's workspace call a host."""
        if problem := await allow_host(self, chosen_name):
            await toast(self, problem, "bad")
            return
        await toast(self, f"{chosen_name} may be called from this workspace now.", "good")
        await self._refresh()

    async def _refresh(self) -> None:
        found = await shown_app(self)
        if found is None:
            return
        owner_id, app = found
        workspace = await workspaces.get_workspace(runtime.current(), owner_id, app.workspace_id)
        self.rows = [tool_row(tool, workspace.allowed_hosts) for tool in app.tools]
        self.loaded = True


async def allow_host(state: BaseState, host: str) -> str:
    """Let the workspace of the app on the page call a host; return why not, empty: it may."""
    found = await shown_app(state)
    if found is None:
        return "There is no such app."
    owner_id, app = found
    rt = runtime.current()
    try:
        workspace = await workspaces.get_workspace(rt, owner_id, app.workspace_id)
        hosts = [*workspace.allowed_hosts, host]
        await workspaces.update_workspace(rt, owner_id, workspace.id, allowed_hosts=hosts)
    except BabbleError as error:
        return str(error)
    return ""


def tool_row(tool: HttpTool, allowed: Sequence[str]) -> ToolRow:
    """Return the function as the list shows it."""
    return ToolRow(
        name=tool.name,
        description=tool.description,
        method=tool.method,
        url=tool.url,
        takes=", ".join(tool.parameters.get("properties", {})),
        secrets=", ".join(tool.secret_headers),
        blocked_host=blocked_host(tool.url, allowed),
    )


def blocked_host(url: str, allowed: Sequence[str]) -> str:
    """Return the host of an address that is not allowed; empty: it is, or there is none yet."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not host or "{" in host:
        return ""
    return "" if is_listed(allowed, host, port) else host
