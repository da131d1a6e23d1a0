"""The form in which a function of an app is described: address, arguments, and headers whose values are secret."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import reflex as rx

from babble_app.errors import BabbleError
from babble_app.services import app_tool_settings, runtime, workspaces
from babble_app.states.app_page import shown_app
from babble_app.states.app_tools import ToolsState, allow_host, blocked_host
from babble_app.states.json_fields import FieldError
from babble_app.states.toasts import toast
from babble_app.states.tool_arguments import (
    MOST_ARGUMENTS,
    TYPES,
    Argument,
    arguments_of,
    read_schema,
    schema_of,
)
from babble_app.states.tool_drafts import HeaderRow, ToolDraft, missing_slots, read_tool, typed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from babble_app.schemas.apps import HttpTool

MOST_HEADERS = 10
_NEW_SCHEMA: dict[str, Any] = {"type": "object", "properties": {}}


class ToolFormState(rx.State):
    """The function as it is being described."""

    open: bool = False
    original: str = ""
    """The name of the function that is changed; empty for a new one."""
    draft: ToolDraft = ToolDraft()
    arguments: list[Argument] = []
    headers: list[HeaderRow] = []
    as_json: bool = False
    schema_text: str = ""
    schema_shown: int = 0
    """Counts what was put into the field of the schema: it is made anew with each."""
    blocked_host: str = ""
    """The host of the address, where the workspace does not allow it."""
    missing: str = ""
    """Slots of the address that are no arguments yet: `part, amount`."""
    problems: dict[str, str] = {}
    _last: int = 0
    _url: str = ""

    @rx.event
    def open_new(self) -> None:
        """Describe a further function."""
        self.reset()
        self.open = True

    @rx.event
    async def open_tool(self, chosen_name: str) -> None:
        """Change a function."""
        found = await shown_app(self)
        tools = found[1].tools if found else ()
        for tool in tools:
            if tool.name == chosen_name:
                self._fill(tool)
                await self._look_at_host()

    @rx.event
    def close_form(self) -> None:
        """Leave everything as it is."""
        self.open = False

    @rx.event
    async def write_url(self, text: str) -> None:
        """Say at once whether the host may be called, and which slots are no arguments."""
        self._url = text[:2000]
        self._look_at_slots()
        await self._look_at_host()

    @rx.event
    async def allow_host(self) -> Any:
        """Let the app's workspace call the host of the address."""
        problem = await allow_host(self, self.blocked_host) if self.blocked_host else ""
        self.problems = {"url": problem} if problem else {}
        await self._look_at_host()
        return ToolsState.load

    @rx.event
    def add_argument(self) -> None:
        """Let it take one thing more."""
        self._add(Argument())

    @rx.event
    def add_missing(self) -> None:
        """Let it take what the slots of the address ask for."""
        for name in self._missing():
            self._add(Argument(name=name))
        self._look_at_slots()

    @rx.event
    def drop_argument(self, number: int) -> None:
        """Let it take one thing less."""
        self.arguments = [one for one in self.arguments if one.number != number]
        self._look_at_slots()

    @rx.event
    def name_argument(self, text: str, number: int) -> None:
        """Give an argument its name."""
        self._change(number, name=text.strip()[:100])
        self._look_at_slots()

    @rx.event
    def describe_argument(self, text: str, number: int) -> None:
        """Say what the model reads of an argument."""
        self._change(number, note=text[:500])

    @rx.event
    def pick_type(self, text: str, number: int) -> None:
        """Choose what kind of thing an argument is."""
        if text in TYPES:
            self._change(number, kind=text)

    @rx.event
    def require(self, value: bool, number: int) -> None:
        """Choose whether an argument may be left out."""
        self._change(number, required=value)

    @rx.event
    def show_json(self) -> None:
        """Edit the schema itself; nothing of the fields is lost."""
        try:
            schema = schema_of(self.arguments)
        except FieldError as error:
            self.problems = {"arguments": str(error)}
            return
        self._show_schema(schema)

    @rx.event
    def write_schema(self, text: str) -> None:
        """Note what is typed, for the way back to the fields."""
        self.schema_text = text[:20_000]

    @rx.event
    def show_fields(self) -> None:
        """Edit the arguments as fields, if those can hold all of the schema."""
        try:
            found = arguments_of(read_schema(self.schema_text))
        except FieldError as error:
            self.problems = {"arguments": str(error)}
            return
        if found is None:
            words = "The schema says more than the fields can hold; it stays JSON."
            self.problems = {"arguments": words}
            return
        self.problems, self.as_json = {}, False
        self.arguments = [replace(one, number=self._number()) for one in found]
        self._look_at_slots()

    @rx.event
    def add_header(self) -> None:
        """Send one header more."""
        if len(self.headers) < MOST_HEADERS:
            self.headers = [*self.headers, HeaderRow(self._number())]

    @rx.event
    def drop_header(self, number: int) -> None:
        """Send one header less; its value is forgotten with it."""
        self.headers = [row for row in self.headers if row.number != number]

    @rx.event
    def replace_header(self, number: int) -> None:
        """Ask for another value."""
        self.headers = [
            replace(row, kept=False) if row.number == number else row for row in self.headers
        ]

    @rx.event
    async def save_tool(self, form: dict[str, Any]) -> Any:
        """Store the function, or say what is wrong with it."""
        found = await shown_app(self)
        if found is None or not self.open:
            return None
        owner_id, app = found
        self.problems = {}
        try:
            tool, secrets = self._read(form)
            tools = [tool if one.name == self.original else one for one in app.tools]
            if self.original not in {one.name for one in app.tools}:
                tools.append(tool)
            await app_tool_settings.set_tools(
                runtime.current(), owner_id, app.id, tools, {tool.name: secrets}
            )
        except FieldError as error:
            self.problems = {"arguments": str(error)}
            return None
        except BabbleError as error:
            self.problems = {"": str(error)}
            return None
        self.open = False
        await toast(self, f"Saved “{tool.name}”.", "good")
        return ToolsState.load

    def _read(self, form: Mapping[str, Any]) -> tuple[HttpTool, dict[str, str]]:
        if self.as_json:
            schema = read_schema(str(form.get("schema") or ""))
        else:
            self.arguments = [typed(form, one) for one in self.arguments]
            schema = schema_of(self.arguments)
        return read_tool(form, schema, self.headers)

    def _fill(self, tool: HttpTool) -> None:
        self.reset()
        self.open, self.original, self._url = True, tool.name, tool.url
        self.draft = ToolDraft(tool.name, tool.description, tool.method, tool.url)
        self.headers = [HeaderRow(self._number(), name, kept=True) for name in tool.secret_headers]
        found = arguments_of(tool.parameters)
        if found is None:
            self._show_schema(tool.parameters)
        else:
            self.arguments = [replace(one, number=self._number()) for one in found]

    def _show_schema(self, schema: Mapping[str, Any]) -> None:
        self.problems, self.as_json, self.missing = {}, True, ""
        self.schema_text = json.dumps(schema or _NEW_SCHEMA, ensure_ascii=False, indent=2)
        self.schema_shown += 1

    def _add(self, argument: Argument) -> None:
        if len(self.arguments) < MOST_ARGUMENTS:
            self.arguments = [*self.arguments, replace(argument, number=self._number())]

    def _change(self, number: int, **values: Any) -> None:
        self.arguments = [
            replace(one, **values) if one.number == number else one for one in self.arguments
        ]

    def _number(self) -> int:
        self._last += 1
        return self._last

    def _look_at_slots(self) -> None:
        self.missing = "" if self.as_json else ", ".join(self._missing())

    def _missing(self) -> list[str]:
        return missing_slots(self._url, {one.name for one in self.arguments})

    async def _look_at_host(self) -> None:
        found = await shown_app(self)
        if found is None:
            return
        owner_id, app = found
        workspace = await workspaces.get_workspace(runtime.current(), owner_id, app.workspace_id)
        self.blocked_host = blocked_host(self._url, workspace.allowed_hosts)
