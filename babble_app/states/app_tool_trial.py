"""Trying a function of an app: called as an agent would, with what an agent would read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

import reflex as rx

from babble_app.errors import BabbleError
from babble_app.services import app_tools, runtime
from babble_app.states.app_page import shown_app, shown_id
from babble_app.states.app_tools import ToolsState, allow_host
from babble_app.states.json_fields import FieldError, read_json
from babble_app.states.tab import own_tab, owner_of
from babble_app.states.tool_arguments import Argument, arguments_of, read_arguments
from babble_app.states.words import duration_words

if TYPE_CHECKING:
    from collections.abc import Mapping


class ToolTrialState(rx.State):
    """The function that is tried, its form, and what came of the last call."""

    open: bool = False
    name: str = ""
    arguments: list[Argument] = []
    as_json: bool = False
    """Whether its schema says more than fields can hold: the arguments are typed as JSON."""
    blocked_host: str = ""
    """Its host, where the workspace does not allow it."""
    running: bool = False
    answer: str = ""
    answered: bool = False
    problem: str = ""
    took: str = ""
    """How long the last call was; empty: nothing was called."""

    @rx.event
    async def open_trial(self, chosen_name: str) -> None:
        """Ask what it shall be called with."""
        found = await shown_app(self)
        for tool in found[1].tools if found else ():
            if tool.name == chosen_name:
                fields = arguments_of(tool.parameters)
                self.reset()
                self.open, self.name = True, tool.name
                self.as_json, self.arguments = fields is None, fields or []
                rows = (await self.get_state(ToolsState)).rows
                self.blocked_host = next((r.blocked_host for r in rows if r.name == tool.name), "")

    @rx.event
    def close_trial(self) -> None:
        """Go back to the list; a call that is on its way is forgotten."""
        self.reset()

    @rx.event
    async def allow_host(self) -> Any:
        """Let the app's workspace call its host."""
        if self.blocked_host:
            self.problem = await allow_host(self, self.blocked_host)
            self.blocked_host = self.blocked_host if self.problem else ""
        return ToolsState.load

    @rx.event(background=True)
    async def call(self, form: dict[str, Any]) -> None:
        """Call it, and show what an agent would read, or be told."""
        async with self:
            owner_id, app_id = await owner_of(self), await shown_id(self)
            if self.running or not self.open:
                return
            name, fields, as_json = self.name, self.arguments, self.as_json
            self.answered, self.answer, self.problem, self.took = False, "", "", ""
            try:
                arguments = _read(form, fields, as_json=as_json)
            except FieldError as error:
                self.problem = str(error)
                return
            self.running = True
        began, answer, problem = time.monotonic(), "", ""
        try:
            answer = await app_tools.try_tool(runtime.current(), owner_id, app_id, name, arguments)
        except BabbleError as error:
            problem = str(error)
        finally:
            took = duration_words((time.monotonic() - began) * 1000)
            async with own_tab(self, owner_id):
                self.running = False
                if self.name == name:
                    self.answered, self.answer = not problem, answer
                    self.problem, self.took = problem, took


def _read(form: Mapping[str, Any], fields: list[Argument], *, as_json: bool) -> dict[str, Any]:
    if not as_json:
        return read_arguments(form, fields)
    value = read_json(str(form.get("arguments") or ""), "What it is called with")
    if not isinstance(value, dict):
        raise FieldError('What it is called with is an object: {"part": "bell"}.')
    return cast("dict[str, Any]", value)
